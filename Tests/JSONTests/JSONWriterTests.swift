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
}
