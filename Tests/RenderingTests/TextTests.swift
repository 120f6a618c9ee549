import Foundation
import JSON
import Testing

@testable import Rendering

@Suite struct TextTests {
    @Test(arguments: [
        ("abc", 3, "abc"), ("abcd", 3, "ab…"), ("ab cd", 4, "ab…"), ("😀😀😀", 4, "😀…"), ("👨‍👩‍👧x", 8, "…"), ("", 0, ""), ("x", 0, ""),
        ("xy", 1, "…"),
    ])
    func cutsWholeCharacters(text: String, limit: Int, short: String) {
        #expect(Shortening.cut(text, to: limit) == short)
        #expect(short.utf16.count <= max(limit, 0))
    }

    @Test func cutsAPileOfMarks() {
        let short = Shortening.cut("a" + String(repeating: "\u{0301}", count: 10_000), to: 100)
        #expect(short.utf16.count == 100)
    }

    @Test(arguments: [
        ("a &amp; b", 6, "a…"), ("a &amp; b", 8, "a &amp;…"), ("see <https://x.example|this> now", 20, "see …"),
        ("a &amp; b", 9, "a &amp; b"),
    ])
    func cutsNoMarkup(text: String, limit: Int, short: String) {
        let cut = Shortening.cutMarkup(text, to: limit)
        #expect(cut.replacing(" …", with: "…") == short.replacing(" …", with: "…"))
    }

    @Test(arguments: [
        ("a\u{202E}b\u{2066}c", "abc"), ("a\u{0}b\u{1B}[31mc", "ab[31mc"), ("a\r\nb\rc\u{2028}d", "a\nb\nc\nd"),
        ("z\u{200B}w\u{FEFF}x\u{AD}y", "zwxy"),
        ("👨\u{200D}👩", "👨\u{200D}👩"), ("a\u{200D}b", "ab"), ("\u{85}x\u{9B}", "\nx"), ("a\tb", "a b"), ("t\u{E0041}ag", "tag"),
    ])
    func takesOutWhatIsHidden(text: String, clean: String) {
        #expect(CleanText.block(text, limit: 100) == clean)
    }

    @Test(arguments: [("a\r\nb", "a b"), ("  a   b ", "a b"), ("a\n\n\nb", "a b"), ("plain", "plain")])
    func makesOneLine(text: String, line: String) {
        #expect(CleanText.line(text, limit: 100) == line)
    }

    @Test(
        arguments: [
            (Destination.slack, "a & <!channel> <@U1>", "a &amp; &lt;!channel&gt; &lt;@U1&gt;"),
            (.html, "<a href=\"'\">&", "&lt;a href=&quot;&#39;&quot;&gt;&amp;"),
            (.markdown, "db_main *x* [a](b)", "db\\_main \\*x\\* \\[a\\](b)"),
            (.markdown, "# x\n- y\n1. z\n10) w", "\\# x\n\n\\- y\n\n1\\. z\n\n10\\) w"),
            (.markdown, "hi <at>Bob</at> <<at>at>x", "hi ‹at>Bob‹/at> <‹at>at>x"), (.markdown, "v1.2 - ok (yes)", "v1.2 - ok (yes)"),
            (.plain, "<&>", "<&>"),
        ] as [(Destination, String, String)])
    func escapesForTheDestination(destination: Destination, text: String, escaped: String) {
        #expect(destination.escapeText(text) == escaped)
    }

    @Test(arguments: [
        "<at>", "</at>", "<AT>", "< at>", "<\n/\n aT x>", "</ /at>", "<<at>", "<at", "<a", "<", "x </ ", "<at\u{301}>", "<at id=\"1\">",
        "<\t/at>", "<\u{2039}<at>",
    ])
    func mentionsAreDisarmed(text: String) {
        let escaped = Destination.markdown.escapeText(text)
        // Markdown doubles line ends; whatever may follow, no tag comes about.
        #expect((escaped + "at>").firstMatch(of: #/<[\s\/]*[aA][tT]/#.matchingSemantics(.unicodeScalar)) == nil, "\(escaped)")
        #expect(escaped.unicodeScalars.contains("\u{2039}"))
    }

    @Test(arguments: ["a < b", "<b>", "x<=y", "<ab>", "1 <2> at"])
    func otherBracketsStay(text: String) {
        #expect(Destination.markdown.escapeText(text) == text)
    }

    /// Quadratic work on so much would take minutes.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "<at", "<", "< ", "</ ", "<at>", "[", "[a](", "[a](http:", "*", " *a", "**a", "`", "<a|", "a\u{301}", "\u{301}", "\\", "&",
            "\n ",
        ])
    func everyTextIsReadOnce(unit: String) {
        let text = String(repeating: unit, count: 200_000 / unit.utf8.count)
        for destination in Destination.allCases { #expect(!destination.escapeText(text).isEmpty) }
        #expect(!SlackPreview.plain(text).isEmpty)
        #expect(!TeamsPreview.plain(text).isEmpty)
        #expect(Shortening.cutMarkup(text, to: 150_000).utf16.count <= 150_000)
        #expect(CleanText.line(text, limit: 150_000).utf16.count <= 150_000)
        _ = Shortening.tidy(text)
    }

    @Test(
        arguments: [
            ("https://x.example/a?b=c&d#e", "https://x.example/a?b=c&d#e"), ("HTTP://x", "HTTP://x"),
            ("https://x/a|b>\"(c)", "https://x/a%7Cb%3E%22%28c%29"),
            ("https://x/ü", "https://x/%C3%BC"), ("javascript:alert(1)", nil), (" https://x", nil), ("https://", nil), ("https:///x", nil),
            ("https://x y", nil),
            ("https://x\r\nY: z", nil), ("data:text/html,x", nil), ("//x", nil), ("https://ü.example/", nil),
            ("https://x/" + String(repeating: "a", count: 2_000), nil),
        ] as [(String, String?)])
    func linksOnlyWhatIsSafe(text: String, link: String?) {
        #expect(SafeLink.make(text) == link)
    }

    @Test(
        arguments: [
            ("INC1", "INC1"), ("a b", "'a b'"), ("x; rm -rf ~", "'x; rm -rf ~'"), ("it's", nil), ("$(x)", "'$(x)'"), ("a\nb", nil),
            ("-x", nil), ("ü", nil), ("#1", "'#1'"),
        ] as [(String, String?)])
    func quotesIdsForTheShell(id: String, quoted: String?) {
        #expect(Facts.quoted(id) == quoted)
    }

    @Test func placesOfStringsInJSON() {
        let text = "{\n  \"a\": [\"x\", {\"b\": \"q\\n{{\"}],\n  \"c\": \"\"\n}"
        let places = JSONPlaces(text)
        #expect(places.strings.keys.sorted() == ["/a/0", "/a/1/b", "/c"])
        let offset = places.offset(in: "/a/1/b", contentOffset: 2) ?? 0
        #expect(Array(text.unicodeScalars)[offset...].starts(with: "{{".unicodeScalars))
        #expect(TextPlace(text, offset: offset).line == 2)
    }

    @Test(arguments: [
        ("a\n\n\n\nb\n", "a\n\nb"), ("\n\na  \n  b", "a\n  b"), ("  x ", "x"), ("a\n \n\nb", "a\n\nb"), ("", ""),
    ])
    func tidies(text: String, tidy: String) {
        #expect(Shortening.tidy(text) == tidy)
    }
}
