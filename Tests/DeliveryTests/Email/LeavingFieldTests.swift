// How mail programs offer to leave: RFC 2369 and RFC 8058, and DKIM over both fields.

import Foundation
import Rendering
import TestKeys
import Testing

@testable import Delivery

@Suite("Ways to leave, in mails")
struct LeavingFieldTests {
    private static let url = "https://tocsin.example.com/u/AQabc-_9"
    private static let mailto = "mailto:incidents@example.com?subject=unsubscribe%20AQabc-_9"

    private func mail(_ leaving: Leaving?, dkim: String? = nil) async throws -> ReceivedMail {
        try ReceivedMail(try await MailFixture.send(dkim: dkim, leaving: leaving))
    }

    @Test("one https link, an address, and one click")
    func both() async throws {
        let mail = try await mail(Leaving(url: Self.url, mailto: Self.mailto, code: "AQabc-_9", what: "your subscription s1"))
        #expect(mail.value("List-Unsubscribe") == "<\(Self.url)>, <\(Self.mailto)>")
        #expect(mail.value("List-Unsubscribe-Post") == "List-Unsubscribe=One-Click")
    }

    @Test("without a link there is no one click")
    func mailAlone() async throws {
        let mail = try await mail(Leaving(mailto: Self.mailto, code: "AQabc-_9", what: "s1"))
        #expect(mail.value("List-Unsubscribe") == "<\(Self.mailto)>")
        #expect(mail.values("List-Unsubscribe-Post").isEmpty)
    }

    @Test("nothing where there is nothing to leave, or no way to")
    func none() async throws {
        for leaving in [nil, Leaving(code: "c", what: "s1"), Leaving(url: "http://tocsin.example.com/u/x", code: "c", what: "s1")] {
            let mail = try await mail(leaving)
            #expect(mail.values("List-Unsubscribe").isEmpty && mail.values("List-Unsubscribe-Post").isEmpty)
        }
    }

    @Test(
        "nothing can be slipped into the header",
        arguments: ["https://x/u/a>\r\nBcc: y@example.com", "https://x/u/a b", "https://x/\u{e9}"])
    func hostile(url: String) async throws {
        let mail = try await mail(Leaving(url: url, mailto: "mailto:a@b?x=\n", code: "c", what: "s1"))
        #expect(mail.values("List-Unsubscribe").isEmpty && mail.values("Bcc").isEmpty)
    }

    @Test("DKIM signs both fields", arguments: [TestKeys.rfc8463])
    func signed(key: String) async throws {
        let mail = try await mail(Leaving(url: Self.url, mailto: Self.mailto, code: "AQabc-_9", what: "s1"), dkim: key)
        let tags = try #require(mail.value("DKIM-Signature")).replacing(" ", with: "")
        let names = try #require(tags.split(separator: ";").first { $0.hasPrefix("h=") }).dropFirst(2).split(separator: ":")
        #expect(names.contains("list-unsubscribe") && names.contains("list-unsubscribe-post"))
    }
}
