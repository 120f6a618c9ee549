// History that is old enough goes, in small steps; what something still needs stays.

import Foundation
import GRDB
import Incidents
import Routing
import Testing

@testable import Ledger

@Suite struct PruningTests {
    private let later = start.addingTimeInterval(100 * 86_400)
    private var cutoff: Date { later.addingTimeInterval(-90 * 86_400) }

    /// Steps until nothing more is old enough.
    private func sweep(_ store: LedgerStore, limit: Int = 500) async throws -> [Int] {
        var steps: [Int] = []
        var last: PruneStep?
        while last?.isDone != true {
            let step = try await store.prune(before: cutoff, limit: limit, after: last)
            steps.append(step.deleted)
            last = step
            try #require(steps.count < 1_000, "the walk comes to an end")
        }
        return steps
    }

    @Test func aClosedIncidentGoesWholeAndIsForgotten() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(
            arrival(try event("e1")), arrival(try event("e2", status: "resolved", time: start.addingTimeInterval(60))))
        _ = try await store.record([accepted(ids[0])])
        _ = try await store.record([refused(ids[1])])
        #expect(try await sweep(store).reduce(0, +) == 7, "two events, deliveries and attempts, and the incident")
        #expect(try await store.deliveries().isEmpty)
        #expect(try await store.incident("INC1") == nil)
        let summary = try await store.summary(now: later)
        #expect(summary.events == 0)
        #expect(summary.deliveries.isEmpty)
        #expect(try await store.verify() == [])

        // The writer knows no more than the file: the incident begins anew, and so do the ids of its events.
        let fresh = arrival(try event("e1", time: later), at: later)
        #expect(try await store.accept([fresh]).first?.sequence != nil)
        #expect(try await store.incident("INC1")?.firstSeen == later)
        #expect(try await store.deliveries().map(\.id) == [3], "an id is never given twice")
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func whatIsOpenUnfinishedOrYoungStays() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let recent = later.addingTimeInterval(-86_400)
        let ids = try await store.take(
            arrival(try event("open", incident: "OPEN")),
            arrival(try event("p1", incident: "PENDING")), arrival(try event("p2", incident: "PENDING", status: "closed")),
            arrival(try event("touched", incident: "TOUCHED")),
            arrival(try event("again", incident: "TOUCHED", status: "closed", time: recent), [], at: recent),
            arrival(try event("late", incident: "LATE", status: "closed"), at: recent),
            arrival(try event("gone", incident: "GONE", status: "closed")))
        for id in ids where id != ids[2] { _ = try await store.record([accepted(id)]) }
        let deleted = try await sweep(store).reduce(0, +)
        #expect(deleted == 4, "one incident, with its event, delivery and attempt")
        #expect(try await store.incidents().map(\.id).sorted() == ["LATE", "OPEN", "PENDING", "TOUCHED"])
        #expect(try await store.summary(now: later).events == 6)
        #expect(try await store.verify() == [])

