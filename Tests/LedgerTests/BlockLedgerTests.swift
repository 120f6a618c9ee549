// Addresses that are suppressed, in the tables: what waits for them is taken back, outcomes count, and what is owed knows.

import Foundation
import Incidents
import Routing
import Testing

@testable import Ledger

@Suite struct BlockLedgerTests {
    private func mail(_ address: String = "x@example.com", _ intent: Intent = .send, urgent: Bool = false) -> PlannedDelivery {
        var planned = delivery("mail", address, urgent: urgent)
        planned.kind = .email
        planned.intent = intent
        return planned
    }

    private func block(_ address: String = "x@example.com", since: Date? = start) -> AddressBlock {
        AddressBlock(kind: .email, address: address, since: since, cause: .stop, reason: "asked")
    }

    private func begin(_ block: AddressBlock, _ id: String = "stop") throws -> Arrival {
        let address = Alarm.Subject.address(kind: block.kind, address: block.address)
        return timed(
            try event(id, incident: nil, type: .operations),
            changes: [.block(block, alarm: Alarm(subject: address, due: start, what: "lost"))])
    }

    private func bounced(_ id: Int64, _ verdict: AddressVerdict, at time: Date = start) -> AttemptRecord {
        var record = AttemptRecord(
            delivery: id, at: time, outcome: "refused", code: "550 5.1.1", reason: "no_such_recipient", detail: "unknown",
            next: .dead("550"))
        record.verdict = verdict
        return record
    }

