// An HTTP receiver that answers as Slack's incoming webhooks do: `200` and `ok`. It checks nothing. Some paths can be told to
// answer late, or to ask for patience.

import Dispatch
import Glibc
import Synchronization

/// How a path answers.
enum Answer: Sendable, Equatable {
    case ok
    /// `ok`, so many milliseconds later.
    case late(milliseconds: UInt64)
    /// 429 with `Retry-After`, in seconds.
    case retryAfter(seconds: Int)
}

/// A receiver of webhooks.
final class WebhookReceiver: Sendable {
    let receiver: Receiver
    private let book: AnswerBook

    init() throws {
        let book = AnswerBook()
        self.book = book
        receiver = try Receiver { HTTPProtocol(book) }
    }

    var tally: Tally { receiver.tally }

    func url(_ path: String) -> String { "http://127.0.0.1:\(receiver.port)/\(path)" }

    /// How the paths that begin so answer from now on; what is set last goes before.
    func set(_ answer: Answer, for path: String) { book.set(answer, for: "/" + path) }
}

/// Answers by the beginning of the path.
final class AnswerBook: Sendable {
    private let answers = Mutex<[(path: [UInt8], answer: Answer)]>([])

    func set(_ answer: Answer, for path: String) {
        answers.withLock { answers in
            answers.removeAll { $0.path == Array(path.utf8) }
            answers.append((Array(path.utf8), answer))
        }
    }

    func answer(_ path: UnsafeRawBufferPointer) -> Answer {
        answers.withLock { answers in
            answers.last { path.starts(with: $0.path) }?.answer ?? .ok
        }
    }
}

final class HTTPProtocol: Protocol {
    let greeting: [UInt8]? = nil
    private let book: AnswerBook

    init(_ book: AnswerBook) { self.book = book }

    func connection() -> any Conversation { HTTPConversation(book) }
}

/// Requests with a `Content-Length`, one after the other.
final class HTTPConversation: Conversation {
    var later: (at: UInt64, answer: [UInt8])?
    private let book: AnswerBook
    private var pending: [UInt8] = []

    static let ok = Array("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nok".utf8)
    private static let end = Array("\r\n\r\n".utf8)
    private static let length = Array("\r\ncontent-length:".utf8)

    init(_ book: AnswerBook) { self.book = book }

    func hear(_ bytes: UnsafeRawBufferPointer, answer: inout [UInt8], tally: Tally) {
        if pending.isEmpty, let whole = wholeRequest(bytes), whole == bytes.count {
            take(bytes, &answer, tally)
            return
        }
        pending.append(contentsOf: bytes)
        while let whole = pending.withUnsafeBytes({ wholeRequest($0) }), whole <= pending.count {
            pending.withUnsafeBytes { take(UnsafeRawBufferPointer(rebasing: $0[..<whole]), &answer, tally) }
            pending.removeFirst(whole)
        }
    }

    /// The bytes of the first request, its body included; nil where its header is not all there.
    private func wholeRequest(_ bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress, let header = bytes.position(of: Self.end) else { return nil }
        var body = 0
        var line = 0
        while line + Self.length.count < header {
            if Self.length.indices.allSatisfy({ bytes[line + $0] | 0x20 == Self.length[$0] | 0x20 }) {
                var digit = line + Self.length.count
                while bytes[digit] == 0x20 { digit += 1 }
                while digit < header, bytes[digit] >= 0x30, bytes[digit] <= 0x39 {
                    body = body * 10 + Int(bytes[digit] - 0x30)
                    digit += 1
                }
                break
            }
            guard let next = memchr(base + line + 1, 0x0D, header - line - 1) else { break }
            line = UnsafeRawPointer(next) - base
        }
        return header + 4 + body
    }

    private func take(_ request: UnsafeRawBufferPointer, _ answer: inout [UInt8], _ tally: Tally) {
        let start = (request.firstIndex(of: 0x20) ?? 0) + 1
        switch book.answer(UnsafeRawBufferPointer(rebasing: request[min(start, request.count)...])) {
        case .ok:
            tally.accepted(request)
            answer += Self.ok
        case .late(let milliseconds):
            tally.accepted(request)
            later = (DispatchTime.now().uptimeNanoseconds + milliseconds * 1_000_000, Self.ok)
        case .retryAfter(let seconds):
            tally.declined()
            answer += Array("HTTP/1.1 429 Too Many Requests\r\nRetry-After: \(seconds)\r\nContent-Length: 0\r\n\r\n".utf8)
        }
    }
}
