// Where a fault is, and whether a text merely stops too early.

import Testing

@testable import JSON

@Suite struct JSONPositionTests {
    @Test(arguments: [
        ("{\"a\": nope}", 1, 8, "/a"), ("{\n  \"a\": 1,\n  \"b\": [1, 2, x]\n}", 3, 15, "/b/2"), ("[1,\n2,\n\n3 4]", 4, 3, ""),
        ("{\"é😀\": x}", 1, 8, "/é😀"), ("\u{FEFF}{\"a\": x}", 1, 7, "/a"), ("\u{FEFF}\n x", 2, 2, ""), ("{\"a\":1}\n{\"b\":2}", 2, 1, ""),
        ("{\"a~b/c\": {\"d\": +}}", 1, 17, "/a~0b~1c/d"), ("{\"a\":\"x\ny\"}", 1, 8, "/a"), ("\r\n\r\nx", 3, 1, ""),
        ("{\"a\":\"\\q\"}", 1, 7, "/a"), ("{\"a\":\"\\ud800 \"}", 1, 7, "/a"),
    ]) func place(text: String, line: Int, column: Int, pointer: String) {
        let error = fault(text)
        #expect(error?.line == line)
        #expect(error?.column == column)
        #expect(error?.pointer == pointer)
        #expect(error?.endsEarly == false)
    }

    @Test func placeOfWhatIsNotUTF8() {
        let error = fault(Array("\u{FEFF}{\"é\": 1,\n \"b😀\": \"caf".utf8) + [0xE9] + Array("\", \"c\": 1}".utf8))
        #expect(error?.code == .notUTF8)
        #expect(error?.line == 2)
        #expect(error?.column == 12)
        #expect(error?.message.contains("0xE9") ?? false)
        // A byte order mark is no column.
        #expect(fault([0xEF, 0xBB, 0xBF, 0xFF, 0x20, 0x20, 0x20])?.column == 1)
    }

    static let document = """
        \u{FEFF} {"id": "a\\u00e9\\ud83d\\ude00\\n", "é😀": [1, -2.5e+10, 0, true, false, null, {}, [], {"x": {"y": [[1], []]}}],
          "z": "", "t": "tail" }
        """

    /// A writer that is still at work is recognised, whatever it has written so far.
    @Test func everyPrefixEndsEarly() {
        let bytes = Array(Self.document.utf8)
        #expect(fault(bytes) == nil)
        for count in 0..<bytes.count {
            let error = fault(Array(bytes[..<count]))
            #expect(error?.endsEarly == true, "after \(count) bytes: \(error.map(String.init(describing:)) ?? "accepted")")
            #expect(error?.code == .notJSON || error?.code == .notUTF8)
        }
    }

    @Test(arguments: [
        "{\"a\": x", "{} x", "[1}", "{\"a\":1,}", "\"\\ud800\"", "\"\\ud800x", "nulx", "{\"a\"=", "01", "{\"a\":1,\"a\"", "\"a\n",
        "\"\\ud800\\n",
    ]) func whatNoTailCanMendDoesNotEndEarly(text: String) {
        #expect(fault(text)?.endsEarly == false)
    }

    @Test func descriptionsNameThePlace() {
        #expect(fault("{\"a\": nope}").map(String.init(describing:)) == "line 1, column 8: `o` stands where `null` was begun")
        #expect(fault("[1").map(String.init(describing:))?.contains("the text ends") ?? false)
    }

    /// U+009B begins a command to a terminal, as ESC does.
    @Test(arguments: ["\u{9B}2J", "\u{85}", "\u{7}", "\u{1B}[2J", "\u{7F}"]) func controlCharactersAreNotRepeated(text: String) {
        for place in ["[1, \(text)]", "{\"a\": nul\(text)}", "\(text)", "\"\\u\(text)\"", "{\"a\": 1, \"a\(text)\": 2, \"a\(text)\": 3}"] {
            let message = fault(place)?.message ?? "none"
            #expect(!message.unicodeScalars.contains { $0.properties.generalCategory == .control })
        }
    }

    /// A megabyte of each worst case. That the test ends is the point: quadratic work would take minutes.
    @Test(arguments: [
        "[" + String(repeating: "1,", count: 500_000) + "1]",
        "\"" + String(repeating: "\\u00e9", count: 170_000) + "\"",
        "\"" + String(repeating: "é", count: 500_000) + "\"",
        String(repeating: "[", count: 60) + String(repeating: "\n", count: 1_000_000) + String(repeating: "]", count: 60),
        "{" + (0..<60_000).map { "\"member\($0)\":1" }.joined(separator: ",") + "}",
    ]) func aMegabyte(text: String) throws {
        #expect(fault(text) == nil)
        #expect(fault(String(text.dropLast()))?.endsEarly == true)
        #expect(fault(text + "x")?.endsEarly == false)
    }
}