    @Test func whatWaitsIsTakenBack() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let hold = Intent.hold(Hold(kind: .quietHours, until: after(60), reason: "quiet"))
        try await store.take(
            timed(try event("e1"), [mail("X@example.com"), mail("other@example.com"), mail("x@example.com", hold)]),
            timed(try event("e2", time: after(1)), [mail("X@example.com")], at: after(1)),
            timed(try event("e3", incident: "INC2"), [mail()]))
        #expect(try await store.states() == [.pending, .pending, .held, .pending, .pending])
        #expect(!store.isSuppressed(.email, "x@example.com"))
        try await store.take(try begin(block()))
        #expect(try await store.states() == [.suppressed, .pending, .suppressed, .suppressed, .suppressed])
        let rows = try await store.deliveries()
        #expect(rows[0].reason == "stop since 18 Nov 2026: asked")
        #expect(store.isSuppressed(.email, "X@EXAMPLE.com") && !store.isSuppressed(.sms, "x@example.com"))
        #expect(store.wasWithdrawn(1) && store.wasWithdrawn(5) && !store.wasWithdrawn(2))
        #expect(try await store.alarms()["address/email/x@example.com"] == 0)
        #expect(try await store.verify().isEmpty)
        // One that was under way when it happened, and was accepted, was sent.
        _ = try await store.record([accepted(1)])
        #expect(try await store.states().first == .delivered)
        await store.close()
    }

    private func page(_ address: String = "x@example.com", _ intent: Intent = .send, urgent: Bool = false) -> PlannedDelivery {
        var planned = mail(address, intent, urgent: urgent)
        (planned.recipient, planned.origin) = ("ana", .step)
        return planned
    }

    /// A conversation goes on with what is behind the head that was taken back.
    @Test func whatIsUrgentStaysForWhoeverIsReachedAllTheSame() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        var wish = page(urgent: true)
        (wish.subscription, wish.origin) = ("s1", .subscription)
        var other = page(urgent: true)
        other.recipient = "ben"
        try await store.take(
            timed(try event("e1"), [other]), timed(try event("e2", time: after(1)), [page(urgent: true)], at: after(1)),
            timed(try event("e3", incident: "INC2"), [page()]), timed(try event("e4", incident: "INC3"), [wish]))
        let stop = timed(
            try event("stop", incident: nil, type: .operations), changes: [.block(block(), alarm: nil, sparing: ["ana"])], at: after(2))
        let receipt = try await store.accept([stop]).first
        #expect(receipt?.ready.map(\.id) == [2])
        #expect(try await store.states() == [.suppressed, .pending, .suppressed, .suppressed])
        #expect(!store.wasWithdrawn(2) && store.wasWithdrawn(1))
        #expect(try await store.deliveries().map(\.isBlocked) == [false, false, false, false])
        #expect(try await store.verify().isEmpty)
        await store.close()
    }

    @Test func whoeverHasAnotherWayIsToldByThat() async throws {
        let fixture = try LedgerFixture()
        var store = try fixture.open()
        let hold = Intent.hold(Hold(kind: .quietHours, key: "k", until: after(600), reason: "quiet"))
        var (owed, wish) = (page("X@example.com"), page("X@example.com", hold))
        owed.origin = .owed
        (wish.subscription, wish.origin) = ("s1", .subscription)
        try await store.take(
            timed(try event("e1"), [page()]), timed(try event("e2", incident: "INC2"), [page("X@example.com", hold)]),
            timed(try event("e3", incident: "INC3"), [page()]), timed(try event("e4", incident: "INC4"), [owed]),
            timed(try event("e5", incident: "INC5"), [wish]))
        try await store.take(try begin(block()))
        #expect(Set(try await store.states()) == [.suppressed])
        #expect(try await store.verify().isEmpty)
        await store.close()
        store = try fixture.open()
        let astray = try await store.astray(now: after(5), limit: 10)
        #expect(astray.map(\.id) == [1, 2, 3])
        #expect(try await store.astray(now: after(5), limit: 1).map(\.id) == [1])
        let ready = try await store.failOver(1, to: FallbackPlan(planned: delivery(), lane: "l"), reason: "gone", now: after(5))
        #expect(ready.map(\.channel) == ["ops-slack"])
        #expect(try await store.failOver(2, to: FallbackPlan(planned: delivery(), lane: "l"), reason: "gone", now: after(5)).isEmpty)
        #expect(try await store.failOver(3, to: nil, reason: "gone", now: after(5)).isEmpty)
        #expect(try await store.astray(now: after(5), limit: 10).isEmpty)
        #expect(try await store.failOver(1, to: FallbackPlan(planned: delivery("mail"), lane: "l"), reason: "x", now: after(5)).isEmpty)
        let rows = try await store.deliveries()
        #expect(rows.map(\.state) == Array(repeating: .suppressed, count: 5) + [.pending, .held])
        #expect(rows[0].reason == "stop since 18 Nov 2026: asked")
        #expect(rows[6].hold == .quietHours && rows[6].holdKey == "k" && rows[6].dueAt == after(600) && rows[6].address == "C1")
        #expect(try await store.verify().isEmpty)
        await store.close()
    }

    /// An escalation goes on when its step's address is lost; not while another way to the same person is looked for.
    @Test func aStepThatWasTakenBackHasFailed() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(timed(try event("e1"), [page()], alarm: 600))
        try await store.take(try begin(block()))
        #expect(try await store.surroundings { try $0.stepFailed(of: "INC1") } == false)
        #expect(try await store.alarms()["incident/INC1"] == 600)
        _ = try await store.failOver(1, to: nil, reason: "gone", now: after(5))
        #expect(try await store.surroundings { try $0.stepFailed(of: "INC1") })
        #expect(try await store.alarms()["incident/INC1"] == 5)
        let silenced = Intent.suppress(Suppression(reason: "silence x1", silence: "x1"))
        try await store.take(timed(try event("e2", incident: "INC2"), [page("y@example.com", silenced)]))
        #expect(try await store.surroundings { try $0.stepFailed(of: "INC2") } == false)
        try await store.take(
            timed(try event("e3", incident: "INC3"), [page("z@example.com", .suppress(Suppression(reason: "stop")))]))
        #expect(try await store.surroundings { try $0.stepFailed(of: "INC3") })
        await store.close()
    }

    @Test(arguments: [(AddressBlock.Cause.stop, DeliveryState.pending), (.bounces, .suppressed)])
    func aCorrectionIsOwedWhereMailArrives(cause: AddressBlock.Cause, state: DeliveryState) async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let correction = Broadcast(
            id: "b2", source: "monitor", event: "e1", state: .sent, created: start, corrects: "b1", started: start, step: .done)
        var planned = mail()
        planned.origin = .broadcast
        try await store.take(
            timed(try event("e1", incident: nil, type: .operations), [planned], changes: [.broadcast(correction, alarm: nil)]))
        var block = block()
        block.cause = cause
        try await store.take(try begin(block))
        #expect(try await store.states() == [state])
        #expect(try await store.verify().filter { $0.contains("suppressed") }.isEmpty)
        await store.close()
    }

    @Test func itIsKnownAfterARestartAndCanBeLifted() async throws {
        let fixture = try LedgerFixture()
        var store = try fixture.open()
        try await store.take(try begin(block()))
        await store.close()
        store = try fixture.open()
        #expect(store.isSuppressed(.email, "x@example.com"))
        #expect(try await store.blocks() == [block()])
        #expect(try await store.surroundings { try $0.block(kind: .email, address: "x@example.com") } == block())
        try await store.take(
            timed(try event("start", incident: nil, type: .operations), changes: [.unblock(kind: .email, address: "X@example.com")]))
        #expect(!store.isSuppressed(.email, "x@example.com"))
        #expect(try await store.blocks().isEmpty)
        #expect(try await store.alarms().isEmpty)
        #expect(try await store.verify().isEmpty)
        await store.close()
    }

    @Test func anOptOutSuppressesAtOnce() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        var sms = mail("+447700900123")
        (sms.kind, sms.channel) = (.sms, "sms")
        let ids = try await store.take(timed(try event("e1"), [sms]), timed(try event("e2", incident: "INC2"), [sms]))
        let recorded = try await store.record([bounced(ids[0], .optedOut)])
        #expect(recorded.withdrawn == [ids[1]])
        #expect(try await store.states() == [.dead, .suppressed])
        let block = try #require(try await store.blocks().first)
        #expect(block.kind == .sms && block.cause == .optedOut && block.since == start && block.reason == "550 5.1.1: unknown")
        #expect(try await store.alarms()["address/sms/+447700900123"] == 0)
        #expect(try await store.verify().isEmpty)
        await store.close()
    }

    @Test func hardBouncesSuppressAtTheThreshold() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let rule = BounceRule(count: 3, window: 86_400)
        var ids: [Int64] = []
        for number in 1...4 { ids = try await store.take(timed(try event("e\(number)", incident: "INC\(number)"), [mail()])) }
        _ = try await store.record([bounced(ids[0], .bounced(rule)), bounced(ids[1], .bounced(rule), at: after(60))])
        #expect(try await store.blocks().map(\.bounces.count) == [2])
        #expect(!store.isSuppressed(.email, "x@example.com"))
        #expect(try await store.alarms().isEmpty)
        let recorded = try await store.record([bounced(ids[2], .bounced(rule), at: after(120))])
        #expect(recorded.withdrawn == [ids[3]])
        #expect(store.isSuppressed(.email, "x@example.com"))
        #expect(try await store.states() == [.dead, .dead, .dead, .suppressed])
        #expect(try await store.retryDead(nil, now: after(200)).isEmpty, "nothing of it can be tried again")
        await store.close()
    }

    @Test func noOtherWayLeadsToASuppressedAddress() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(try begin(block()), timed(try event("e1"), [delivery()]))
        var record = refused(ids[0])
        record.fallback = FallbackPlan(planned: mail(), lane: "lane-mail")
        let recorded = try await store.record([record])
        #expect(recorded.ready.isEmpty)
        let rows = try await store.deliveries()
        #expect(rows.map(\.state) == [.dead])
        #expect(rows[0].reason?.contains("leads to an address that is suppressed") == true)
        await store.close()
    }

    @Test func whoHeardBySubscriptionsAloneIsSaidSo() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        func wish(_ address: String, _ id: String?) -> PlannedDelivery {
            var planned = mail(address)
            planned.subscription = id
            planned.origin = id == nil ? .route : .subscription
            return planned
        }
        var owed = mail("a@example.com")
        owed.origin = .owed
        try await store.take(
            timed(try event("e1"), [wish("a@example.com", "s1"), wish("b@example.com", "s1")]),
            timed(try event("e2", time: after(1)), [wish("a@example.com", "s2"), wish("b@example.com", nil)], at: after(1)),
            timed(try event("e3", time: after(2)), [owed], at: after(2)))
        let told = try await store.surroundings { try $0.told(of: "INC1") }
        #expect(told.map(\.subscriptions) == [["s1", "s2"], []])
        let id = Subscription(id: "s1", who: .email("a@example.com"))
        try await store.take(timed(try event("sub", incident: nil, type: .operations), changes: [.subscribe(id)]))
        #expect(
            try await store.surroundings { [try $0.isStanding(subscription: "s1"), try $0.isStanding(subscription: "s2")] } == [
                true, false,
            ])
        await store.close()
    }

    /// One message may stand for several wishes.
    @Test func everyWishThatAskedForItCounts() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        var planned = mail("a@example.com")
        (planned.subscription, planned.origin) = ("s1", .subscription)
        planned.routes = ["subscription s1", "subscription s2"]
        try await store.take(timed(try event("e1"), [planned]))
        #expect(try await store.surroundings { try $0.told(of: "INC1") }.map(\.subscriptions) == [["s1", "s2"]])
        await store.close()
    }

    @Test func whoWasToldIsFoundByItsIndex() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(
            timed(try event("e1"), [mail("X@example.com"), delivery(), delivery("ops-slack", "C2"), suppressed(address: "C3")]))
        _ = try await store.record([accepted(ids[0]), refused(ids[2])])
        try await store.take(timed(try event("e2", incident: "INC2"), [delivery("ops-slack", "C9")]))
        let asked = [
            ("mail", "x@EXAMPLE.com"), ("ops-slack", "C1"), ("ops-slack", "c1"), ("ops-slack", "C2"), ("ops-slack", "C3"),
            ("mail", "C1"), ("ops-slack", "C9"),
        ]
        let found = try await store.surroundings { known in
            try asked.map { try known.wasTold(of: "INC1", channel: $0.0, address: $0.1) }
        }
        #expect(found == [true, true, false, false, false, false, false])
        let told = try await store.surroundings { try $0.told(of: "INC1") }
        #expect(told.map(\.address) == ["X@example.com", "C1"])
        await store.close()
    }

    @Test func aMailIsFoundByItsToken() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(timed(try event("e1"), [mail("X@example.com"), delivery()]))
        let tokens = try await store.number("SELECT count(*) FROM deliveries WHERE length(token) = 16")
        #expect(tokens == 2)
        let token = try await store.readers.read {
            try $0.first("SELECT lower(hex(token)) FROM deliveries WHERE id = 1", []) { $0.text(0) }
        }
        let other = try await store.readers.read {
            try $0.first("SELECT lower(hex(token)) FROM deliveries WHERE id = 2", []) { $0.text(0) }
        }
        #expect(try await store.mailAddress(ofToken: try #require(token)) == "X@example.com")
        #expect(try await store.mailAddress(ofToken: try #require(other)) == nil, "that is no mail")
        #expect(try await store.mailAddress(ofToken: "' OR 1 = 1") == nil)
        await store.close()
    }

    @Test func bouncesAgeAndSuppressionsDoNot() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        var old = block("old@example.com", since: nil)
        old.bounces = [start]
        var fresh = block("fresh@example.com", since: nil)
        fresh.bounces = [after(9_000)]
        try await store.take(
            timed(
                try event("stop", incident: nil, type: .operations),
                changes: [.block(block(), alarm: nil), .block(old, alarm: nil), .block(fresh, alarm: nil)]))
        _ = try await store.prune(before: after(8_000))
        #expect(try await store.blocks().map(\.address) == ["fresh@example.com", "x@example.com"])
        await store.close()
    }

    @Test func verifyNamesWhatStillGoesThere() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(
            try begin(block()), timed(try event("e1"), [mail()]), timed(try event("e2", incident: "I2"), [mail(urgent: true)]))
        #expect(try await store.verify() == ["deliveries that are still to be made to an address that is suppressed: 1"])
        await store.close()
        try fixture.damage("UPDATE blocks SET cause = 'whim'")
        let again = try fixture.open()
        #expect(try await again.verify().contains { $0.hasPrefix("addresses of which it cannot be read") })
        await again.close()
    }
}
