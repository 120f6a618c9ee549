// Markup is made by its builder alone.

import Testing

@testable import Web

@Suite struct HTMLTests {
    @Test func textIsNeverMarkup() {
        #expect(HTML("<b>&\"'</b>").markup == "&lt;b&gt;&amp;&quot;&#39;&lt;/b&gt;")
        #expect(HTML.element(.p, [.title: "\"><script>"], "a < b").markup == "<p title=\"&quot;&gt;&lt;script&gt;\">a &lt; b</p>")
        #expect(HTML("a\u{0}b\u{202E}c\u{7}").markup == "a\u{FFFD}b\u{FFFD}c\u{FFFD}")
        #expect(HTML("Grüße, 世界").markup == "Grüße, 世界")
    }

    @Test(arguments: [
        "javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "//evil.example", "vbscript:x", "java\nscript:x", "/\\evil.example",
        "\u{1}https://x", "ftp://x", "relative",
    ])
    func linksLeadNowhereElse(_ address: String) {
        #expect(HTML.address(address) == nil)
        #expect(HTML.link("x", to: address).markup == "x")
    }

    @Test(arguments: ["/incidents", "https://example.com/x", "HTTP://example.com", "?lang=de", "#main", "mailto:a@b.c"])
    func linksThatAreAllowed(_ address: String) {
        #expect(HTML.address(address) == address)
    }

    @Test func afterSigningInOneStaysOnThePage() {
        for next in ["//evil.example", "https://evil.example", "/\\evil", "/a b", "/sign-out", "", "/ä", "/x\r\nSet-Cookie: a=b"] {
            #expect(SignIn.safe(next) == "/", "\(next)")
        }
        #expect(SignIn.safe("/incidents?q=a") == "/incidents?q=a")
    }

    @Test func formsAreRead() {
        #expect(FormText.members("a=1+2&b=%C3%A4&a=3&c") == ["a": "1 2", "b": "ä", "c": ""])
        #expect(FormText.members("a=%FF&b=x") == ["b": "x"])
    }

    @Test func theFormattedPartOfAMailIsReadAsText() {
        let html =
            "<html><head><style>p{}</style><title>t</title></head><body><h1>A &amp; B</h1><p>One<br>two</p><script>x()</script></body>"
        #expect(MailOutline.lines(html).map(\.text) == ["A & B", "One", "two"])
        #expect(MailOutline.lines(html).first?.isHeading == true)
        #expect(MailOutline.lines("a < b").map(\.text) == ["a < b"])
    }

    @Test func networks() {
        let networks = Networks(["10.0.0.0/8", "2001:db8::/33", "192.0.2.7", "nonsense", "1.2.3.4/99"])
        for inside in ["10.255.0.1", "::ffff:10.1.2.3", "2001:db8:7fff::1", "192.0.2.7"] { #expect(networks.contains(inside), "\(inside)") }
        for outside in ["11.0.0.1", "2001:db8:8000::1", "192.0.2.8", "x", ""] { #expect(!networks.contains(outside), "\(outside)") }
        #expect(!Networks([]).contains("10.0.0.1"))
    }
}
