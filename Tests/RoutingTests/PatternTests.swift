import Foundation
import Testing

@testable import Routing

@Suite struct PatternTests {
    /// A backtracking matcher would still be at it when the sun burns out; that the test ends is the proof.
    @Test(arguments: ["(a+)+$", "(a|a)+$", "(.*a){12}$", "(a*)*b"]) func exponentialPatternsStayLinear(_ regex: String) throws {
        let text = String(repeating: "a", count: 50_000) + "!"
        #expect(!(try Pattern(regex).matches(text)))
    }

    @Test func foundAnywhere() throws {
        #expect(try Pattern("b").matches("abc"))
        #expect(!(try Pattern("^b").matches("abc")))
        #expect(!(try Pattern("B").matches("abc")))
        #expect(try Pattern("^$").matches(""))
        #expect(!(try Pattern("a.c").matches("a\nc")))
        #expect(try Pattern("^ü+$").matches("üü"))
        #expect(try Pattern("a\\x00b").matches("a\0b"))
    }

    @Test func firstGroup() throws {
        #expect(try Pattern("\"id\": *\"([^\"]+)\"").firstGroup(in: "{\"id\": \"m-1\"}") == "m-1")
        #expect(try Pattern("id=(ü+)x").firstGroup(in: "é id=üüx") == "üü")
        #expect(try Pattern("id").firstGroup(in: "id") == nil)
        #expect(try Pattern("(a)|b").firstGroup(in: "b") == nil)
        #expect(try Pattern("a()b").firstGroup(in: "ab") == "")
        #expect(try Pattern("(a)").firstGroup(in: "b") == nil)
        #expect(try Pattern("(a)(b)").groups == 2)
    }

    @Test func manyThreadsShareOne() async throws {
        let pattern = try Pattern("^db-[0-9]+$")
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<200 { group.addTask { pattern.matches("db-\(number)") && !pattern.matches("web-\(number)") } }
            for await right in group { #expect(right) }
        }
    }
}
