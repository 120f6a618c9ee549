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

    private func subscriptions(_ service: JSONValue) -> Standing<Subscription> {
        Standing([Subscription(id: "s", who: .person("p"), match: ["service": service])], revision: 7)
    }

    /// As long as they stand; the same revision of another ledger is something else.
    @Test func compiledOnce() {
        let index = StandingIndex()
        let first = index.subscriptions(subscriptions("payments-api"), scale: .standard)
        #expect(index.subscriptions(subscriptions("payments-api"), scale: .standard) === first)
        #expect(first.matching(facts()).count == 1)
        #expect(index.subscriptions(subscriptions("search"), scale: .standard).matching(facts()).isEmpty)
        var changed = subscriptions("payments-api")
        changed.revision = 8
        #expect(index.subscriptions(changed, scale: .standard) !== first)
    }

    @Test func anotherScaleCompilesAnew() throws {
        let known = InMemorySurroundings()
        known.standingSubscriptions = [Subscription(id: "s", who: .person("service-owner"), match: ["severity": "grave"])]
        var table = try table([])
        #expect(try table.planned(with: known).deliveries.isEmpty)
        table.scale = SeverityScale(steps: [.init(name: "grave", aliases: ["medium"])])
        #expect(try table.planned(with: known).deliveries.count == 1)
    }

    /// 10,000 wishes, one for each service: two are looked at.
    @Test func manyAreNotWalked() {
        var standing = Standing((0..<10_000).map { Subscription(id: "\($0)", who: .person("p"), match: ["service": .string("s\($0)")]) })
        standing.elements.append(Subscription(id: "all", who: .person("p")))
        let compiled = StandingIndex().subscriptions(standing, scale: .standard)
        #expect(compiled.matching(facts(event(.update), incident(["service": "S4711"]))).map(\.id) == ["4711", "all"])
        #expect(compiled.fitting(facts(event(.update), incident(["service": "S4711"]))).map(\.id) == ["4711", "all"])
    }
}
