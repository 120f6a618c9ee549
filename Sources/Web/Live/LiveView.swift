// One page as it is looked at live: what it looked like last, and who is told when that changes.

import Cryptography
import Foundation
import NIOCore

/// What all who look at it have in common.
struct LiveKey: Hashable, Sendable {
    var path: String
    var query: String
    var language: String
    var mayOperate: Bool
    /// Who looks, on pages that differ by that; nil: all see the same.
    var by: String?
}

/// The main part of a page on its way to browsers: in pieces, between which each puts the token of its own forms.
struct LiveFragment: Sendable {
    private let pieces: [ByteBuffer]
    let digest: String

    /// - Parameter html: what stands in `main`.
    init(_ html: HTML) {
        digest = SHA256.hex(Array(html.markup.utf8))
        // Each line of the text is a `data` line of the event.
        let lines = html.markup.replacing("\n", with: "\ndata: ")
        pieces = "event: main\ndata: \(lines)\n\n".split(separator: FormToken.placeholder, omittingEmptySubsequences: false)
            .map { ByteBuffer(substring: $0) }
    }

    func filled(_ token: ByteBuffer) -> [ByteBuffer] {
        var filled: [ByteBuffer] = []
        filled.reserveCapacity(pieces.count * 2)
        for (number, piece) in pieces.enumerated() {
            if number > 0 { filled.append(token) }
            filled.append(piece)
        }
        return filled
    }
}

/// What a browser is told.
enum LiveWord: Sendable {
    case main(LiveFragment)
    /// Nothing has changed; it is alive.
    case alive
    /// Look no further.
    case end
}

/// Whoever looks at one page.
struct LiveView {
    let render: @Sendable (LiveKey) async throws -> HTML
    var viewers: [Int: AsyncStream<LiveWord>.Continuation] = [:]
    var digest: String?
    /// Those who have not been told yet what it looks like.
    var newcomers: Set<Int> = []
    /// It is to be rendered again, because something has changed.
    var isStale = true
    /// When it was rendered last.
    var rendered: Date = .distantPast
    /// Seconds after that for which it is not rendered again.
    var rest: TimeInterval = 0

    func isDue(_ now: Date) -> Bool {
        // A clock that was put back makes nobody wait.
        isStale && !(0..<rest).contains(now.timeIntervalSince(rendered))
    }
}
