// Mails built from hostile texts: seven bits, CRLF alone, exactly the headers that are meant.

import Delivery
import Foundation
import Rendering
import Settings
import Synchronization
import TestKeys
import Transport

extension FuzzTarget {
    /// Texts of all kinds.
    static let texts = Corpus.samples("text") + Corpus.samples("pattern") + Corpus.samples("event")
    private static let headers = [
        "Date", "From", "To", "Subject", "Message-ID", "Reply-To", "In-Reply-To", "References", "Auto-Submitted", "MIME-Version",
        "Content-Type", "Content-Transfer-Encoding", "DKIM-Signature",
    ]

    static let mail = FuzzTarget("mail", share: 45, few: 500, Mutator(corpus: texts, tokens: [])) { input in
        let texts = pieces(&input, 6)
        var settings = EmailSettings(
            host: "mail.example.com", port: 587, from: Mailbox(displayName: texts[0], address: "incidents@example.com"))
        settings.replyTo = Mailbox(displayName: texts[1], address: "help@example.com")
        if input.chance.once(in: 16) {
            settings.dkim = DKIMSettings(domain: "example.com", selector: "tocsin", key: Secret(TestKeys.rfc8463))
        }
        let outbox = Outbox()
        let channel = ChannelSet.channel(
            ChannelSettings(name: "mail", way: .email(settings)), http: NoAnswer(), mail: outbox, hostName: "router.example")
        let address = input.chance.once(in: 4) ? texts[2] : "duty@example.com"
        let report = await channel.deliver(
            Parcel(
                token: "d-1", address: address, message: Message(content: .email(subject: texts[3], text: texts[4], html: texts[5])),
                incident: texts[2], isFirst: true, date: now))
        guard let mail = outbox.mail else {
            return input.check(report.outcome == .refused(.badAddress), "not sent: \(report.outcome)")
        }
        input.wasTaken = true
        check(mail, &input)
    }

    private static func check(_ mail: SMTPMail, _ input: inout FuzzInput) {
        for address in [mail.sender, mail.recipient] {
            input.check(address.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>,;\"".utf8.contains($0) }, "an address: \(address)")
            input.check(address.utf8.count { $0 == UInt8(ascii: "@") } == 1, "an address: \(address)")
        }
        var previous: UInt8 = 0x20
        var column = 0
        for byte in mail.content {
            if byte >= 0x80 || byte == 0 { input.check(false, "a byte that is not seven bits, or NUL") }
            if (byte == 0x0A) != (previous == 0x0D) { input.check(false, "a bare CR or LF") }
            column = byte == 0x0A ? 0 : column + 1
            // CR included.
            if column > 78 { input.check(false, "a line of over 77 characters") }
            previous = byte
        }
        let head = String(decoding: mail.content, as: UTF8.self).components(separatedBy: "\r\n\r\n")[0]
        var names: [String] = []
        for line in head.components(separatedBy: "\r\n") {
            if line.hasPrefix(" ") || line.hasPrefix("\t") {
                input.check(!line.allSatisfy { $0 == " " || $0 == "\t" }, "a folded line of white space")
                continue
            }
            names.append(String(line.prefix { $0 != ":" }))
        }
        input.check(Set(names).isSubset(of: headers), "an injected header: \(names)")
        input.check(Set(names).count == names.count, "a header twice: \(names)")
    }

    /// The input cut into so many texts, at places of chance.
    static func pieces(_ input: inout FuzzInput, _ count: Int) -> [String] {
        let bytes = input.bytes
        return (0..<count).map { _ in
            let start = input.chance.below(bytes.count + 1)
            return String(decoding: bytes[start..<min(bytes.count, start + 1 + input.chance.below(1_500))], as: UTF8.self)
        }
    }
}

/// Takes one mail.
final class Outbox: MailSending {
    private let kept = Mutex<SMTPMail?>(nil)
    private let answer: SMTPResult

    init(_ answer: SMTPResult = .accepted(reply: "250 ok")) { self.answer = answer }

    var mail: SMTPMail? { kept.withLock { $0 } }

    func send(_ mail: SMTPMail, to server: SMTPServer) async -> SMTPResult {
        kept.withLock { $0 = mail }
        return answer
    }
}

struct NoAnswer: HTTPSending {
    func send(_ request: HTTPRequest) async -> HTTPResult {
        .failed(TransportFailure(kind: .other, mayHaveArrived: false, curlCode: 0, detail: "no answer was meant to be asked for"))
    }
}
