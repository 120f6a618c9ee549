import Foundation
import Settings
import Testing

@testable import Delivery

@Suite("The redactor")
struct RedactorTests {
    private let redactor = Redactor(
        secrets: [Secret("s3cr/et?&x"), Secret("abc")],
        urls: [Secret("https://user:passw0rd@hooks.example:8443/services/T0/tokenpart?sig=signature&v=1")])

    @Test(
        "takes secrets out in every spelling",
        arguments: [
            "s3cr/et?&amp;x", "s3cr&#47;et?&amp;x", "s3cr&#x2F;et?&#38;x", "s3cr&#x2f;et&#63;&x", "&#115;3cr/et?&amp;x",
            "s3cr/et?&x", "s3cr%2Fet%3F%26x", "s3cr%2fet%3f%26x", "s3cr\\/et?&x", "czNjci9ldD8meA==", "passw0rd", "user:passw0rd",
            "tokenpart", "/services/T0/tokenpart?sig=signature&v=1", "signature", "services",
        ])
    func spellings(text: String) {
        #expect(redactor.detail("a \(text) b") == "a *** b")
        #expect(redactor.detail("\(text)\u{301}")?.contains(text) == false, "a combining mark hides nothing")
    }

    @Test("leaves scheme, host and what is no secret")
    func leaves() {
        #expect(redactor.detail("https://hooks.example:8443/ said v=1, abc") == "https://hooks.example:8443/ said v=1, abc")
        #expect(redactor.detail("https://user:passw0rd@hooks.example:8443/services/T0/tokenpart?sig=signature&v=1") == "***")
    }

    @Test("takes out the beginning of a secret at the end of a cut text")
    func cut() {
        #expect(redactor.detail("said passw0r") == "said ***")
        #expect(redactor.detail("said s3cr&#x2F;et") == "said ***")
        #expect(redactor.detail("said s3cr&#x2") == "said ***")
        #expect(redactor.detail("said pas") == "said pas", "three characters are no secret")
    }

    @Test("takes out percent-encoding in small digits, and HTML, of secrets in large letters")
    func mixedCase() {
        let redactor = Redactor(secrets: [Secret("AbC/<dEf>\"'é")])
        for text in [
            "AbC%2f%3cdEf%3e%22%27%c3%a9", "AbC%2F%3CdEf%3E%22%27%C3%A9", "AbC/&lt;dEf&gt;&quot;&#39;é",
            "AbC&#x2F;&lt;dEf&gt;&#34;&apos;&#xE9;",
        ] {
            #expect(redactor.detail("a \(text) b") == "a *** b")
        }
        #expect(redactor.detail("AbC&amp;<dEf> &bogus; &#xD800; & &") == "AbC&amp;<dEf> &bogus; &#xD800; & &")
    }

    @Test("leaves one line, shortened")
    func oneLine() throws {
        #expect(redactor.detail("a\r\n\0b\tc\u{1B}[31m") == "a b c [31m")
        #expect(redactor.detail(" \n") == nil)
        let long = try #require(redactor.detail(String(repeating: "x", count: 70_000)))
        #expect(long.count == Redactor.longestDetail + 1 && long.hasSuffix("…"))
        #expect(redactor.detail([0xFF, 0x41]) == "\u{FFFD}A")
    }

    @Test("does not print")
    func doesNotPrint() {
        var out = "\(redactor) \(String(reflecting: redactor))"
        dump(redactor, to: &out)
        #expect(!out.contains("s3cr") && !out.contains("passw0rd"))
    }
}
