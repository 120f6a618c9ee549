// An SMTP receiver that answers at once: no TLS, no login, no check of anything.

import Glibc

/// A receiver of mails.
final class MailReceiver: Sendable {
    let receiver: Receiver

    init() throws { receiver = try Receiver { SMTPProtocol() } }

    var tally: Tally { receiver.tally }
    var server: String { "smtp://127.0.0.1:\(receiver.port)" }
}

final class SMTPProtocol: Protocol {
    let greeting: [UInt8]? = Array("220 bench ESMTP\r\n".utf8)

    func connection() -> any Conversation { SMTPConversation() }
}

/// One command a line; after DATA, all up to the final dot.
final class SMTPConversation: Conversation {
    var later: (at: UInt64, answer: [UInt8])?
    private var pending: [UInt8] = []
    private var isContent = false

    private static let finalDot = Array("\r\n.\r\n".utf8)
    private static let hello = Array("250-bench\r\n250-8BITMIME\r\n250 SMTPUTF8\r\n".utf8)
    private static let ready = Array("354 go on\r\n".utf8)
    private static let done = Array("250 ok\r\n".utf8)
    private static let bye = Array("221 bye\r\n".utf8)

    func hear(_ bytes: UnsafeRawBufferPointer, answer: inout [UInt8], tally: Tally) {
        pending.append(contentsOf: bytes)
        while true {
            let mark = isContent ? Self.finalDot : [0x0A]
            let end = pending.withUnsafeBytes { $0.position(of: mark) }.map { $0 + mark.count }
            guard let end else { return }
            pending.withUnsafeBytes { take(UnsafeRawBufferPointer(rebasing: $0[..<end]), &answer, tally) }
            pending.removeFirst(end)
        }
    }

    private func take(_ text: UnsafeRawBufferPointer, _ answer: inout [UInt8], _ tally: Tally) {
        if isContent {
            isContent = false
            tally.accepted(text)
            answer += Self.done
            return
        }
        switch text.first.map({ $0 & 0xDF }) {
        case UInt8(ascii: "E"), UInt8(ascii: "H"): answer += Self.hello
        case UInt8(ascii: "D"):
            isContent = true
            answer += Self.ready
        case UInt8(ascii: "Q"): answer += Self.bye
        default: answer += Self.done
        }
    }
}
