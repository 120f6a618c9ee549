// Dead deliveries, mended from another process while the router runs.

import Foundation
import Incidents
import Routing
import Testing

@testable import Ledger

@Suite struct MendingTests {
    private let later = start.addingTimeInterval(3_600)

    @Test func aRetryFromAnotherStoreIsSeenByTheRouter() async throws {
        let fixture = try LedgerFixture()
        let router = try fixture.open()
        let ids = try await router.take(arrival(try event("e1")), arrival(try event("e2", incident: "INC2")))
        _ = try await router.record([refused(ids[0]), accepted(ids[1])])
        let marker = try await router.changeMarker()
        _ = try await router.accept([arrival(try event("e3", incident: "INC3"), [])])
        #expect(try await router.changeMarker() == marker)

        let command = try fixture.open()
        #expect(try await command.deliveries(DeliveryFilter(needsMending: true)).map(\.id) == [ids[0]])
        #expect(try await command.retryDead([ids[0], ids[1], 999], now: later) == [ids[0]])
        await command.close()

        #expect(try await router.changeMarker() != marker)
        let ready = try await router.ready(lane: "lane-ops-slack", now: later, limit: 10, excluding: [])
        #expect(ready.map(\.id) == [ids[0]])
        #expect(ready.first?.firstAttempt == nil)
        #expect(ready.first?.attempts == 1)
        #expect(ready.first?.due == later)
        #expect(ready.first?.expires == nil)
        #expect(try await router.record([accepted(ids[0], at: later)]).ready.isEmpty)
        #expect(try await router.delivery(ids[0])?.attempts.map(\.outcome) == ["refused", "accepted"])
        #expect(try await router.verify() == [])
        await router.close()
    }

    @Test func allMeansDeadAndUnknownButNotWhatWasDropped() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(
            arrival(try event("e1", incident: "I1")), arrival(try event("e2", incident: "I2")), arrival(try event("e3", incident: "I3")),
            arrival(try event("e4", incident: "I4")))
        let silent = AttemptRecord(delivery: ids[2], at: start, outcome: "unknown", next: .unknown("no answer after 3 resends"))
        _ = try await store.record([refused(ids[0]), refused(ids[1]), silent])
        #expect(try await store.summary(now: start).needsMending == 3)
        #expect(try await store.dropDead([ids[1], ids[3], 77], reason: "wrong channel", now: later) == [ids[1]])
        #expect(try await store.dropDead([ids[1]], reason: "again", now: later).isEmpty)
        let dropped = try #require(try await store.delivery(ids[1]))
        #expect(dropped.state == .dead)
        #expect(dropped.droppedAt == later)
        #expect(dropped.reason == "no_such_destination; dropped: wrong channel")
        #expect(try await store.summary(now: start).needsMending == 2)
        #expect(try await store.retryDead(nil, now: later) == [ids[0], ids[2]])
        #expect(try await store.deliveries().map(\.state) == [.pending, .dead, .pending, .pending])
        // What was dropped stays so, even where it is named.
        #expect(try await store.retryDead([ids[1]], now: later).isEmpty)
        #expect(try await store.delivery(ids[1])?.droppedAt == later)
        let states = try await store.deliveryStates([ids[0], ids[1], ids[3], 77])
        #expect(states.mapValues(\.state) == [ids[0]: .pending, ids[1]: .dead, ids[3]: .pending])
        #expect(states.filter(\.value.isDropped).map(\.key) == [ids[1]])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func theMarkerAtOpeningTellsOfWhatOthersWroteSince() async throws {
        let fixture = try LedgerFixture()
        let router = try fixture.open()
        let ids = try await router.take(arrival(try event("e1")))
        _ = try await router.record([refused(ids[0])])
        #expect(try await router.changeMarker() == router.markerAtOpening)
        let reader = try LedgerStore(directory: fixture.directory, readOnly: true)
        #expect(try await reader.changeMarker() == reader.markerAtOpening)

        let command = try fixture.open()
        // Opening alone changes nothing; writing does.
        #expect(try await router.changeMarker() == router.markerAtOpening)
        #expect(try await command.retryDead(nil, now: later) == ids)
        #expect(try await router.changeMarker() != router.markerAtOpening)
        #expect(try await reader.changeMarker() != reader.markerAtOpening)
        #expect(try await command.changeMarker() == command.markerAtOpening)
        for store in [router, reader, command] { await store.close() }
    }

    @Test func aRetryWaitsBehindWhatIsUnderWayInItsConversation() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let first = try await store.take(arrival(try event("e1")))
        _ = try await store.record([refused(first[0])])
        let ids = try await store.take(
            arrival(try event("e2", status: "in_progress", time: start.addingTimeInterval(1))),
            arrival(try event("e3", status: "resolved", time: start.addingTimeInterval(2))))
        #expect(try await store.retryDead([ids[0]], now: later) == [ids[0]])
        #expect(try await store.deliveries().map(\.isBlocked) == [true, false, true])
        #expect(try await store.verify() == [])
        // Then the oldest goes first.
        #expect(try await store.record([accepted(ids[1])]).ready.map(\.id) == [ids[0]])
        #expect(try await store.record([accepted(ids[0])]).ready.map(\.id) == [ids[2]])
        await store.close()
    }

    @Test func twoDeadOfOneConversationComeBackOneBehindTheOther() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(
            arrival(try event("e1")), arrival(try event("e2", status: "resolved", time: start.addingTimeInterval(1))))
        _ = try await store.record([refused(ids[0]), refused(ids[1])])
        #expect(try await store.retryDead([ids[1], ids[0]], now: later) == ids)
        #expect(try await store.deliveries().map(\.isBlocked) == [false, true])
        #expect(try await store.verify() == [])
        await store.close()
    }
}