        _ = try await store.record([accepted(ids[2])])
        #expect(try await sweep(store).reduce(0, +) == 7)
        #expect(try await store.incident("PENDING") == nil)
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func withoutAnIncidentTheArrivalCountsButWishesStay() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(
            arrival(try event("o1", incident: nil, type: .operations)), arrival(try event("o2", incident: nil, type: .operations)),
            arrival(try event("o3", incident: nil, type: .operations), at: cutoff))
        _ = try await store.record([accepted(ids[0]), accepted(ids[2])])
        try await store.writing {
            try $0.execute(
                sql:
                    "UPDATE events SET type = 'silence' WHERE id = 'o1'; UPDATE tallies SET name = 'silence', count = 1 WHERE kind = 'events'"
            )
            try $0.execute(sql: "INSERT INTO tallies VALUES ('events', 'operations', '', 2)")
        }
        #expect(try await sweep(store) == [0], "one is a silence, one is unfinished, one is young")
        _ = try await store.record([accepted(ids[1])])
        #expect(try await sweep(store) == [3])
        #expect(try await store.deliveries().map(\.event) == ["o1", "o3"])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func stepsAreSmallAndSoundInBetween() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let many = (0..<400).map { delivery("ops-slack", "C\($0)") }
        let ids = try await store.take(arrival(try event("e1", status: "closed"), many))
        _ = try await store.record(ids.map { accepted($0) })
        var last: PruneStep?
        var steps = 0
        while last?.isDone != true {
            let step = try await store.prune(before: cutoff, limit: 50, after: last)
            #expect(step.deleted <= 51)
            #expect(try await store.verify() == [])
            last = step
            steps += 1
        }
        #expect(steps >= 16)
        #expect(try await store.summary(now: later).events == 0)
        await store.close()
    }

    @Test func nothingDanglesWhereOthersNamedWhatIsGone() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(
            arrival(try event("e1", status: "closed"), [delivery("ops-slack", "A"), delivery("mail", "B")]))
        _ = try await store.record([refused(ids[0]), accepted(ids[1])])
        try await store.writing {
            try $0.execute(sql: "UPDATE deliveries SET fallback_of = 1, fallback_root = 1 WHERE id = 2")
            try $0.execute(sql: "UPDATE deliveries SET successor = 2 WHERE id = 1")
        }
        let row = try #require(try await store.delivery(2))
        #expect(row.insteadOf == RelatedDelivery(id: 1, channel: "ops-slack"))
        #expect(row.replaced.isEmpty, "another way is not a replacement")
        #expect(try await store.delivery(1)?.fallbacks == [RelatedDelivery(id: 2, channel: "mail")])
        let step = try await store.prune(before: cutoff, limit: 2)
        #expect(!step.isDone)
        #expect(try await store.deliveries().map(\.id) == [2])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func whatStoodForTheGoneStandsForFewer() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(
            arrival(try event("e1", status: "closed")), arrival(try event("e2", status: "closed", time: start.addingTimeInterval(1))),
            arrival(try event("e3", status: "closed", time: start.addingTimeInterval(2))))
        for id in ids { _ = try await store.record([accepted(id)]) }
        try await store.writing {
            try $0.execute(sql: "UPDATE deliveries SET state = 'superseded', successor = id + 1 WHERE id < 3")
            try $0.execute(sql: "UPDATE deliveries SET replaces = id - 1; UPDATE tallies SET count = 3 WHERE kind = 'deliveries'")
        }
        var last = try await store.prune(before: cutoff, limit: 1)
        #expect(try await store.number("SELECT count(*) FROM deliveries") == 2)
        #expect(try await store.number("SELECT replaces FROM deliveries WHERE id = 2") == 0)
        #expect(try await store.number("SELECT replaces FROM deliveries WHERE id = 3") == 1)
        while !last.isDone { last = try await store.prune(before: cutoff, limit: 1, after: last) }
        #expect(try await store.number("SELECT count(*) FROM incidents") == 0)
        await store.close()
    }

    @Test func everyLookGoesByAnIndex() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let queries = [
            (PruneTransaction.nextIncident, "incidents_closed (updated>? AND updated<?"),
            (PruneTransaction.nextEvent, "events_loose (received_at>? AND received_at<?"),
            (PruneTransaction.firstEvent, "events_incident (incident=?"),
            (PruneTransaction.firstDelivery, "deliveries_event (event=?"),
        ]
        for (query, expected) in queries {
            let plan = try await store.writing { database in
                try Row.fetchAll(database, sql: "EXPLAIN QUERY PLAN \(query.replacing("?", with: "1"))").compactMap {
                    $0["detail"] as String?
                }
            }
            #expect(plan.contains { $0.contains(expected) }, "\(plan)")
            #expect(!plan.contains { $0.hasPrefix("SCAN") || $0.contains("TEMP B-TREE") }, "\(plan)")
        }
        await store.close()
    }

    @Test func alarmsGoWithTheirIncidentAndSilencesOnceNothingNamesThem() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let old = after(3_600)
        try await store.take(
            timed(
                try event("e1"), [suppressed("x1")],
                changes: [
                    .silence(silence("x1", endedAt: old), alarm: nil), .silence(silence("x2", endedAt: old), alarm: nil),
                    .silence(silence("x3"), alarm: nil), .silence(silence("x4", endedAt: later), alarm: nil),
                    .subscribe(Subscription(id: "s", who: .person("p"), until: old)),
                ]),
            timed(try event("e2", status: "closed", time: after(1)), alarm: 60, at: after(1)),
            timed(try event("o", incident: "OPEN"), alarm: 60))
        #expect(try await store.alarms().count == 2)
        _ = try await sweep(store)
        #expect(try await store.alarms() == ["incident/OPEN": 60])
        #expect(try await store.silences(includeEnded: true).map(\.silence.id) == ["x3", "x4"])
        #expect(try await store.subscriptions().count == 1)
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func whatNamesASilenceKeepsIt() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(timed(try event("e1"), [suppressed("x1")], changes: [.silence(silence("x1", endedAt: after(60)), alarm: nil)]))
        _ = try await sweep(store)
        #expect(try await store.silences(includeEnded: true).map(\.suppressed) == [1])
        await store.close()
    }

    @Test func aDigestStaysForAsLongAsOthersNameIt() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(
            timed(try event("b1", incident: "B"), [held(60)]),
            timed(try event("a1", incident: "A", status: "closed", time: after(1)), [held(60)], at: after(1)))
        let digest = try await store.release(now: after(60), limit: 1).messages[0].delivery
        _ = try await store.record([accepted(digest, at: after(61))])
        // The digest is of an event of A's, which is over; B is open.
        _ = try await sweep(store)
        #expect(try await store.deliveries().map(\.incident) == ["B", nil])
        #expect(try await store.delivery(digest)?.contains == [1])
        #expect(try await store.verify() == [])
        try await store.take(timed(try event("b2", incident: "B", status: "closed", time: after(62)), at: after(62)))
        _ = try await sweep(store)
        _ = try await sweep(store)
        #expect(try await store.deliveries().isEmpty)
        #expect(try await store.incidents().isEmpty)
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func whatIsHeldKeepsItsHistory() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(timed(try event("e1", status: "closed"), [held(60)]))
        _ = try await sweep(store)
        #expect(try await store.deliveries().count == 1)
        #expect(try await store.verify() == [])
        await store.close()
    }
}
