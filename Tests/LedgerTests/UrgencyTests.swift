// What waits lends its urgency to the head; and what a delivery is told of others when it is read.

import Foundation
import Incidents
import Routing
import Testing

@testable import Ledger

@Suite struct UrgencyTests {
    @Test func aMoreUrgentSuccessorRaisesItsHead() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        func one(_ id: String, _ priority: Int, _ urgent: Bool = false) throws -> Arrival {
            arrival(try event(id), [delivery(priority: priority, urgent: urgent)])
        }
        let receipts = try await store.accept([
            try one("e1", 2), try one("e2", 3), try one("e3", 0), try one("e4", 3, true), try one("e5", 0),
        ])
        let lane = "lane-ops-slack"
        #expect(
            receipts.map(\.raised) == [
                [], [], [RaisedHead(id: 1, lane: lane, priority: 0, isUrgent: false)],
                [RaisedHead(id: 1, lane: lane, priority: 0, isUrgent: true)], [],
            ])
        let head = try #require(try await store.ready(lane: lane, now: start, limit: 5).first)
        #expect((head.id, head.priority, head.isUrgent) == (1, 0, true))
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func theNextHeadInheritsWhatStillWaitsBehindIt() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        _ = try await store.accept([
            arrival(try event("e1"), [delivery(priority: 3)]), arrival(try event("e2"), [delivery(priority: 3)]),
            arrival(try event("e3"), [delivery(priority: 0, urgent: true)]),
        ])
        let next = try #require(try await store.record([accepted(1, at: after(1))]).ready.first)
        #expect((next.id, next.priority, next.isUrgent) == (2, 0, true))
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func whatIsHeldBackTakesNoOtherWayAndThatTimeDoesNotCount() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        _ = try await store.accept([arrival(try event("e1"), [delivery()])])
        _ = try await store.record([deferred(1, until: after(5), fallbackAt: after(120))])
        _ = try await store.pause(channel: "ops-slack", now: after(60))
        #expect(try await store.fallbacksDue(now: after(500), limit: 9, paused: ["ops-slack"]).isEmpty)
        #expect(try await store.fallbacksDue(now: after(500), limit: 9).map(\.id) == [1])
        _ = try await store.resume(channel: "ops-slack", now: after(660))
        #expect(try await store.fallbacksDue(now: after(719), limit: 9).isEmpty)
        #expect(try await store.fallbacksDue(now: after(720), limit: 9).map(\.id) == [1])
        await store.close()
    }

    @Test func theEndOfTheIncidentIsToldToWhatIsOldOrFailed() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        _ = try await store.accept([
            arrival(try event("told"), [delivery("told", "x"), delivery("failed", "x"), delivery("old", "x")]),
            arrival(try event("w1", incident: "INC2"), [delivery("old", "y")]),
            arrival(try event("op", incident: "INC1", type: .operations), [delivery("ops", "x")]),
        ])
        _ = try await store.record([accepted(1), deferred(2, until: after(3))])
        _ = try await store.accept([
            arrival(
                try event("again", time: after(1)), [delivery("told", "x", due: after(1)), delivery("late", "x", due: after(40))],
                at: after(1)),
            arrival(try event("end", status: "resolved", time: after(2)), [delivery("end", "x", due: after(2))], at: after(2)),
        ])
        func read(_ channel: String, _ seconds: TimeInterval) async throws -> QueuedDelivery {
            try #require(try await store.ready(lane: "lane-\(channel)", now: after(seconds), limit: 1).first)
        }
        let ended = Ended(status: "resolved", at: after(2))
        #expect(try await read("failed", 3).ended == ended)
        #expect(try await read("failed", 3).wasTold == false)
        #expect(try await read("old", 30).ended == nil)
        #expect(try await read("old", 31).ended == ended)
        #expect(try await read("old", 31).asOf == after(31))
        let told = try await read("told", 50)
        #expect((told.ended, told.wasTold) == (ended, true))
        #expect(try await read("late", 60).ended == nil)
        // The one that brings the end knows of it; and operations are about Tocsin.
        #expect(try await read("end", 60).ended == nil)
        #expect(try await read("ops", 60).ended == nil)
        #expect(try await store.ready(lane: "lane-old", now: after(60), limit: 5).map { $0.ended != nil } == [true, false])
        await store.close()
    }

    @Test func pausedChannelsAreLeftOutAndTheLowestGetTheirShare() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        func one(_ channel: String, _ priority: Int, _ due: TimeInterval) throws -> Arrival {
            arrival(
                try event("\(channel)\(priority)\(due)", incident: "\(channel)\(priority)\(due)"),
                [delivery(channel, priority: priority, due: after(due))], at: after(due), lane: "one")
        }
        _ = try await store.accept([
            try one("a", 0, 0), try one("b", 0, 1), try one("a", 0, 2), try one("a", 3, 2), try one("b", 3, 0), try one("a", 3, 1),
            try one("a", 5, 900),
        ])
        func ready(_ limit: Int, excluding: Set<Int64> = [], paused: Set<String> = [], lowest: Int = 0) async throws -> [Int64] {
            try await store.ready(lane: "one", now: after(10), limit: limit, excluding: excluding, paused: paused, lowest: lowest).map(\.id)
        }
        #expect(try await ready(10) == [1, 2, 3, 5, 6, 4])
        #expect(try await ready(10, paused: ["b"]) == [1, 3, 6, 4])
        #expect(try await ready(10, paused: ["a", "b"]) == [])
        #expect(try await ready(2, lowest: 2) == [1, 2, 5, 6])
        #expect(try await ready(2, paused: ["b"], lowest: 1) == [1, 3, 6])
        #expect(try await ready(2, excluding: [5], lowest: 1) == [1, 2, 6])
        // Those that are there already count.
        #expect(try await ready(4, lowest: 2) == [1, 2, 3, 5, 6])
        #expect(try await ready(6, lowest: 9) == [1, 2, 3, 5, 6, 4])
        #expect(try await ready(0, lowest: 1) == [5])
        await store.close()
    }

    @Test func retryForIsKept() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        var planned = delivery()
        planned.retryFor = 5_400.5
        let fresh = try await store.accept([arrival(try event("e1"), [planned])]).first?.ready.first
        #expect(fresh?.retryFor == 5_400.5)
        #expect(fresh?.asOf == start)
        #expect(try await store.ready(lane: "lane-ops-slack", now: start, limit: 1).first?.retryFor == 5_400.5)
        await store.close()
    }
}
