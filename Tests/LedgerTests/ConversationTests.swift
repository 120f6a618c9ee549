// Order for one incident and one address, outcomes, and what becomes ready by them.

import Foundation
import Incidents
import Routing
import Testing

@testable import Ledger

@Suite struct ConversationTests {
    private func three(_ store: LedgerStore) async throws -> [Int64] {
        try await store.take(
            arrival(try event("e1")), arrival(try event("e2", status: "in_progress", time: start.addingTimeInterval(1))),
            arrival(try event("e3", status: "resolved", time: start.addingTimeInterval(2))))
    }

    private func heads(_ store: LedgerStore) async throws -> [Int64] {
        try await store.ready(lane: "lane-ops-slack", now: start.addingTimeInterval(10_000), limit: 10, excluding: []).map(\.id)
    }

    @Test func onlyTheHeadIsReadyAndEachEndBringsTheNext() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await three(store)
        #expect(try await heads(store) == [ids[0]])
        #expect(try await store.deliveries().map(\.isBlocked) == [false, true, true])
        let next = try await store.record([accepted(ids[0])]).ready
        #expect(next.map(\.id) == [ids[1]])
        #expect(next.first?.isFirst == false)
        #expect(next.first?.event.event.id == "e2")
        #expect(try await heads(store) == [ids[1]])
        #expect(try await store.record([refused(ids[1])]).ready.map(\.id) == [ids[2]])
        #expect(try await store.record([accepted(ids[2])]).ready.isEmpty)
        #expect(try await store.deliveries().map(\.state) == [.delivered, .dead, .delivered])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func aRetryKeepsThoseBehindItWaiting() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await three(store)
        let later = start.addingTimeInterval(20)
        #expect(try await store.record([deferred(ids[0], until: later)]).ready.isEmpty)
        #expect(try await store.ready(lane: "lane-ops-slack", now: start, limit: 10, excluding: []).isEmpty)
        #expect(try await store.nextDue(after: start) == later)
        let head = try #require(try await store.ready(lane: "lane-ops-slack", now: later, limit: 10, excluding: []).first)
        #expect((head.id, head.attempts, head.unknowns, head.firstAttempt) == (ids[0], 1, 0, start))
        let row = try #require(try await store.delivery(ids[0]))
        #expect(row.state == .retrying)
        #expect(row.reason == "unavailable")
        #expect(row.attempts.map(\.code) == ["503"])
        #expect(try await store.record([accepted(ids[0], at: later)]).ready.map(\.id) == [ids[1]])
        #expect(try await store.delivery(ids[0])?.deliveredAt?.microseconds == later.microseconds + 12_000)
        await store.close()
    }

    @Test func whatIsOvertakenBringsTheNextButOneOnlyIfItWasTheHead() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await three(store)
        func overtaken(_ id: Int64) -> AttemptRecord {
            AttemptRecord(delivery: id, at: start, outcome: "", next: .superseded("a newer one says more", by: ids[2]))
        }
        #expect(try await store.record([overtaken(ids[1])]).ready.isEmpty)
        #expect(try await heads(store) == [ids[0]])
        #expect(try await store.record([overtaken(ids[0])]).ready.map(\.id) == [ids[2]])
        let row = try #require(try await store.delivery(ids[0]))
        #expect(row.state == .superseded)
        #expect(row.successor == ids[2])
        #expect(row.attempts.isEmpty)
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func severalEndsInOneCallTellOnlyWhatIsReadyInTheEnd() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await three(store)
        let expired = AttemptRecord(delivery: ids[1], at: start, outcome: "", next: .expired("not worth sending"))
        #expect(try await store.record([accepted(ids[0]), expired]).ready.map(\.id) == [ids[2]])
        #expect(try await store.delivery(ids[1])?.reason == "not worth sending")
        await store.close()
    }

    @Test func otherAddressesOtherIncidentsAndNoIncidentDoNotWait() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(
            arrival(try event("e1")), arrival(try event("e2"), [delivery("ops-slack", "C2")]), arrival(try event("e3", incident: "INC2")),
            arrival(try event("e4", incident: nil, type: .operations)), arrival(try event("e5", incident: nil, type: .operations)))
        #expect(try await heads(store) == ids)
        #expect(try await store.deliveries().map(\.isBlocked) == [false, false, false, false, false])
        await store.close()
    }

    @Test(arguments: [Disposition.dead("refused"), .unknown("no answer"), .expired("too late")])
    func whatIsOverDoesNotBlockWhatComesAfter(ended: Disposition) async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1")))
        _ = try await store.record([AttemptRecord(delivery: ids[0], at: start, outcome: "unknown", next: ended)])
        #expect(try await store.delivery(ids[0])?.state == ended.state)
        let receipt = try await store.accept([arrival(try event("e2", status: "resolved", time: start.addingTimeInterval(1)))]).first
        #expect(receipt?.ready.count == 1)
        #expect(receipt?.ready.first?.isFirst == false)
        await store.close()
    }

    @Test func anAttemptAtWhatIsFinishedIsKeptAndChangesNothing() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await three(store)
        _ = try await store.record([accepted(ids[0])])
        #expect(try await store.record([refused(ids[0]), refused(999)]).ready.isEmpty)
        let row = try #require(try await store.delivery(ids[0]))
        #expect(row.state == .delivered)
        #expect(row.attempts.map(\.outcome) == ["accepted", "refused"])
        #expect(row.attemptCount == 2)
        #expect(try await heads(store) == [ids[1]])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func degradedAndUnknownsAreRemembered() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await three(store)
        let retry = Disposition.retry(at: start)
        _ = try await store.record([
            AttemptRecord(delivery: ids[0], at: start, outcome: "unknown", degraded: "plain text", next: retry),
            AttemptRecord(delivery: ids[0], at: start.addingTimeInterval(5), outcome: "unknown", next: retry),
        ])
        let head = try #require(try await store.ready(lane: "lane-ops-slack", now: start, limit: 1, excluding: []).first)
        #expect((head.attempts, head.unknowns, head.firstAttempt) == (2, 2, start))
        #expect(try await store.delivery(ids[0])?.degraded == "plain text")
        await store.close()
    }

    @Test func ordersSurviveARestartWithoutClosing() async throws {
        let fixture = try LedgerFixture()
        var store: LedgerStore? = try fixture.open()
        let ids = try await three(try #require(store))
        _ = try await store?.record([accepted(ids[0])])
        store = nil
        let again = try fixture.open()
        #expect(try await heads(again) == [ids[1]])
        #expect(try await again.deliveries().map(\.state) == [.delivered, .pending, .pending])
        #expect(try await again.accept([arrival(try event("e1"))]).first?.isDuplicate == true)
        #expect(try await again.verify() == [])
        await again.close()
    }
}
