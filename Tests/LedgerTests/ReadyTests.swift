// The claim: what is to go out next, in what order, and at what cost.

import Foundation
import GRDB
import Incidents
import Routing
import Testing

@testable import Ledger

@Suite struct ReadyTests {
    @Test func urgentFirstThenLongestDueThenOldest() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        func one(_ id: String, _ priority: Int, _ due: TimeInterval) throws -> Arrival {
            arrival(try event(id, incident: id), [delivery(priority: priority, due: start.addingTimeInterval(due))])
        }
        _ = try await store.accept([
            try one("low", 3, -50), try one("later", 0, 60), try one("b", 0, 0), try one("a", 0, -10), try one("c", 0, 0),
            try one("mid", 1, -90),
        ])
        func ready(_ limit: Int = 10, excluding: Set<Int64> = [], at now: TimeInterval = 0) async throws -> [String] {
            try await store.ready(lane: "lane-ops-slack", now: start.addingTimeInterval(now), limit: limit, excluding: excluding)
                .map(\.event.event.id)
        }
        #expect(try await ready() == ["a", "b", "c", "mid", "low"])
        #expect(try await ready(at: 60) == ["a", "b", "c", "later", "mid", "low"])
        #expect(try await ready(2) == ["a", "b"])
        #expect(try await ready(2, excluding: [4, 5]) == ["b", "mid"])
        #expect(try await ready(0).isEmpty)
        #expect(try await store.ready(lane: "elsewhere", now: start, limit: 5, excluding: []).isEmpty)
        #expect(try await store.nextDue(after: start) == start.addingTimeInterval(60))
        #expect(try await store.nextDue(after: start.addingTimeInterval(60)) == nil)
        await store.close()
    }

    @Test func whoseDestinationIsBackDoNotWaitWhereTheyAreMostUrgent() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        func one(_ id: String, _ priority: Int, lane: String? = nil) throws -> Arrival {
            arrival(try event(id, incident: id), [delivery(priority: priority)], lane: lane)
        }
        let ids = try await store.take(try one("a", 0), try one("b", 0), try one("c", 1), try one("d", 0, lane: "other"))
        let later = start.addingTimeInterval(300)
        _ = try await store.record(ids.map { deferred($0, until: later) })
        let waits = try await store.accept([arrival(try event("e", incident: "e"), [delivery(priority: 0, due: later)])])
        #expect(waits.count == 1)
        let now = start.addingTimeInterval(10)
        #expect(try await store.hasten(lane: "lane-ops-slack", now: now, limit: 1) == 1)
        #expect(try await store.hasten(lane: "lane-ops-slack", now: now) == 1)
        #expect(try await store.hasten(lane: "lane-ops-slack", now: now) == 0)
        let ready = try await store.ready(lane: "lane-ops-slack", now: now, limit: 10).map(\.event.event.id)
        #expect(ready == ["a", "b"], "neither what is less urgent, nor what was never tried, nor another lane's")
        #expect(try await store.ready(lane: "other", now: now, limit: 10).isEmpty)
        await store.close()
    }

    @Test func lanesAreThoseWithWorkLeft() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        #expect(try await store.lanes().isEmpty)
        let ids = try await store.take(
            arrival(try event("e1", incident: "I1"), lane: "b"), arrival(try event("e2", incident: "I2"), lane: "a"),
            arrival(try event("e3", incident: "I3"), [delivery(due: start.addingTimeInterval(600))], lane: "c"))
        #expect(try await store.lanes() == ["a", "b", "c"])
        _ = try await store.record([accepted(ids[0])])
        #expect(try await store.lanes() == ["a", "c"])
        await store.close()
    }

    @Test func whatIsNotDueYetIsNotReturnedByAccept() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let receipt = try await store.accept([
            arrival(try event("e1"), [delivery(), delivery("mail", "x", due: start.addingTimeInterval(9))])
        ])
        guard case .accepted(_, _, let ready, let planned, _) = try #require(receipt.first) else { return #expect(Bool(false)) }
        #expect(ready.map(\.channel) == ["ops-slack"])
        #expect(planned == 2)
        await store.close()
    }

    @Test(arguments: ["UPDATE events SET document = x'7b' WHERE sequence = 2", "UPDATE deliveries SET routes = x'7b' WHERE id = 2"])
    func aDamagedRowStopsNeitherItsLaneNorTheOutcomeBeforeIt(damage: String) async throws {
        let fixture = try LedgerFixture()
        var store = try fixture.open()
        _ = try await store.take(
            arrival(try event("e1")), arrival(try event("e2", time: start.addingTimeInterval(1))),
            arrival(try event("e3", incident: "INC2"), [delivery(priority: 3)]))
        await store.close()
        try fixture.damage(damage)
        store = try fixture.open()
        // The damaged one is the successor of the first.
        #expect(try await store.record([accepted(1)]).ready.isEmpty)
        #expect(try await store.delivery(1)?.state == .delivered)
        #expect(try await store.number("SELECT blocked FROM deliveries WHERE id = 2") == 0)
        #expect(try await store.ready(lane: "lane-ops-slack", now: start, limit: 1).map(\.id) == [3])
        #expect(try await store.verify().contains { $0.contains("cannot be read") && $0.contains(": 2 ") })
        await store.close()
    }

    /// Many rows at once, without their events' detour: 50 lanes, 4 urgencies, half of them due only later.
    private func crowd(_ store: LedgerStore, _ count: Int) async throws {
        _ = try await store.accept([arrival(try event("e0", incident: nil, type: .operations), [])])
        try await store.writing { database in
            try database.inTransaction(.immediate) {
                try database.execute(
                    sql: """
                        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < \(count))
                        INSERT INTO deliveries (event, token, channel, address, kind, lane, recipient, entry, routes, template, urgent, \
                        priority, is_first, created, due, state)
                        SELECT 1, randomblob(16), 'c', 'a', 'slack', 'lane' || (i % 50), 'r', 'r', x'5b5d', 't', 0, (i / 50) % 4, 1, 0, \
                        CASE WHEN i % 2 THEN i ELSE 4000000000000000 END, 'pending' FROM n
                        """)
                return .commit
            }
        }
    }

    @Test func aClaimAmongAHundredThousandWalksTheIndexAndNotTheRows() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await crowd(store, 100_000)
        let queries: [(sql: String, arguments: StatementArguments)] = [
            (LedgerStore.readyOfPriority, ["lane1", 0, 0]), (LedgerStore.nextPriority, ["lane1", 0]), (LedgerStore.nextLane, [""]),
            (LedgerStore.firstDue, ["lane1", 0, 0]),
        ]
        for query in queries {
            let plan = try await store.writing { database in
                try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN \(query.sql)", arguments: query.arguments).compactMap { $0.text(3) }
            }
            #expect(plan.count == 1, "\(plan): a second line would be a sort")
            #expect(plan.first?.hasPrefix("SEARCH") == true && plan.first?.contains("INDEX deliveries_ready (") == true, "\(plan)")
        }
        let claimed = try await store.ready(lane: "lane1", now: start, limit: 64, excluding: [])
        #expect(claimed.count == 64)
        #expect(claimed.map(\.priority).allSatisfy { $0 == 0 })
        #expect(claimed.map(\.due) == claimed.map(\.due).sorted())
        #expect(try await store.lanes().count == 50)
        #expect(try await store.nextDue(after: start) == Date(microseconds: 4_000_000_000_000_000))
        await store.close()
    }

    @Test func theOtherQueriesUseTheirPartialIndexes() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        for (sql, index) in [
            (Conversation.head, "deliveries_unfinished"), (Conversation.waiting, "deliveries_unfinished"),
        ] {
            let plan = try await store.writing { database in
                try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN \(sql)", arguments: ["i", "c", "a"]).compactMap { $0.text(3) }
            }
            #expect(plan.count == 1 && plan.first?.contains("INDEX \(index) (incident=? AND channel=? AND address=?)") == true, "\(plan)")
        }
        let filter = DeliveryFilter(state: .dead).condition(after: nil)
        let plan = try await store.writing { database in
            try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN SELECT count(*) FROM deliveries d\(filter.sql)").compactMap { $0.text(3) }
        }
        #expect(plan.first?.contains("deliveries_uncommon (state=?)") == true, "\(plan)")
        await store.close()
    }
}
