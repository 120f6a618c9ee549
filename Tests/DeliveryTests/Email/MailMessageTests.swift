import Foundation
import Rendering
import Settings
import TestKeys
import Testing
import Transport

@testable import Delivery

@Suite("A mail")
struct MailMessageTests {
    @Test("has the headers of the contract, and both texts")
    func headers() async throws {
        let mail = try ReceivedMail(try await MailFixture.send(text: "Line one\nZeile zwei: ä €\n", html: "<b>x = 1</b>"))
        #expect(mail.value("Date") == "Tue, 24 Nov 2026 12:00:00 +0000")
        #expect(mail.value("From") == "Incidents <incidents@example.com>")
        #expect(mail.value("To") == "duty@example.com")
        #expect(mail.value("Subject") == "INC-1 db down")
        #expect(mail.value("Message-ID") == "<d-7@example.com>")
        #expect(mail.value("Auto-Submitted") == "auto-generated")
        #expect(mail.value("MIME-Version") == "1.0")
        let root = try #require(mail.value("References"))
        #expect(root.hasPrefix("<incident.") && root.hasSuffix("@example.com>"))
        #expect(mail.value("In-Reply-To") == root)
        let parts = try mail.parts()
        #expect(parts.map(\.type) == ["text/plain; charset=utf-8", "text/html; charset=utf-8"])
        #expect(parts.map(\.text) == ["Line one\r\nZeile zwei: ä €", "<b>x = 1</b>"])
    }

    @Test("threads by the incident, and only by it")
    func threading() async throws {
        let first = try ReceivedMail(try await MailFixture.send(incident: "INC-1", isFirst: true))
        let second = try ReceivedMail(try await MailFixture.send(token: "d-8", incident: "INC-1", isFirst: false))
        let other = try ReceivedMail(try await MailFixture.send(incident: "INC-2\r\nX: y"))
        let none = try ReceivedMail(try await MailFixture.send(incident: nil))
        #expect(first.value("References") == second.value("References"))
        #expect(first.value("Message-ID") != second.value("Message-ID"))
        #expect(first.value("References") != other.value("References"))
        #expect(none.values("References").isEmpty && none.values("In-Reply-To").isEmpty)
    }

    @Test(
        "is 7-bit ASCII in lines of at most 76 characters, with CRLF alone",
        arguments: [
            "plain", "ä", String(repeating: "ü", count: 500), String(repeating: "word ", count: 200), String(repeating: "x", count: 900),
            "👩‍👩‍👧‍👦 family", "tab\tand  two spaces", "=?UTF-8?Q?not_ours?=", String(repeating: "\"", count: 55), " leading and trailing ",
            "日本語の件名 " + String(repeating: "長", count: 90),
            "e" + String(repeating: "\u{301}", count: 60), "",
        ])
    func shape(text: String) async throws {
        let settings = MailFixture.settings(from: Mailbox(displayName: text.isEmpty ? nil : text, address: "incidents@example.com"))
        let bytes = try await MailFixture.send(
            settings, subject: text, text: text + "\r\n\n.\nFrom x\r" + text + " \n", html: text + "<br>", dkim: TestKeys.rsa2048)
        #expect(bytes.allSatisfy { $0 < 0x80 && $0 != 0 })
        let lines = String(decoding: bytes, as: UTF8.self).components(separatedBy: "\r\n")
        #expect(lines.allSatisfy { $0.utf8.count <= 76 && !$0.contains("\r") && !$0.contains("\n") })
        let mail = try ReceivedMail(bytes)
        #expect(ReceivedMail.decodedWords(mail.value("Subject") ?? "missing") == text.replacing("\t", with: " "))
        #expect(mail.values("From").count == 1)
        for line in lines where line.contains("=?UTF-8?") {
            for word in line.split(separator: " ") where word.hasPrefix("=?") { #expect(word.utf8.count <= 75) }
        }
        #expect(try mail.parts().first?.text == text + "\r\n\r\n.\r\nFrom x\r\n" + text + " ")
    }

    @Test(
        "takes no header from a subject, a name or an incident",
        arguments: [
            "x\r\nBcc: spy@example.com", "x\nBcc: spy@example.com", "x\rBcc: spy@example.com", "x\0\r\n\r\nbody", "x\u{85}Bcc: y",
            "x\u{2028}Bcc: y",
        ])
    func injection(text: String) async throws {
        let settings = MailFixture.settings(from: Mailbox(displayName: text, address: "incidents@example.com"))
        let mail = try ReceivedMail(try await MailFixture.send(settings, subject: text, incident: text))
        #expect(mail.values("Bcc").isEmpty)
        #expect(
            mail.fields.map(\.name) == [
                "Date", "From", "To", "Subject", "Message-ID", "In-Reply-To", "References", "Auto-Submitted", "MIME-Version",
                "Content-Type",
            ])
    }

