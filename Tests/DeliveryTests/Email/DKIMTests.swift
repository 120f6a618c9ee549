import Cryptography
import Foundation
import TestKeys
import Testing

@testable import Delivery

@Suite("DKIM")
struct DKIMTests {
    private func field(_ line: String) -> MailField {
        let colon = line.firstIndex(of: ":") ?? line.endIndex
        return MailField(String(line[..<colon]), folded: String(line[colon...].dropFirst()))
    }

    /// RFC 8463, appendix A.3, its Ed25519 signature.
    @Test("gives the signature that RFC 8463 prints")
    func goldenVector() throws {
        let fields = [
            "From: Joe SixPack <joe@football.example.com>", "To: Suzie Q <suzie@shopping.example.net>", "Subject: Is dinner ready?",
            "Date: Fri, 11 Jul 2003 21:00:37 -0700 (PDT)", "Message-ID: <20030712040037.46341.5F8J@football.example.com>",
        ].map(field)
        let body = Array("Hi.\r\n\r\nWe lost the game.  Are you hungry yet?\r\n\r\nJoe.\r\n\r\n".utf8)
        let hash = Data(SHA256.digest(DKIMCanonical.body(body))).base64EncodedString()
        #expect(hash == "2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=")
        let signature = field(
            "DKIM-Signature: v=1; a=ed25519-sha256; c=relaxed/relaxed;\r\n d=football.example.com; i=@football.example.com;\r\n"
                + " q=dns/txt; s=brisbane; t=1528637909; h=from : to :\r\n subject : date : message-id : from : subject : date;\r\n"
                + " bh=\(hash);\r\n b=")
        let names = ["from", "to", "subject", "date", "message-id", "from", "subject", "date"]
        let key = try DKIMKey(pem: TestKeys.rfc8463)
        let signed = try #require(key.sign(DKIMCanonical.signed(names, in: fields, signature: signature)))
        #expect(
            Data(signed).base64EncodedString()
                == "/gCrinpcQOoIfuHNQIbq4pgh9kyIK3AQUdt9OdqQehSwhEIug4D11BusFa3bT3FY5OsU7ZbnKELq+eXdp1Q1Dw==")
    }

    @Test(
        "canonicalizes bodies as RFC 6376 says",
        arguments: [
            ("", ""), ("\r\n\r\n", ""), (" C \r\nD \t E\r\n\r\n\r\n", " C\r\nD E\r\n"), ("a", "a\r\n"),
            ("a\r\n\r\nb\r\n", "a\r\n\r\nb\r\n"),
            (" \t \r\n", ""), ("a \t\r\n \r\nb", "a\r\n\r\nb\r\n"),
        ])
    func body(text: String, canonical: String) {
        #expect(String(decoding: DKIMCanonical.body(Array(text.utf8)), as: UTF8.self) == canonical)
    }

    @Test("canonicalizes header fields as RFC 6376 says")
    func header() {
        #expect(DKIMCanonical.header(field("A: X")) == Array("a:X".utf8))
        #expect(DKIMCanonical.header(field("B : Y\t\r\n\tZ  ")).suffix(3) == Array("Y Z".utf8))
    }

    @Test("takes fields of one name from the bottom up")
    func fromTheBottom() {
        let fields = [field("X: 1"), field("X: 2")]
        let signed = DKIMCanonical.signed(["x", "x", "x"], in: fields, signature: field("S: b="))
        #expect(String(decoding: signed, as: UTF8.self) == "x:2\r\nx:1\r\ns:b=")
    }

    @Test("signs the mail that goes out, and every signed header counts", arguments: [TestKeys.rsa2048, TestKeys.rfc8463])
    func wholeMail(pem: String) async throws {
        let mail = try await MailFixture.send(dkim: pem)
        let key = try DKIMKey(pem: pem)
        #expect(try ReceivedMail(mail).dkimVerifies(key))
        #expect(mail.count > 500)
        for (old, new) in [
            ("Subject: INC-1 db down", "Subject: INC-1 db up"), ("duty@example.com", "dirty@example.com"), ("The db is", "The db was"),
            ("From: Incidents", "From: Somebody"), ("From: Incidents", "From: x@y.example\r\nFrom: Incidents"),
            ("Subject: ", "Subject: other\r\nSubject: "), ("Date: ", "Date: x\r\nDate: "),
        ] {
            let text = String(decoding: mail, as: UTF8.self)
            let changed = text.replacingOccurrences(of: old, with: new)
            #expect(changed != text, "\(old)")
            #expect(try !ReceivedMail(Array(changed.utf8)).dkimVerifies(key), "\(old) → \(new)")
        }
        // Relaxed: what mail servers do to white space does no harm.
        let refolded = String(decoding: mail, as: UTF8.self).replacingOccurrences(of: "To: duty", with: "TO:   duty") + "\r\n\r\n"
        #expect(try ReceivedMail(Array(refolded.utf8)).dkimVerifies(key))
    }
}
