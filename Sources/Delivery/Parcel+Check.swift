// What no channel sends, whatever its peer would say to it.

import Foundation
import Incidents

extension Parcel {
    /// The report where the address or the token cannot be anyone's: empty, with control characters (CR, LF and NUL
    /// would add commands or headers), or absurdly long. Nil where nothing is wrong.
    var refusal: AttemptReport? {
        if address.isEmpty { return AttemptReport(.refused(.badAddress), detail: "the address is empty") }
        if address.unicodeScalars.contains(where: Redactor.isControl) {
            return AttemptReport(.refused(.badAddress), detail: "the address holds control characters")
        }
        if address.utf8.count > 2_000 { return AttemptReport(.refused(.badAddress), detail: "the address is too long") }
        let isMinted = !token.isEmpty && token.utf8.count <= 200 && token.utf8.allSatisfy(Self.isTokenByte)
        if !isMinted {
            return AttemptReport(.refused(.badContent), detail: "the delivery's token must be letters, digits and hyphens")
        }
        return nil
    }

    /// The report where the message was rendered for another kind of channel.
    func mismatch(_ kind: ChannelKind) -> AttemptReport {
        AttemptReport(.refused(.badContent), detail: "the message was not rendered for a channel of kind \(kind.rawValue)")
    }

    private static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
            UInt8(ascii: "-"):
            true
        default: false
        }
    }
}

extension AttemptReport {
    /// Adds words on what was simplified; nil adds nothing.
    mutating func degrade(_ words: String?) {
        guard let words else { return }
        degraded = degraded.map { "\($0); \(words)" } ?? words
    }

    func degraded(by words: [String?]) -> AttemptReport {
        var report = self
        for word in words { report.degrade(word) }
        return report
    }
}
