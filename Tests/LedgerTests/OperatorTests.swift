// What operators do to the ledger, and what it tells them: pauses, destinations, a backup that was put back.

import Foundation
import Incidents
import Routing
import Testing

@testable import Ledger

@Suite struct OperatorTests {
    private let later = start.addingTimeInterval(3_600)

    @Test func pausesAreKeptAndSeenByTheRouter() async throws {
        let fixture = try LedgerFixture()
        let router = try fixture.open()
        let marker = try await router.changeMarker()
        let command = try fixture.open()
        #expect(try await command.pause(channel: "ops-slack", now: start))
        #expect(try await !command.pause(channel: "ops-slack", now: later), "twice is fine")
        #expect(try await command.pause(channel: nil, now: later))
        #expect(try await router.changeMarker() != marker)
        #expect(try await router.pauses() == [Pause(channel: nil, since: later), Pause(channel: "ops-slack", since: start)])
        #expect(try await router.summary(now: later).pauses.count == 2)
        #expect(try await !command.resume(channel: "mail"))
        #expect(try await command.resume(channel: "ops-slack"))
        #expect(try await router.pauses() == [Pause(channel: nil, since: later)])
        try await command.pause(channel: "mail", now: later)
        #expect(try await command.resume(channel: nil), "all means those by name as well")
        #expect(try await router.pauses().isEmpty)
        await command.close()
        await router.close()
    }

    @Test func destinationsAreUpsertedAndForgotten() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        var slack = DestinationState(
            lane: "a", channels: ["ops-slack", "war-room"], breaker: "open", since: start, retryAt: later, pausedUntil: later, rate: "1/s",
            limitedUntil: start, detail: "connect failed")
        let mail = DestinationState(lane: "b", channels: ["mail"], breaker: "closed", since: start)
        try await store.noteDestinations([slack, mail])
        slack.breaker = "half_open"
        slack.retryAt = nil
        try await store.noteDestinations([slack])
        #expect(try await store.destinations() == [slack, mail])
        #expect(try await store.summary(now: start).destinations == [slack, mail])
        #expect(try await store.verify() == [])
        try await store.forgetDestinations()
        #expect(try await store.destinations().isEmpty)

        let refusal = ReloadRefusal(at: start, why: "routes.yaml:3:1: error: \"x\"")
        try await store.noteReload(refused: refusal)
        #expect(try await store.summary(now: start).reloadRefused == refusal)
        try await store.noteReload(refused: nil)
        #expect(try await store.summary(now: start).reloadRefused == nil)
        await store.close()
    }

    @Test func whatWasPendingInABackupIsUnknown() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(
            arrival(try event("e1")), arrival(try event("e2", time: start.addingTimeInterval(1))),
            arrival(try event("e3", time: start.addingTimeInterval(2))), arrival(try event("e4", incident: "INC2")),
            arrival(try event("e5", incident: "INC3")))
        _ = try await store.record([deferred(ids[3], until: later), accepted(ids[4])])
        #expect(try await store.markRestored(now: later) == 4)
        let rows = try await store.deliveries()
        #expect(rows.map(\.state) == [.unknown, .unknown, .unknown, .unknown, .delivered])
        #expect(rows.allSatisfy { !$0.isBlocked })
        #expect(rows[0].reason == "restored from a backup: it may have gone out after the backup was made")
        #expect(rows[3].attempts.map(\.outcome) == ["deferred", "unknown"])
        let attempt = try #require(rows[0].attempts.first)
        #expect(
            attempt == AttemptRow(at: later, milliseconds: 0, outcome: "unknown", code: nil, reason: "restored", detail: nil, remoteID: nil)
        )
        #expect(try await store.summary(now: later).needsMending == 4)
        #expect(try await store.verify() == [])
        #expect(try await store.markRestored(now: later) == 0)
        #expect(try await store.retryDead(nil, now: later) == Array(ids[0..<4]))
        #expect(try await store.deliveries().map(\.isBlocked) == [false, true, true, false, false])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func aLongBacklogIsMarkedInSlices() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        // One conversation that is longer than a slice.
        for number in 0..<1_203 {
            let time = start.addingTimeInterval(Double(number))
            _ = try await store.accept([arrival(try event("e\(number)", time: time), at: time)])
        }
        #expect(try await store.markRestored(now: later) == 1_203)
        #expect(try await store.summary(now: later).deliveries == [.unknown: 1_203])
        #expect(try await store.verify() == [])
        await store.close()
    }
}
