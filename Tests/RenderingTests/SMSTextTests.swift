import Testing

@testable import Rendering

@Suite struct SMSTextTests {
    @Test(
        arguments: [
            ("", SMSSegments.Encoding.gsm7, []), ("a", .gsm7, [1]),
            (String(repeating: "a", count: 160), .gsm7, [160]), (String(repeating: "a", count: 161), .gsm7, [153, 8]),
            (String(repeating: "a", count: 306), .gsm7, [153, 153]), (String(repeating: "a", count: 307), .gsm7, [153, 153, 1]),
            (String(repeating: "€", count: 80), .gsm7, [160]), (String(repeating: "€", count: 81), .gsm7, [152, 10]),
            (String(repeating: "ą", count: 70), .ucs2, [70]), (String(repeating: "ą", count: 71), .ucs2, [67, 4]),
            (String(repeating: "😀", count: 35), .ucs2, [70]), (String(repeating: "😀", count: 36), .ucs2, [66, 6]),
            ("Grüße, ¿qué? ÆØÅ £5", .gsm7, [19]), ("[x]", .gsm7, [5]), ("a\u{0C}b\r\n", .gsm7, [6]), ("`", .ucs2, [1]), ("ç", .ucs2, [1]),
            ("Ç", .gsm7, [1]),
        ] as [(String, SMSSegments.Encoding, [Int])])
    func countsAsTheNetworkDoes(text: String, encoding: SMSSegments.Encoding, parts: [Int]) {
        #expect(SMSText.segments(text) == SMSSegments(encoding: encoding, parts: parts))
    }

    @Test func theAlphabetHas128Places() {
        // 127 characters and the escape; ten more behind it.
        #expect(SMSText.basic.unicodeScalars.count == 127)
        #expect(Set(SMSText.basic.unicodeScalars).count == 127)
        #expect(SMSText.extended.unicodeScalars.count == 10)
    }

    @Test(arguments: [
        (String(repeating: "a", count: 161), 1, 160), (String(repeating: "€", count: 200), 1, 81),
        (String(repeating: "a", count: 100_000), 3, 459), (String(repeating: "ą", count: 200), 2, 134),
    ])
    func shortensToTheRoomThereIs(text: String, segments: Int, count: Int) {
        let short = SMSText.shortened(text, segments: segments)
        #expect(SMSText.segments(short).count == segments)
        #expect(short.unicodeScalars.count == count)
        #expect(short.hasSuffix("...") || short.hasSuffix("…"))
    }

    @Test func doesNotCutCharactersInTwo() {
        let family = "👨‍👩‍👧‍👦"
        for count in 1...12 {
            let short = SMSText.shortened(String(repeating: "x", count: 40 + count) + String(repeating: family, count: 20), segments: 1)
            #expect(SMSText.segments(short).count == 1)
            #expect(short.dropLast().allSatisfy { $0 == "x" || String($0) == family }, "\(short)")
        }
    }

    @Test func cutsAPileOfMarks() {
        let zalgo = "INC1 " + "a" + String(repeating: "\u{0301}", count: 50_000)
        let short = SMSText.shortened(zalgo, segments: 1)
        #expect(SMSText.segments(short).count == 1)
        #expect(short.hasPrefix("INC1"))
    }

    @Test(arguments: [
        ("It’s “down” – now…", "It's \"down\" - now..."), ("a\u{A0}→\u{A0}b", "a -> b"), ("Zażółć – x", "Zażółć – x"), ("plain", "plain"),
        ("r…. Since 15:25", "r... Since 15:25"), ("ż…. Od", "ż… Od"),
    ])
    func replacesTypographyWhereThatHelps(text: String, plain: String) {
        #expect(SMSText.transliterated(text) == plain)
    }

    @Test func anEllipsisHasThreeDots() {
        let text = String(repeating: "a", count: 155) + "... and more"
        #expect(SMSText.shortened(text, segments: 1) == String(repeating: "a", count: 155) + "...")
        #expect(Shortening.cut("server r. is down", to: 10) == "server r…")
    }

    @Test func leavesWhatFits() {
        #expect(SMSText.shortened("abc", segments: 1) == "abc")
        #expect(SMSText.shortened("abc", segments: 0) == "abc")
    }
}
