// What was overtaken while it waited collapses into a newer one, which says what it stands for.

import Foundation
import Incidents
import JSON
import Routing
import Testing

@testable import Ledger

@Suite struct CollapseTests {
    /// One event for each time, about INC1 to one address, due then.
    private func line(_ store: LedgerStore, due: [TimeInterval], priority: [Int] = []) async throws -> [Int64] {
        for (index, seconds) in due.enumerated() {
            let event = try event("e\(index + 1)", status: "in_progress", message: "text \(index + 1)", time: after(seconds))
            let planned = delivery(priority: index < priority.count ? priority[index] : 2, due: after(seconds))
            _ = try await store.accept([arrival(event, [planned], at: after(seconds))])
        }
        return try await store.deliveries().map(\.id)
    }

    private func states(_ store: LedgerStore) async throws -> [DeliveryState] { try await store.deliveries().map(\.state) }

    @Test func freshOnesStayInOrder() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await line(store, due: [0, 1, 2])
        let next = try #require(try await store.record([accepted(ids[0], at: after(30))]).ready.first)
        #expect(next.id == ids[1])
        #expect((next.replaces, next.earlier.count) == (0, 0))
        #expect(next.isOvertaken)
        #expect(next.asOf.microseconds == after(30.012).microseconds)
        #expect(try await states(store) == [.delivered, .pending, .pending])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func oldOnesCollapseIntoTheNewest() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await line(store, due: [0, 1, 2, 3])
        let recorded = try await store.record([accepted(ids[0], at: after(60))])
        let next = try #require(recorded.ready.first)
        #expect(recorded.ready.count == 1)
        #expect(recorded.withdrawn.isEmpty)
        #expect(next.id == ids[3])
        #expect((next.replaces, next.isOvertaken, next.isFirst) == (2, false, false))
        #expect(next.earlier.map(\.event.id) == ["e2", "e3"])
        #expect(try await states(store) == [.delivered, .superseded, .superseded, .pending])
        let row = try #require(try await store.delivery(ids[1]))
        #expect(row.successor == ids[3])
        #expect(row.reason == "overtaken while it waited: see delivery \(ids[3])")
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func oldOnesCollapseIntoTheFirstFreshOne() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await line(store, due: [0, 1, 2, 50, 51])
        let next = try await store.record([refused(ids[0], at: after(60))]).ready
        #expect(next.map(\.id) == [ids[3]])
        #expect(next.first?.replaces == 2)
        #expect(try await states(store) == [.dead, .superseded, .superseded, .pending, .pending])
        // The rest goes on in its order.
        #expect(try await store.record([accepted(ids[3], at: after(61))]).ready.map(\.id) == [ids[4]])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func whatIsNotDueYetIsNotPutBeforeWhatIs() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await line(store, due: [0, 1, 2, 900])
        #expect(try await store.record([accepted(ids[0], at: after(60))]).ready.map(\.id) == [ids[2]])
        #expect(try await states(store) == [.delivered, .superseded, .pending, .pending])
        // Where nothing else waits, it has the lead, but does not count as one that waits.
        let last = try #require(try await store.record([overtaken(ids[2], at: after(100))]).ready.first)
        #expect((last.id, last.isOvertaken) == (ids[2], false))
        #expect(try await store.record([accepted(ids[2], at: after(100))]).ready.map(\.id) == [ids[3]])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func aFailedHeadIsOvertakenByWhatCameMeanwhile() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await line(store, due: [0, 5], priority: [0, 2])
        _ = try await store.record([deferred(ids[0], until: after(10), fallbackAt: after(120))])
        let head = try #require(try await store.ready(lane: "lane-ops-slack", now: after(10), limit: 5).first)
        #expect((head.id, head.isOvertaken) == (ids[0], true))
        let recorded = try await store.record([overtaken(ids[0], at: after(10))])
        let next = try #require(recorded.ready.first)
        #expect(recorded.ready.count == 1)
        // It takes over the urgency, the first place, and the time at which the next way is due.
        #expect((next.id, next.replaces, next.priority, next.isFirst) == (ids[1], 1, 0, true))
        #expect(next.earlier.map(\.event.message) == ["text 1"])
        #expect(try await store.fallbacksDue(now: after(120), limit: 5).map(\.id) == [ids[1]])
        #expect(try await states(store) == [.superseded, .pending])
        #expect(try await store.delivery(ids[0])?.successor == ids[1])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func nobodyBehindLeavesTheHeadAsItWas() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await line(store, due: [0])
        #expect(try await store.record([overtaken(ids[0], at: after(60))]).ready.map(\.id) == ids)
        #expect(try await states(store) == [.pending])
        #expect(try await store.ready(lane: "lane-ops-slack", now: after(60), limit: 5).map(\.id) == ids)
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func whatWasReplacedIsCountedThroughAllThatStoodForIt() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        var ids = try await line(store, due: [0, 1, 2])
        #expect(try await store.record([overtaken(ids[0], at: after(60))]).ready.map(\.replaces) == [2])
        ids = try await store.take(arrival(try event("late", time: after(61)), [delivery(due: after(61))], at: after(61)))
        let next = try #require(try await store.record([overtaken(ids[2], at: after(62))]).ready.first)
        #expect((next.id, next.replaces) == (ids[3], 3))
        #expect(next.earlier.map(\.event.id) == ["e1", "e2", "e3"])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func theEarlierEventsAreTheNewestTwenty() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await line(store, due: (0..<26).map(TimeInterval.init))
        _ = try await store.record([overtaken(ids[0], at: after(40))])
        let next = try #require(try await store.ready(lane: "lane-ops-slack", now: after(90), limit: 1).first)
        // At 40 s, those due after 10 s are fresh.
        #expect((next.id, next.replaces) == (ids[10], 10))
        #expect(try await store.record([overtaken(next.id, at: after(90))]).ready.map(\.replaces) == [25])
        let last = try #require(try await store.ready(lane: "lane-ops-slack", now: after(90), limit: 1).first)
        #expect(last.earlier.map(\.event.id) == (6...25).map { "e\($0)" })
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func othersAreLeftAlone() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        func one(_ id: String, _ incident: String, _ channel: String, _ address: String) throws -> Arrival {
            arrival(try event(id, incident: incident), [delivery(channel, address)])
        }
        let ids = try await store.take(
            try one("a1", "INC1", "s", "x"), try one("a2", "INC1", "s", "x"), try one("b", "INC2", "s", "x"),
            try one("b2", "INC2", "s", "x"),
            try one("c", "INC1", "t", "x"), try one("c2", "INC1", "t", "x"), try one("d", "INC1", "s", "y"), try one("d2", "INC1", "s", "y")
        )
        #expect(try await store.record([overtaken(ids[0], at: after(60))]).ready.map(\.id) == [ids[1]])
        #expect(try await states(store) == [.superseded] + Array(repeating: .pending, count: 7))
        #expect(try await store.deliveries().map(\.isBlocked) == [false, false, false, true, false, true, false, true])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func whatThePeerAcceptedWasDeliveredEvenIfSupersededMeanwhile() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await line(store, due: [0, 1, 50])
        _ = try await store.record([overtaken(ids[0], at: after(60))])
        #expect(try await store.record([overtaken(ids[2], at: after(60)), accepted(ids[1], at: after(59))]).ready.map(\.id) == [ids[2]])
        #expect(try await states(store) == [.superseded, .delivered, .pending])
        let told = try #require(try await store.delivery(ids[1]))
        #expect((told.successor, told.reason, told.attemptCount) == (nil, nil, 1))
        // The first is still spoken for.
        #expect(try await store.ready(lane: "lane-ops-slack", now: after(60), limit: 5).map(\.replaces) == [1])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func aFaultTakesBackTheWholeCollapse() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await line(store, due: [0, 1, 2])
        try await store.writing { database in
            try database.execute(
                sql: """
                    CREATE TRIGGER bad BEFORE UPDATE OF replaces ON deliveries WHEN NEW.id = \(ids[2])
                    BEGIN SELECT raise(ABORT, 'no'); END
                    """)
        }
        #expect(await code { _ = try await store.record([accepted(ids[0], at: after(60))]) } == .internalFault)
        #expect(try await states(store) == [.pending, .pending, .pending])
        #expect(try await store.verify() == [])
        await store.close()
    }
}
