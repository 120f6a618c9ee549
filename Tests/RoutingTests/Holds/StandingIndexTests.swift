// Matches of events, and what was compiled of them.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct StandingIndexTests {
    @Test func matchesOfEvents() throws {
        let members: [String: JSONValue] = [
            "service": "pay*", "severity": [">=high", "!low"], "labels.tier": .integer(1), "reopened": .bool(false),
        ]
        let match = try Match.match(from: members, scale: .standard)
        #expect(
            match.conditions.map(\.text) == ["labels.tier: 1", "reopened: false", "service: \"pay*\"", "severity: [\">=high\", \"!low\"]"])
        #expect(match.holds(facts()))
        #expect(try Match.match(from: [:], scale: .standard).holds(facts()))
    }

    @Test(
        arguments: [
            ["service": ["a": "b"]], ["service": .null], ["service": []], ["service": [["a"]]], ["nonsense": "x"], ["severity": "sev9"],
            ["service": "~("],
        ] as [[String: JSONValue]])
    func whatIsNoMatch(members: [String: JSONValue]) {
        #expect(throws: MatchError.self) { try Match.match(from: members, scale: .standard) }
    }

    private func silences(_ service: JSONValue) -> Standing<Silence> {
        Standing([Silence(id: "s", match: ["service": service], from: noon, until: noon + 60)], revision: 7)
    }

    /// As long as they stand; the same revision of another ledger is something else.
    @Test func compiledOnce() {
        let index = StandingIndex()
        let first = index.silences(silences("payments-api"), scale: .standard)
        #expect(index.silences(silences("payments-api"), scale: .standard) === first)
        #expect(first.matching(facts()).count == 1)
        #expect(index.silences(silences("search"), scale: .standard).matching(facts()).isEmpty)
        var changed = silences("payments-api")
        changed.revision = 8
        #expect(index.silences(changed, scale: .standard) !== first)
    }

    @Test func anotherScaleCompilesAnew() throws {
        let known = InMemorySurroundings()
        known.standingSubscriptions = [Subscription(id: "s", who: .person("service-owner"), match: ["severity": "grave"])]
        var table = try table([])
        #expect(try table.planned(with: known).deliveries.isEmpty)
        table.scale = SeverityScale(steps: [.init(name: "grave", aliases: ["medium"])])
        #expect(try table.planned(with: known).deliveries.count == 1)
    }
}
