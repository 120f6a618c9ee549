// What is JSON (RFC 8259) and what is not.

import Testing

@testable import JSON

func parse(_ text: String) throws(JSONError) -> JSONValue { try JSONValue.parse(text.utf8) }

/// The error of a text that is not acceptable; nil where it is.
func fault(_ bytes: [UInt8]) -> JSONError? {
    do {
        _ = try JSONValue.parse(bytes: bytes)
        return nil
    } catch {
        return error
    }
}

func fault(_ text: String) -> JSONError? { fault(Array(text.utf8)) }

@Suite struct JSONAcceptanceTests {
    @Test(
        arguments: [
            ("null", .null), ("true", .bool(true)), ("false", .bool(false)), ("0", .number("0")), ("-0", .number("-0")),
            ("1.10", .number("1.10")), ("-2e3", .number("-2e3")), ("1E+2", .number("1E+2")), ("1e-07", .number("1e-07")),
            ("123456789012345678901234567890", .number("123456789012345678901234567890")), ("\"\"", .string("")),
            ("\"a\"", .string("a")), ("[]", .array([])), ("{}", .object([:])), (" \t\r\n[ ] \n", .array([])),
            ("[1,\"a\",null,[true]]", .array([.number("1"), .string("a"), .null, .array([.bool(true)])])),
            ("{\"a\":{\"b\":[]},\"\":0}", .object(["a": .object(["b": .array([])]), "": .number("0")])),
            ("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", .string("\"\\/\u{8}\u{C}\n\r\t")), ("\"\\u0041\\u00e9\\u20AC\"", .string("Aé€")),
            ("\"\\ud83d\\ude00\"", .string("😀")), ("\"\\uD834\\uDD1E\"", .string("𝄞")), ("\"\\uDBFF\\uDFFF\"", .string("\u{10FFFF}")),
            ("\"\\u0000\"", .string("\0")), ("\"😀é\u{7F}\u{2028}\"", .string("😀é\u{7F}\u{2028}")),
            ("\"\\uFFFE\\uFFFF\"", .string("\u{FFFE}\u{FFFF}")), ("\u{FEFF}{}", .object([:])), ("\u{FEFF} 1", .number("1")),
        ] as [(String, JSONValue)]) func accepted(text: String, value: JSONValue) throws
    {
        #expect(try parse(text) == value)
    }

    @Test(arguments: [
        "", " ", "{", "[", "\"", "nul", "tru", "NULL", "True", "nan", "NaN", "Infinity", "-Infinity", "undefined", "01", "-01", "00",
        "1.", ".5", "-", "+1", "1e", "1e+", "1.e5", "0x10", "1_000", "--1", "1 2", "[1,]", "[,1]", "[1 2]", "[1,,2]", "[1", "{\"a\"}",
        "{\"a\":}", "{\"a\":1,}", "{,}", "{a:1}", "{'a':1}", "{\"a\" 1}", "{\"a\":1 \"b\":2}", "{1:2}", "{null:1}", "{\"a\":1}}", "[]]",
        "{\"a\":1]", "[1}", "'a'", "\"a", "\"\\x\"", "\"\\u12\"", "\"\\u12G4\"", "\"\\U0041\"", "\"\\\"", "\"a\nb\"", "\"a\tb\"",
        "\"a\u{1}b\"", "\"a\0b\"", "\"\\ud800\"", "\"\\ud800x\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\\ud83d\\ud83d\"",
        "// x\n1", "/* x */ 1", "1 # x", "[1]\u{0}", "\u{A0}1", "\u{FEFF}\u{FEFF}1", "{} \u{FEFF}", "\u{C}1", "[\u{B}1]",
    ]) func refused(text: String) {
        #expect(fault(text)?.code == .notJSON)
    }

    @Test(
        arguments: [
            [0x22, 0xFF, 0x22], [0x22, 0xC3, 0x22], [0x22, 0xC0, 0x80, 0x22], [0x22, 0xED, 0xA0, 0x80, 0x22],
            [0x22, 0xE0, 0x80, 0x80, 0x22],
            [0x22, 0xF4, 0x90, 0x80, 0x80, 0x22], [0x22, 0x80, 0x22], [0x22, 0xE9, 0x74, 0x65, 0x22], [0xFF, 0xFE, 0x7B, 0x00],
        ] as [[UInt8]]) func notUTF8(bytes: [UInt8])
    {
        let error = fault(bytes)
        #expect(error?.code == .notUTF8)
        #expect(error?.endsEarly == false)
    }

    @Test func depth() throws {
        func nested(_ depth: Int) -> String { String(repeating: "[", count: depth) + String(repeating: "]", count: depth) }
        func objects(_ depth: Int) -> String { String(repeating: "{\"a\":", count: depth) + "1" + String(repeating: "}", count: depth) }
        #expect(fault(nested(64)) == nil)
        #expect(fault(nested(65))?.code == .tooDeep)
        #expect(fault(nested(65))?.column == 65)
        #expect(fault(nested(65))?.endsEarly == false)
        #expect(fault(objects(64)) == nil)
        #expect(fault(objects(65))?.code == .tooDeep)
        #expect(fault(objects(65))?.pointer == String(repeating: "/a", count: 64))
        #expect(fault(String(repeating: "[", count: 1_000_000))?.code == .tooDeep)
        #expect(throws: JSONError.self) { try JSONValue.parse("[[]]".utf8, maximumDepth: 1) }
        #expect(throws: Never.self) { try JSONValue.parse("[1]".utf8, maximumDepth: 1) }
    }

    @Test(arguments: [
        ("{\"a\":1,\"a\":2}", "/a", 8), ("{\"a\":1,\"\\u0061\":2}", "/a", 8), ("{\"x\":[{\"a\":1,\"b\":2,\"a\":null}]}", "/x/0/a", 20),
        ("{\"\":1,\"\":1}", "/", 7), ("{\"a/b\":1,\"a\\/b\":1}", "/a~1b", 10),
    ]) func duplicateMembers(text: String, pointer: String, column: Int) {
        let error = fault(text)
        #expect(error?.code == .duplicateMember)
        #expect(error?.pointer == pointer)
        #expect(error?.column == column)
        #expect(error?.endsEarly == false)
    }

    @Test func theSameNameInTwoObjectsIsNoDuplicate() {
        #expect(fault("{\"a\":{\"a\":1},\"b\":[{\"a\":1},{\"a\":2}],\"A\":3}") == nil)
    }
}
