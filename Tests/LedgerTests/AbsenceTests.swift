// Absences in their table, the alarms of rotations, and the open incidents that a hand-over names.

import Foundation
import Incidents
import Routing
import Testing

@testable import Ledger

private func away(_ who: String, id: String? = nil, from: TimeInterval = 0, until: TimeInterval = 3_600, deputy: String? = "ben") -> Absence
{
    Absence(id: id ?? who, who: who, from: after(from), until: after(until), deputy: deputy, by: "hr")
}

private func word(_ id: String, _ changes: [StandingChange]) throws -> Arrival {
    timed(try event(id, incident: nil, type: .operations, message: "word"), changes: changes)
}

@Suite struct AbsenceTests {
    @Test func areKeptReplacedAndEnded() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        #expect(try await store.absences() == [])
        #expect(store.absencesInForce == [])
        try await store.take(word("a", [.absence(away("ana")), .absence(away("carl", deputy: nil))]))
        #expect(try await store.absences() == [away("ana"), away("carl", deputy: nil)])
        #expect(store.absencesInForce == [away("ana"), away("carl", deputy: nil)])
        try await store.take(word("b", [.endAbsence(id: "carl"), .absence(away("ana", until: 60))]))
        #expect(try await store.absences() == [away("ana", until: 60)])
        #expect(try await store.verify() == [])
        await store.close()
        let again = try fixture.open()
        #expect(again.absencesInForce == [away("ana", until: 60)])
        await again.close()
    }

    @Test func aDecisionSeesWhatCameBeforeInItsTransaction() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let seen = Seen()
        var second = try word("b", [])
        let decide = second.decide
        second.decide = { incident, surroundings in
            seen.absences = try surroundings.absences.elements
            return try decide(incident, surroundings)
        }
        _ = try await store.accept([try word("a", [.absence(away("ana"))]), second])
        #expect(seen.absences == [away("ana")])
        await store.close()
    }

    /// Written on the ledger's thread before the call returns.
    private final class Seen: @unchecked Sendable { var absences: [Absence] = [] }

    @Test func damagedOnesAreNamedAndLeftOut() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(word("a", [.absence(away("ana")), .absence(away("ben")), .absence(away("carl"))]))
        await store.close()
        try fixture.damage("UPDATE absences SET state = CAST('{' AS BLOB) WHERE id = 'ana'")
        try fixture.damage("UPDATE absences SET state = CAST(replace(CAST(state AS TEXT), 'until', 'untl') AS BLOB) WHERE id = 'ben'")
        let again = try fixture.open()
        #expect(try await again.absences().map(\.who) == ["carl"])
        #expect(
            try await again.verify().contains { $0.hasPrefix("absences that cannot be read") && $0.contains("ana") && $0.contains("ben") })
        await again.close()
    }

    @Test func thoseLongOverArePruned() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(word("a", [.absence(away("ana", until: 60)), .absence(away("ben", until: 7_200))]))
        let step = try await store.prune(before: after(3_600), limit: 100)
        #expect(step.isDone)
        #expect(try await store.absences().map(\.who) == ["ben"])
        await store.close()
    }

    @Test func alarmsOfRotationsAreSetAnew() async throws {
        func alarm(_ name: String, _ due: TimeInterval) -> Alarm { Alarm(subject: .rotation(name), due: after(due), what: "hand-over") }
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(timed(try event("e1"), alarm: 60))
        try await store.setRotationAlarms([alarm("a", 100), alarm("b", 200)], now: start)
        #expect(try await store.alarms() == ["incident/INC1": 60, "rotation/a": 100, "rotation/b": 200])
        // One that is due stays due; one that is gone is gone.
        try await store.setRotationAlarms([alarm("a", 900), alarm("c", 300)], now: after(100))
        #expect(try await store.alarms() == ["incident/INC1": 60, "rotation/a": 100, "rotation/c": 300])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func openIncidentsTheMostUrgentFirst() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let scale = SeverityScale.standard.steps.enumerated().map { Severity(name: $1.name, rank: $0) }
        for (number, rank) in [2, 0, 1, 0].enumerated() {
            try await store.take(
                timed(
                    try event("e\(number)", incident: "I\(number)", time: after(Double(number))), severity: scale[rank],
                    at: after(Double(number))))
        }
        try await store.take(timed(try event("end", incident: "I1", status: "resolved", time: after(9)), severity: scale[0], at: after(9)))
        let found = try await store.surroundings { try $0.openIncidents(limit: 2).map(\.id) }
        #expect(found == ["I3", "I2"])
        let plan = try await store.readers.read { database in
            try database.rows(
                "EXPLAIN QUERY PLAN SELECT state FROM incidents INDEXED BY incidents_open WHERE is_open = 1 ORDER BY rank IS NULL, rank LIMIT 5"
            ).compactMap { $0.text(3) }
        }
        #expect(plan.contains { $0.contains("incidents_open") })
        await store.close()
    }
}
