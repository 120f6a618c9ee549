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
