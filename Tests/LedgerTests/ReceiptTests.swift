// What gateways report, and the other way of what did not arrive.

import Foundation
import Incidents
import Routing
import Testing

@testable import Ledger

@Suite struct ReceiptTests {
    private func plan() -> FallbackPlan { FallbackPlan(planned: delivery("mail", "x", priority: 2), lane: "lane-mail") }

    private func report(_ id: Int64, _ store: LedgerStore, _ outcome: DeliveryReceipt.Outcome = .failed) async throws -> DeliveryReceipt {
        let token = try #require(try await store.delivery(id)?.token)
        return DeliveryReceipt(delivery: id, mark: String(token.prefix(8)), outcome: outcome, reason: outcome == .failed ? "30003" : nil)
    }

    @Test func whatDidNotArriveGoesAnotherWayOnce() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1")))
        let lost = try await report(ids[0], store)
        _ = try await store.record([accepted(ids[0])])
        #expect(try await store.take(lost) == .taken)
        #expect(try await store.take(lost) == .nothing)
        let waiting = try await store.undelivered(now: start, limit: 5)
        #expect(waiting.map(\.delivery.id) == ids && waiting.map(\.reason) == ["30003"])
        let made = try await store.failOver(ids[0], to: plan(), reason: "30003", now: after(1))
        #expect(made.map(\.channel) == ["mail"] && made.map(\.fallbackOf) == [ids[0]])
        #expect(try await store.undelivered(now: start, limit: 5).isEmpty)
        #expect(try await store.take(lost) == .nothing)
        #expect(try await store.failOver(ids[0], to: plan(), reason: "again", now: after(2)).isEmpty)
        _ = try await store.record([accepted(made[0].id)])
        let rows = try await store.deliveries()
        #expect(rows.map(\.state) == [.delivered, .delivered] && rows.map(\.receipt) == ["failed", nil])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func whereThereIsNoOtherWayThatIsNoted() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1")))
        _ = try await store.record([accepted(ids[0])])
        #expect(try await store.take(report(ids[0], store)) == .taken)
        #expect(try await store.failOver(ids[0], to: nil, reason: "none", now: after(1)).isEmpty)
        #expect(try await store.undelivered(now: start, limit: 5).isEmpty)
        #expect(try await store.verify() == [])
        await store.close()
    }

    /// A gateway may be quicker than our own record of its acceptance.
    @Test func aReportMayComeFirst() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1")))
        #expect(try await store.take(report(ids[0], store)) == .taken)
        #expect(try await store.undelivered(now: start, limit: 5).isEmpty, "it is still under way")
        _ = try await store.record([accepted(ids[0])])
        #expect(try await store.undelivered(now: start, limit: 5).map(\.delivery.id) == ids)
        await store.close()
    }

    private func late(_ id: Int64) -> AttemptRecord { deferred(id, until: after(5), fallbackAt: after(10)) }

    /// No other way was found while it waited; then it was accepted, and did not arrive.
    @Test func aFailureCountsAlsoWhereThereWasNoOtherWay() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1")))
        _ = try await store.record([late(ids[0])])
        #expect(try await store.failOver(ids[0], to: nil, reason: "none", now: after(10)).isEmpty)
        _ = try await store.record([accepted(ids[0])])
        #expect(try await store.take(report(ids[0], store)) == .taken)
        #expect(try await store.undelivered(now: start, limit: 5).map(\.delivery.id) == ids)
        #expect(try await store.failOver(ids[0], to: nil, reason: "none", now: after(20)).isEmpty)
        #expect(try await store.undelivered(now: start, limit: 5).isEmpty)
        #expect(try await store.verify() == [])
        await store.close()
    }

    /// The other way was taken back untried when this one was accepted, so it is free again.
    @Test func aWayThatWasTakenBackInVainIsTakenAgain() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1")))
        _ = try await store.record([late(ids[0])])
        let first = try #require(try await store.failOver(ids[0], to: plan(), reason: "late", now: after(10)).first)
        #expect(try await store.record([accepted(ids[0])]).withdrawn == [first.id])
        #expect(try await store.take(report(ids[0], store)) == .taken)
        let lost = try await store.undelivered(now: start, limit: 5)
        #expect(lost.map(\.delivery.id) == ids && lost.map(\.delivery.tried) == [[]])
        let second = try #require(try await store.failOver(ids[0], to: plan(), reason: "30003", now: after(20)).first)
        #expect((second.channel, second.fallbackOf) == ("mail", ids[0]))
        #expect(try await store.undelivered(now: start, limit: 5).isEmpty)
        _ = try await store.record([accepted(second.id)])
        #expect(try await store.deliveries().map(\.state) == [.delivered, .superseded, .delivered])
        #expect(try await store.verify() == [])
        await store.close()
    }

    /// What another way has said, or still may say, is not said a third time; what that one failed to say, is not tried there again.
    @Test func whatAnotherWaySaysIsEnough() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1")))
        _ = try await store.record([late(ids[0])])
        let other = try #require(try await store.failOver(ids[0], to: plan(), reason: "late", now: after(10)).first)
        // The report comes before the record of the acceptance: nothing is taken back.
        #expect(try await store.take(report(ids[0], store)) == .taken)
        #expect(try await store.record([accepted(ids[0])]).withdrawn.isEmpty)
        #expect(try await store.undelivered(now: start, limit: 5).isEmpty)
        _ = try await store.record([refused(other.id)])
        #expect(try await store.undelivered(now: start, limit: 5).isEmpty)
        #expect(try await store.take(report(ids[0], store, .confirmed)) == .taken)
        #expect(try await store.delivery(ids[0])?.reason == nil)
        #expect(try await store.verify() == [])

        let more = Array(try await store.take(arrival(try event("e2", incident: "INC2"))).suffix(1))
        _ = try await store.record([late(more[0])])
        let mail = try #require(try await store.failOver(more[0], to: plan(), reason: "late", now: after(10)).first)
        _ = try await store.record([refused(mail.id)])
        _ = try await store.record([accepted(more[0])])
        #expect(try await store.take(report(more[0], store)) == .taken)
        let lost = try await store.undelivered(now: start, limit: 5)
        #expect(lost.map(\.delivery.id) == more && lost.map(\.delivery.tried) == [[Way(channel: "mail", address: "x")]])
        await store.close()
    }

    @Test func whatArrivedStaysSo() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1")))
        _ = try await store.record([accepted(ids[0])])
        #expect(try await store.take(report(ids[0], store)) == .taken)
        #expect(try await store.take(report(ids[0], store, .confirmed)) == .taken)
        #expect(try await store.take(report(ids[0], store)) == .nothing)
        #expect(try await store.undelivered(now: start, limit: 5).isEmpty)
        let row = try #require(try await store.delivery(ids[0]))
        #expect(row.receipt == "confirmed" && row.reason == nil)
        #expect(try await store.take(DeliveryReceipt(delivery: ids[0], mark: "zzzzzzzz", outcome: .confirmed)) == .gone)
        #expect(try await store.take(DeliveryReceipt(delivery: 999, mark: "00000000", outcome: .confirmed)) == .gone)
        await store.close()
    }

    @Test func theLatestThatNobodyHas() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        for incident in ["INC1", "INC2", "INC3"] {
            let ids = try await store.take(arrival(try event("e-\(incident)", incident: incident), [delivery("sms", "+44")]))
            if incident != "INC3", let last = ids.last { _ = try await store.record([accepted(last)]) }
        }
        #expect(try await store.unacknowledged(toldTo: "+44", or: nil) == "INC2", "of INC3 nothing has gone out")
        #expect(try await store.unacknowledged(toldTo: "+45", or: nil) == nil)
        #expect(try await store.unacknowledged(toldTo: "+45", or: "sms") == "INC2", "by another address of theirs")
        _ = try await store.take(arrival(try event("a", incident: "INC2", status: "acknowledged"), []))
        #expect(try await store.unacknowledged(toldTo: "+44", or: nil) == "INC1")
        await store.close()
    }
}
