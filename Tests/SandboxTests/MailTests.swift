import Testing

@testable import Sandbox

@Suite struct MailTests {
    private func bytes(_ text: String) -> [UInt8] { Array(text.replacing("\n", with: "\r\n").utf8) }

    @Test func readsAlternatives() {
        let mail = MailMessage(
            bytes(
                """
                From: =?UTF-8?Q?Vorf=C3=A4lle?= <incidents@example.com>
                Subject: =?UTF-8?B?SU5DMSA=?=
                 =?utf-8?q?gr=C3=BC=C3=9Fe_all?= plain
                Content-Type: multipart/alternative; boundary="a;b"

                preamble
                --a;b
                Content-Type: text/plain; charset=utf-8
                Content-Transfer-Encoding: quoted-printable

                Gr=C3=BC=C3=9Fe, a long li=
                ne, 1=3D1=20
                end
                --a;b
                Content-Type: text/html; charset=utf-8
                Content-Transfer-Encoding: base64

                PHA+R3LDvMOf
                ZTwvcD4=
                --a;b--
                epilogue
                """))
        #expect(mail.header("subject") == "INC1 grüße all plain")
        #expect(mail.header("From") == "Vorfälle <incidents@example.com>")
        #expect(mail.text == "Grüße, a long line, 1=1 \nend")
        #expect(mail.html == "<p>Grüße</p>")
    }

    @Test func readsNestedPartsAndOtherCharsets() {
        let mail = MailMessage(
            bytes(
                """
                Content-Type: multipart/mixed; boundary=o

                --o
                Content-Type: multipart/alternative; boundary=i

                --i
                Content-Type: text/plain; charset=iso-8859-1
                Content-Transfer-Encoding: quoted-printable

                f=FCr
                --i--
                --o--
                """))
        #expect(mail.text == "für")
        #expect(MailMessage(bytes("Subject: x\n\nbody")).text == "body")
        #expect(MailMessage(bytes("Subject: x")).header("Subject") == "x")
        #expect(MailMessage([]).text == "")
    }

    @Test(arguments: [
        ("=?UTF-8?Q?a?= =?UTF-8?Q?b?=", "ab"), ("=?UTF-8?Q?a?= b", "a b"), ("x =?utf-8*en?Q?=41?=", "x A"),
        ("=?UTF-8?Q?broken", "=?UTF-8?Q?broken"),
        ("=?UTF-8?B?!!?=", "=?UTF-8?B?!!?="), ("1 =? 2", "1 =? 2"), ("=?iso-8859-1?Q?=E9?=", "é"),
    ])
    func decodesWords(text: String, plain: String) { #expect(EncodedWords.decoded(text) == plain) }

    static let headers: [(String, Bool)] = [
        ("From: a@b.c\nDate: x\n\n", true), ("From: a@b.c\n\n", false), ("Date: x\n\n", false),
        ("From: a@b.c\nFrom: a@b.c\nDate: x\n\n", false),
        ("From: nobody\nDate: x\n\n", false), ("From: a@b.c\nDate: x\nno header\n\n", false),
        ("From: a@b.c\nDate: x\nSubject: 1\nsubject: 2\n\n", false),
    ]

    @Test(arguments: headers)
    func checksHeaders(text: String, isGood: Bool) { #expect((MailRules.flaw(MailMessage(bytes(text))) == nil) == isGood) }

    static let addresses: [(String, Bool)] = [
        ("<a@b.c>", true), ("<\"a b\"@c>", false), ("a@b.c", false), ("<a>", false), ("<@b>", false), ("<a@b@c>", false),
        ("<é@b.c>", false),
        ("<" + String(repeating: "x", count: 64) + "@b.c>", true), ("<" + String(repeating: "x", count: 65) + "@b.c>", false),
        ("<a@" + String(repeating: "x", count: 255) + ">", true), ("<a@" + String(repeating: "x", count: 256) + ">", false),
    ]

    @Test(arguments: addresses)
    func checksAddresses(path: String, isGood: Bool) { #expect((MailRules.address(path[...], allowsEmpty: false) != nil) == isGood) }
}