    @Test(
        "writes names as RFC 5322 wants them",
        arguments: [
            ("Ops", "Ops <incidents@example.com>"), ("Ops, London", "\"Ops, London\" <incidents@example.com>"),
            ("Say \"hi\" \\", "\"Say \\\"hi\\\" \\\\\" <incidents@example.com>"),
            ("Größe", "=?UTF-8?B?R3LDtsOfZQ==?= <incidents@example.com>"),
        ])
    func names(display: String, expected: String) async throws {
        let settings = MailFixture.settings(from: Mailbox(displayName: display, address: "incidents@example.com"))
        #expect(try ReceivedMail(try await MailFixture.send(settings)).value("From") == expected)
    }

    @Test("without HTML is plain")
    func plainOnly() async throws {
        let mail = try ReceivedMail(try await MailFixture.send(html: ""))
        #expect(mail.value("Content-Type") == "text/plain; charset=utf-8")
        #expect(ReceivedMail.decodedQuotedPrintable(String(decoding: mail.body, as: UTF8.self)) == "The db is down.\r\n")
    }

    @Test("goes to the server as configured")
    func server() async throws {
        var settings = MailFixture.settings()
        settings.username = "tocsin"
        settings.password = Secret("pw-secret")
        settings.authentication = .login
        settings.replyTo = Mailbox(address: "help@bücher.example")
        var options = ChannelOptions()
        options.timeout = 3
        options.ca = "/etc/ca.pem"
        let mail = ScriptedMail(.accepted(reply: "250 ok"))
        let channel = try EmailChannel(name: "mail", settings: settings, options: options, hostName: "router.example", mail: mail)
        var parcel = ContractSubject.email.parcel()
        parcel.address = "duty@Bücher.example"
        _ = await channel.deliver(parcel)
        let sent = try #require(mail.mails.first)
        #expect(sent.mail.sender == "incidents@example.com")
        #expect(sent.mail.recipient == "duty@xn--bcher-kva.example")
        #expect(
            sent.server
                == SMTPServer(
                    host: "mail.example.com", port: 587, username: "tocsin", password: "pw-secret", mechanism: "LOGIN",
                    name: "router.example", ca: "/etc/ca.pem", timeout: 3))
        #expect(try ReceivedMail(sent.mail.content).value("Reply-To") == "help@xn--bcher-kva.example")
        #expect(channel.destination == "smtp:mail.example.com:587:tocsin")
    }
}

@Suite("An e-mail address")
struct MailAddressTests {
    @Test(
        "is taken",
        arguments: [
            ("a@b", "a@b"), ("first.last+tag@example.com", "first.last+tag@example.com"), ("x@[192.0.2.1]", "x@[192.0.2.1]"),
            ("x@[IPv6:2001:db8::1]", "x@[IPv6:2001:db8::1]"), ("o'neil@example.com", "o'neil@example.com"),
            ("x@münchen.example", "x@xn--mnchen-3ya.example"), ("x@例え.テスト", "x@xn--r8jz45g.xn--zckzah"),
            ("x@faß.example", "x@xn--fa-hia.example"),
        ])
    func taken(text: String, ascii: String) throws {
        #expect(try MailAddress(text).text == ascii)
    }

    @Test(
        "is refused",
        arguments: [
            "", "a", "@b", "a@", "a b@c", "a@b c", "<a@b>", "a@b>", "a,b@c", "a@b,c@d", ".a@b", "a.@b", "a..b@c", "\"a b\"@c",
            "jürgen@example.com",
            "a@b\r\n", "a@-b.c", "a@b-.c", "a@b..c", "a@[x]", "a@b\u{202E}c", "a@" + String(repeating: "a", count: 64), "a@ｅ≠x.com",
            String(repeating: "a", count: 65) + "@b",
            "a@" + Array(repeating: String(repeating: "b", count: 60), count: 5).joined(separator: "."),
        ])
    func refused(text: String) {
        #expect(throws: MailAddress.Fault.self) { try MailAddress(text) }
    }

    @Test("beyond ASCII is refused with what would help")
    func nonASCII() async {
        var parcel = ContractSubject.email.parcel()
        parcel.address = "jürgen@example.com"
        let report = await ContractSubject.email.channel(.mail(.accepted(reply: ""))).deliver(parcel)
        #expect(report.outcome == .refused(.badAddress))
        #expect(report.detail?.contains("SMTPUTF8") == true)
    }
}
