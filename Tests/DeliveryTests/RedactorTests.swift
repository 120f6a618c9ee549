import Configuration
import Foundation
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
        #expect(redactor.detail("said pas") == "said pas", "three characters are no secret")
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
