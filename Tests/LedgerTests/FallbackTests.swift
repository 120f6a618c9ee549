// Other ways of one message: made when they are due, and taken back when another gets through.

import Foundation
import Incidents
import Routing
import Testing

@testable import Ledger

@Suite struct FallbackTests {
    private func plan(_ channel: String, _ address: String = "x", priority: Int = 2, due: Date = start) -> FallbackPlan {
        FallbackPlan(planned: delivery(channel, address, priority: priority, due: due), lane: "lane-\(channel)")
    }

    private func dead(_ id: Int64, _ fallback: FallbackPlan?) -> AttemptRecord {
        var record = refused(id)
        record.fallback = fallback
        return record
    }

    private func states(_ store: LedgerStore) async throws -> [DeliveryState] { try await store.deliveries().map(\.state) }

    @Test(arguments: [Disposition.dead("refused"), .unknown("no answer")])
    func whatIsOverGoesAnotherWay(next: Disposition) async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1"), [delivery(priority: 1, urgent: true)]))
        let record = AttemptRecord(delivery: ids[0], at: start, outcome: "unknown", next: next, fallback: plan("mail"))
        let second = try #require(try await store.record([record]).ready.first)
        #expect((second.channel, second.address, second.lane) == ("mail", "x", "lane-mail"))
        #expect((second.priority, second.isUrgent, second.isFirst, second.fallbackOf) == (1, true, true, ids[0]))
        #expect(second.tried == [Way(channel: "ops-slack", address: "C1")])
        #expect(second.event.event.id == "e1")
        #expect(try await store.ready(lane: "lane-mail", now: start, limit: 5).map(\.tried) == [second.tried])
        #expect(try await states(store) == [next.state, .pending])
        #expect(try await store.number("SELECT count FROM tallies WHERE kind = 'fallbacks' AND name = 'ops-slack'") == 1)
        // It got through: what is over stays as it was.
        #expect(try await store.record([accepted(second.id)]).withdrawn.isEmpty)
        #expect(try await states(store) == [next.state, .delivered])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func aRetryArmsTheNextWayOnce() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1")))
        _ = try await store.record([deferred(ids[0], until: after(5), fallbackAt: after(120))])
        _ = try await store.record([deferred(ids[0], until: after(15), fallbackAt: after(300))])
        #expect(try await store.fallbacksDue(now: after(119), limit: 5).isEmpty)
        #expect(try await store.fallbacksDue(now: after(120), limit: 0).isEmpty)
        let due = try #require(try await store.fallbacksDue(now: after(120), limit: 5).first)
        #expect((due.id, due.fellBack, due.attempts) == (ids[0], false, 2))
        let made = try await store.failOver(ids[0], to: plan("mail"), reason: "not delivered within 2m", now: after(120))
        #expect(made.map(\.fallbackOf) == [ids[0]])
        #expect(made.map(\.created) == [after(120)])
        #expect(try await store.fallbacksDue(now: after(500), limit: 5).isEmpty)
        #expect(try await store.failOver(ids[0], to: plan("sms"), reason: "again", now: after(121)).isEmpty)
        // Later failures do not arm it again.
        _ = try await store.record([deferred(ids[0], until: after(200), fallbackAt: after(210))])
        #expect(try await store.fallbacksDue(now: after(500), limit: 5).isEmpty)
        #expect(try await store.ready(lane: "lane-ops-slack", now: after(500), limit: 5).map(\.fellBack) == [true])
        #expect(try await states(store) == [.retrying, .pending])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func noOtherWayIsNotedOnce() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1")))
        _ = try await store.record([deferred(ids[0], until: after(5), fallbackAt: after(120))])
        #expect(try await store.failOver(ids[0], to: nil, reason: "none", now: after(120)).isEmpty)
        #expect(try await store.fallbacksDue(now: after(500), limit: 5).isEmpty)
        #expect(try await store.failOver(ids[0], to: plan("mail"), reason: "late", now: after(130)).isEmpty)
        #expect(try await store.failOver(999, to: plan("mail"), reason: "gone", now: after(130)).isEmpty)
        #expect(try await states(store) == [.retrying])
        await store.close()
    }

    @Test func theSecondWayWithdrawsTheFirstAndBringsWhatWaitedBehindIt() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1")), arrival(try event("e2", time: after(1))))
        _ = try await store.record([deferred(ids[0], until: after(600))])
        let second = try #require(try await store.failOver(ids[0], to: plan("mail"), reason: "slow", now: after(20)).first)
        #expect(try await store.delivery(ids[0])?.reason == "slow")
        let recorded = try await store.record([accepted(second.id, at: after(21))])
        #expect(recorded.withdrawn == [ids[0]])
        #expect(recorded.ready.map(\.id) == [ids[1]])
        let first = try #require(try await store.delivery(ids[0]))
        #expect((first.state, first.successor, first.reason) == (.superseded, second.id, "told by `mail` instead"))
        #expect(try await store.deliveries().map(\.isBlocked) == [false, false, false])
        #expect(try await store.verify() == [])
        // It was under way all the same, and got through: that is what is known of it.
        #expect(try await store.record([accepted(ids[0], at: after(22))]).ready.isEmpty)
        #expect(try await store.delivery(ids[0])?.state == .delivered)
        #expect(try await store.delivery(ids[0])?.successor == nil)
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func theFirstWayWithdrawsTheSecond() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1")))
        let second = try #require(try await store.failOver(ids[0], to: plan("mail"), reason: "slow", now: after(20)).first)
        let behind = try await store.accept([arrival(try event("e2", time: after(20)), [delivery("mail", "x")])])
        #expect(behind.first?.ready.isEmpty == true)
        let recorded = try await store.record([accepted(ids[0], at: after(21))])
        #expect(recorded.withdrawn == [second.id])
        #expect(recorded.ready.map(\.event.event.id) == ["e2"])
        #expect(try await store.delivery(second.id)?.reason == "`ops-slack` got through after all")
        #expect(try await store.delivery(second.id)?.successor == ids[0])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func aChainOfThreeEndsWithTheFirstThatGetsThrough() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1")))
        let second = try #require(try await store.failOver(ids[0], to: plan("mail"), reason: "slow", now: after(20)).first)
        let third = try #require(try await store.failOver(second.id, to: plan("sms"), reason: "slow too", now: after(40)).first)
        #expect(third.tried.map(\.channel) == ["ops-slack", "mail"])
        #expect(third.fallbackOf == second.id)
        #expect(try await store.number("SELECT fallback_root FROM deliveries WHERE id = \(third.id)") == Int(ids[0]))
        #expect(try await store.record([accepted(second.id, at: after(50))]).withdrawn == [ids[0], third.id])
        #expect(try await states(store) == [.superseded, .delivered, .superseded])
        #expect(
            try await store.deliveries().map(\.reason) == ["told by `mail` instead", nil, "`mail` got through after all"])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func whatThatAddressIsToldAnywayIsNotToldTwice() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1"), [delivery(), delivery("mail", "x"), delivery("sms", "y")]))
        #expect(try await store.record([dead(ids[0], plan("mail"))]).ready.isEmpty)
        #expect(try await store.delivery(ids[0])?.reason == "no_such_destination; its next way, `mail`, has this event already")
        #expect(try await store.failOver(ids[2], to: plan("mail"), reason: "slow", now: start).isEmpty)
        #expect(try await store.delivery(ids[2])?.reason == "slow; its next way, `mail`, has this event already")
        #expect(try await store.ready(lane: "lane-sms", now: start, limit: 5).map(\.fellBack) == [true])
        #expect(try await store.deliveries().count == 3)
        #expect(try await store.number("SELECT count(*) FROM tallies WHERE kind = 'fallbacks'") == 0)
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func anotherWayWaitsInItsOwnConversationAndLendsItsUrgency() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(
            arrival(try event("e0"), [delivery("mail", "x", priority: 3)]),
            arrival(try event("e1", time: after(1)), [delivery(priority: 0)]))
        #expect(try await store.record([dead(ids[1], plan("mail"))]).ready.isEmpty)
        #expect(try await store.deliveries().map(\.isBlocked) == [false, false, true])
        #expect(try await store.ready(lane: "lane-mail", now: start, limit: 5).map(\.priority) == [0])
        #expect(try await store.record([accepted(ids[0])]).ready.map(\.fallbackOf) == [ids[1]])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func twoOutcomesOfOneCallTellOnlyWhatHoldsInTheEnd() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1")))
        // The record of the refusal comes with that of a first attempt that was accepted after all.
        let recorded = try await store.record([dead(ids[0], plan("mail")), accepted(ids[0])])
        #expect(recorded.ready.isEmpty)
        #expect(recorded.withdrawn == [2])
        #expect(try await states(store) == [.delivered, .superseded])
        #expect(try await store.verify() == [])
        await store.close()
    }
}
