// Writing, the canonical form, and reading back.

import Testing

@testable import JSON

@Suite struct JSONWriterTests {
    @Test(arguments: [
        ("{\"b\":1,\"a\":[true,null,\"x\"]}", "{\"a\":[true,null,\"x\"],\"b\":1}"), ("[1.10, 2E5]", "[1.10,2E5]"),
        ("\"a\\/b\\u00e9\\u0001\\u007f\\t\\n\\r\\\"\\\\\"", "\"a/bé\\u0001\\u007f\\t\\n\\r\\\"\\\\\""), (" {} ", "{}"), ("[ ]", "[]"),
    ]) func compact(text: String, written: String) throws {
        #expect(try parse(text).text == written)
    }

    @Test(arguments: [
        JSONPositionTests.document, "{\"a\":\"\\u0000\\u001f\\ud83d\\ude00\"}", "[1e400,-0,0.1,12345678901234567890]", "\"\u{2028}\"",
    ]) func whatIsWrittenReadsBack(text: String) throws {
        let value = try parse(text)
        #expect(try JSONValue.parse(bytes: value.bytes) == value)
        let canonical = try JSONValue.parse(bytes: value.canonicalBytes)
        #expect(canonical.canonicalBytes == value.canonicalBytes)
    }

    @Test(arguments: [
        ("{\"a\":1,\"b\":2}", "{ \"b\":2, \"a\":1 }", true), ("1", "1.0", true), ("100", "1e2", true), ("-0", "0", true),
        ("0.10", "0.1", true), ("1E-1", "0.1", true), ("\"é\"", "\"\\u00e9\"", true), ("\"/\"", "\"\\/\"", true),
        ("1", "\"1\"", false), ("1", "2", false), ("[1,2]", "[2,1]", false), ("null", "{}", false), ("{\"a\":null}", "{}", false),
        ("9007199254740993", "9007199254740992", false), ("1e400", "2e400", false), ("12345678901234567890", "12345678901234567891", false),
        ("\"a\"", "\"A\"", false), ("true", "\"true\"", false), ("\"\u{E9}\"", "\"e\u{301}\"", false),
    ]) func canonicalEquality(a: String, b: String, isSame: Bool) throws {
        #expect((try parse(a).canonicalBytes == parse(b).canonicalBytes) == isSame)
    }

    @Test func linesKeepTheirOrder() {
        var line = JSONLine(["z": 1, "a": "x\n"])
        line.add("m", [true, .null])
        #expect(line.text == "{\"z\":1,\"a\":\"x\\n\",\"m\":[true,null]}")
        #expect(JSONLine().text == "{}")
    }

    /// Terminals obey some of U+0080 to U+009F; digests are made of the bytes, which have them as they are.
    @Test func linesHoldNoControlCharacters() throws {
        let text = "\u{7F}\u{80}é\u{9B}31m\u{9F}\u{A0}\u{C2}\u{1B}"
        let line = JSONLine(["n\u{85}": .string(text), "o": ["x\u{90}": 1]]).text
        #expect(line == "{\"n\\u0085\":\"\\u007f\\u0080é\\u009b31m\\u009f\u{A0}\u{C2}\\u001b\",\"o\":{\"x\\u0090\":1}}")
        #expect(try parse(line)["n\u{85}"]?.string == text)
        #expect(JSONValue.string("\u{9B}").bytes == [0x22, 0xC2, 0x9B, 0x22])
        #expect(JSONValue.string("\u{9B}").canonicalBytes == [0x22, 0xC2, 0x9B, 0x22])
    }

    @Test func longNamesAreCutInPointersAndMessages() {
        #expect(pointerToken(String(repeating: "/", count: 201)) == String(repeating: "~1", count: 200) + "…")
        #expect(pointerToken(String(repeating: "é", count: 200)) == String(repeating: "é", count: 200))
        #expect(pointerToken("a~\u{301}/") == "a~0\u{301}~1")
        #expect(excerpt(String(repeating: "x", count: 61)) == String(repeating: "x", count: 60) + "…")
        #expect(excerpt("a\u{1B}[31m\u{9B}\n") == "a\u{FFFD}[31m\u{FFFD}\u{FFFD}")
        let name = String(repeating: "n", count: 500_000)
        let error = fault("{\"\(name)\":1,\"\(name)\":2}")
        #expect(error?.code == .duplicateMember)
        #expect((error?.message.count ?? .max) < 120 && error?.pointer.count == 202)
    }

    @Test func namesThatLookTheSameAreTheSame() {
        #expect(fault("{\"\u{E9}\":1,\"e\u{301}\":2}")?.code == .duplicateMember)
    }

    @Test func views() throws {
        let value = try parse("{\"s\":\"x\",\"n\":5,\"f\":1.5,\"b\":true,\"o\":{},\"a\":[1],\"z\":null}")
        #expect(value["s"]?.string == "x")
        #expect(value["n"]?.integer == 5)
        #expect(value["f"]?.integer == nil)
        #expect(value["f"]?.scalarText == "1.5")
        #expect(value["b"]?.bool == true)
        #expect(value["b"]?.scalarText == "true")
        #expect(value["a"]?.array == [1])
        #expect(value["o"]?.object == [:])
        #expect(value["z"]?.isNull == true)
        #expect(value["z"]?.scalarText == nil)
        #expect(value["missing"] == nil)
        #expect(value["s"]?["x"] == nil)
        #expect(value.kind == "an object")
        #expect(pointerToken("a/b~c") == "a~1b~0c")
    }

    @Test func theSizeIsThatOfTheBytes() throws {
        let texts = [
            "null", "true", "false", "[]", "{}", "[{}]", "[1,2.50,-3e7]", #"{"a":{"b":[null,"x"]},"c":""}"#,
            #"["\u0000\u001f\u007f\n\t\r\"\\/é漢😀"]"#, #"{"\n\u0001":"x"}"#,
        ]
        for text in texts {
            let value = try JSONValue.parse(text.utf8)
            #expect(value.byteCount == value.bytes.count, "\(text)")
        }
    }
}
