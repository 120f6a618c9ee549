// `sla` and its targets in `match`: what holds, and what is said where it does not.

import Foundation
import Incidents
import Testing

@testable import Routing

@Suite struct SLAConditionTests {
    /// Acknowledged in time, to be resolved in 5 min, and no word for too long.
    private static let clocks = SLAClocks([
        SLAClock(
            target: .acknowledge, state: .ok, start: noon, length: 600, warnsAt: nil, breachesAt: noon.addingTimeInterval(600),
            metAt: noon.addingTimeInterval(-180)),
        SLAClock(
            target: .resolve, state: .atRisk, start: noon, length: 600, warnsAt: noon, breachesAt: noon.addingTimeInterval(299.5)),
        SLAClock(
            target: .update, state: .breached, start: noon, length: 600, warnsAt: nil, breachesAt: noon.addingTimeInterval(-840)),
    ])

    private func with(_ clocks: SLAClocks?, _ incident: Incident? = incident(["severity": "medium"])) -> MatchFacts {
        var facts = facts(event(.update), incident)
        facts.sla = clocks
        return facts
    }

    private func condition(_ member: String, _ values: [String]) throws -> Condition {
        try Condition(member: member, values: values, scale: .standard)
    }

    @Test(arguments: [
        ("sla", ["breached"], true), ("sla", ["BREACHED"], true), ("sla", ["ok"], false), ("sla", ["!ok"], true),
        ("sla", ["at_risk", "breached"], true), ("sla", ["!breached"], false), ("sla", ["br*"], true), ("sla", ["~risk"], false),
        ("sla.acknowledge", ["ok"], true), ("sla.acknowledge", ["!ok"], false), ("sla.acknowledge", ["breached"], false),
        ("sla.resolve", ["at_risk"], true), ("sla.resolve", ["*"], true), ("sla.update", ["breached"], true),
        ("sla.update", ["ok", "at_risk"], false), ("sla.update", ["!*"], false),
    ]) func holds(member: String, values: [String], holds: Bool) throws {
        let condition = try condition(member, values)
        #expect(condition.holds(with(Self.clocks)) == holds)
        let index = MatchIndex([Match(conditions: [condition])])
        if holds { #expect(index.candidates(with(Self.clocks)) == [0]) }
    }

    /// The worst of those that are promised; without any, nothing is set.
    @Test func absent() throws {
        for (member, clocks) in [("sla", SLAClocks?.none), ("sla", SLAClocks()), ("sla.resolve", SLAClocks([Self.clocks.clocks[0]]))] {
            #expect(try !condition(member, ["*"]).holds(with(clocks)))
            #expect(try !condition(member, ["ok"]).holds(with(clocks)))
            #expect(try condition(member, ["!*"]).holds(with(clocks)))
            #expect(try condition(member, ["!ok"]).holds(with(clocks)))
        }
        #expect(try condition("sla", ["ok"]).holds(with(SLAClocks([Self.clocks.clocks[0]]))))
    }

    /// Routes for a state are looked up by it.
    @Test func indexed() throws {
        let matches = try [["sla": ["ok"]], ["sla": ["breached"]], ["sla.resolve": ["at_risk"]], ["sla.resolve": ["breached"]]].map {
            Match(conditions: try $0.map { try condition($0.key, $0.value) })
        }
        #expect(MatchIndex(matches).candidates(with(Self.clocks)) == [1, 2])
        #expect(MatchIndex(matches).candidates(with(nil)) == [])
    }

    @Test(arguments: [
        ("sla.acknowledge", "sla.acknowledge is ok (met 3m ago)"), ("sla.resolve", "sla.resolve is at_risk (breaches in 5m)"),
        ("sla.update", "sla.update is breached (14m ago)"), ("sla", "sla is breached (update 14m ago)"),
    ]) func found(member: String, words: String) throws {
        #expect(try condition(member, ["ok"]).found(with(Self.clocks)) == words)
    }

    @Test func foundOtherwise() throws {
        let sla = try condition("sla", ["breached"])
        let resolve = try condition("sla.resolve", ["breached"])
        #expect(sla.found(with(nil)) == "sla is not set (nothing is promised for medium)")
        #expect(resolve.found(with(SLAClocks())) == "sla.resolve is not set (no time to resolve is promised for medium)")
        #expect(sla.found(with(nil, nil)) == "sla is not set")
        var clock = Self.clocks.clocks[1]
        clock.isPaused = true
        clock.state = .ok
        #expect(resolve.found(with(SLAClocks([clock]))) == "sla.resolve is ok (on hold)")
        clock.isPaused = false
        clock.breachesAt = nil
        #expect(sla.found(with(SLAClocks([Self.clocks.clocks[0], clock]))) == "sla is ok (resolve never breaches)")
        clock.state = .breached
        clock.metAt = noon
        clock.breachesAt = noon.addingTimeInterval(-60)
        #expect(resolve.found(with(SLAClocks([clock]))) == "sla.resolve is breached (met too late)")
        // Of several that are breached, one that still runs says more.
        #expect(sla.found(with(SLAClocks([clock, Self.clocks.clocks[2]]))) == "sla is breached (update 14m ago)")
    }

    /// `age` runs from the opening: it was opened 45 min before noon.
    @Test(arguments: [("age", [">=30m"], true), ("age", [">=45m"], true), ("age", [">45m"], false), ("age", ["<1h"], true)])
    func age(member: String, values: [String], holds: Bool) throws {
        let opened = incident(["opened_at": "2026-11-24T11:15:00Z"])
        var known = opened
        known.firstSeen = noon
        #expect(try condition(member, values).holds(with(nil, known)) == holds)
    }
}
