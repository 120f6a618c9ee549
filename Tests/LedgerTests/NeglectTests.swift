// Incidents that nobody has touched are told once, whatever dies meanwhile, and found without a look at the others.

import Foundation
import GRDB
import Incidents
import Routing
import Synchronization
import Testing

@testable import Ledger

@Suite struct NeglectLedgerTests {
    private let day: TimeInterval = 86_400

    private func tell(_ store: LedgerStore, at now: Date) async throws -> (ids: [String], count: Int)? {
        let told = Mutex<(ids: [String], count: Int)?>(nil)
        let event = try event("neglected-\(now.timeIntervalSince1970)", incident: nil, type: .operations, time: now)
        let receipt = try await store.tellNeglect(now: now) { incidents, count in
            told.withLock { $0 = (incidents.map(\.id), count) }
            return timed(event, at: now)
        }
        return receipt == nil ? nil : told.withLock { $0 }
    }

    private func open(_ store: LedgerStore, _ id: String, _ incident: String, at time: Date, status: String = "open") async throws {
        _ = try await store.accept([arrival(try event(id, incident: incident, status: status, time: time), at: time)])
    }

    @Test func eachIsToldOnceUntilItIsTouchedOrAMonthHasPassed() async throws {
        let fixture = try LedgerFixture()
        var store = try fixture.open()
        try await open(store, "1", "INC1", at: start)
        try await open(store, "2", "INC2", at: start)
        try await open(store, "3", "OVER", at: start)
        try await open(store, "4", "OVER", at: start.addingTimeInterval(day), status: "resolved")
        try await open(store, "5", "INC2", at: start.addingTimeInterval(20 * day))
        #expect(try await tell(store, at: start.addingTimeInterval(29 * day)) == nil)
        var next = try #require(try await store.nextNeglect())
        #expect(next >= start.addingTimeInterval(30 * day) && next <= start.addingTimeInterval(31 * day))
        #expect(try await tell(store, at: next)?.ids == ["INC1"])
        #expect(try await tell(store, at: next) == nil)
        await store.close()

        store = try fixture.open()
        #expect(try await tell(store, at: next.addingTimeInterval(day)) == nil, "a restart says nothing again")
        next = try #require(try await store.nextNeglect())
        #expect(try await tell(store, at: next)?.ids == ["INC2"])
        // Touched again: another month. And INC1 once more, a month after it was told.
        try await open(store, "6", "INC2", at: next.addingTimeInterval(day))
        let again = try #require(try await store.nextNeglect())
        #expect(try await tell(store, at: again)?.ids == ["INC1"])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func ofManyAFewAreNamedTheMostUrgentFirst() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let low = try (0..<40).map { timed(try event("l\($0)", incident: "LOW\($0)"), severity: Severity(name: "low", rank: 3)) }
        let high = timed(try event("h", incident: "HIGH"), severity: Severity(name: "critical", rank: 0))
        _ = try await store.accept(low + [high])
        let told = try #require(try await tell(store, at: start.addingTimeInterval(31 * day)))
        #expect(told.count == 41 && told.ids.count == Neglect.listed && told.ids.first == "HIGH")
        await store.close()
    }

    @Test func noIncidentIsLookedAtThatIsNotDue() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let queries = [NeglectTransaction.first, NeglectTransaction.counted, NeglectTransaction.named, NeglectTransaction.postponed]
        for query in queries {
            let plan = try await store.writing { database in
                try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN \(query.replacing("?", with: "1"))").compactMap {
                    $0["detail"] as String?
                }
            }
            #expect(plan.contains { $0.contains("incidents_look_at") }, "\(plan)")
        }
        await store.close()
    }
}
