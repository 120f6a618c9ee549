// Whether two matches can fit the same incident.

import Testing

@testable import Routing

@Suite struct MatchOverlapTests {
    static let cases: [(member: String, a: String, b: String, overlap: Bool)] = [
        ("service", "payments", "payments", true), ("service", "payments", "Payments", true), ("service", "payments", "search", false),
        ("service", "pay*", "payments", true), ("service", "pay*", "search", false), ("service", "pay*", "p*", true),
        ("service", "pay*", "*ments", true), ("service", "pay*", "s*", false), ("service", "!payments", "payments", false),
        ("service", "!payments", "search", true), ("service", "!payments", "!search", true), ("service", "~^pay", "payments", true),
        ("service", "~^pay", "search", false), ("service", "~^pay", "~^sea", true), ("severity", ">=high", "critical", true),
        ("severity", ">=high", "low", false), ("severity", ">=high", "<=medium", false), ("severity", "!low", "<=medium", true),
        ("status", "open", "resolved", false), ("status", "!open", "resolved", true), ("labels.region", "eu", "us", false),
    ]

    @Test(arguments: cases) func itIsFoundFromBothSides(one: (member: String, a: String, b: String, overlap: Bool)) throws {
        let a = Match(conditions: [try Condition(member: one.member, values: [one.a], scale: .standard)])
        let b = Match(conditions: [try Condition(member: one.member, values: [one.b], scale: .standard)])
        #expect(MatchOverlap(.standard).overlap(a, b) == one.overlap)
        #expect(MatchOverlap(.standard).overlap(b, a) == one.overlap)
    }

    @Test func whatOnlyOneOfThemNamesKeepsNothingApart() throws {
        let a = try match(["service": ["payments"], "severity": [">=high"]])
        #expect(MatchOverlap(.standard).overlap(a, try match(["labels.region": ["eu"]])))
        #expect(!MatchOverlap(.standard).overlap(a, try match(["severity": ["low"], "labels.region": ["eu"]])))
    }
}
