// Subscriptions and snoozes in the ledger: kept whole, found by whose they are, ended with what waits for them.

import Foundation
import Incidents
import Routing
import Testing

@testable import Ledger

@Suite struct SubscriptionTests {
    private func wish(_ id: String, _ who: Subscription.Who = .person("ana")) -> Subscription {
        Subscription(id: id, who: who, match: ["service": "pay*"], made: start)
    }

    private func change(_ store: LedgerStore, _ id: String, _ changes: [StandingChange], at now: Date = start) async throws {
        try await store.take(timed(try event(id, incident: id, time: now), changes: changes, at: now))
    }

    private func heldBy(_ subscription: String, _ address: String, routes: [String]? = nil) -> PlannedDelivery {
        var planned = held(600, kind: .digest, address: address)
        planned.subscription = subscription
        planned.routes = routes ?? [Subscription.routeName(subscription)]
        return planned
    }

    @Test func allOfItIsKept() async throws {
        let fixture = try LedgerFixture()
        var store = try fixture.open()
        let full = Subscription(
            id: "a", who: .email("X@example.com"), match: ["id": "INC1"], via: "mail", cadence: .daily(at: 480), from: start,
            until: after(60),
            follows: "INC1", limit: ThrottleRule(count: 5, window: 86_400), isConfirmed: false, made: start, asked: [start, after(700)],
            leftAt: after(800))
        var confirmed = wish("b", .sms("+4471234"))
        confirmed.isConfirmed = true
        try await change(
            store, "e1", [.subscribe(full), .subscribe(confirmed), .subscribe(wish("c")), .subscribe(wish("d", .person("ben")))])
        await store.close()
        store = try fixture.open()
        #expect(try await store.subscriptions() == [full, confirmed, wish("c"), wish("d", .person("ben"))])
        #expect(try await store.subscriptions(of: .email("x@EXAMPLE.com")) == [full])
        #expect(try await store.subscriptions(of: .person("ana")) == [wish("c")])
        #expect(try await store.subscription("b") == confirmed)
        #expect(try await store.subscription("z") == nil)
        #expect(try await store.verify() == [])
        await store.close()
    }

    /// Rows from before it was written down whose they are: people's are confirmed, addresses are not.
    @Test func rowsOfOldAreRead() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.writing { database in
            for (id, who) in [("p", #"{"person":"ana"}"#), ("x", #"{"email":"x@example.com"}"#)] {
                let state = #"{"id":"\#(id)","who":\#(who),"match":{},"cadence":{"every":"now"}}"#
                try database.execute(sql: "INSERT INTO subscriptions (id, state) VALUES (?, ?)", arguments: [id, Data(state.utf8)])
            }
        }
        #expect(try await store.subscriptions().map(\.isConfirmed) == [true, false])
        #expect(try await store.subscriptions(of: .person("ana")).map(\.id) == ["p"])
        #expect(try await store.subscriptions(of: .email("x@example.com")).map { $0.state(at: start) } == [.unconfirmed])
        await store.close()
    }

    /// What waits only because of it; not what another wish asks for as well, and not what others get.
    @Test func leavingKeepsBackWhatWaits() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await change(store, "e1", [.subscribe(wish("s1")), .subscribe(wish("s2"))])
        let ids = try await store.take(
            timed(
                try event("e2"),
                [
                    heldBy("s1", "only"), heldBy("s1", "both", routes: ["subscription s1", "subscription s2"]),
                    heldBy("s1", "route", routes: ["stakeholders", "subscription s1"]), heldBy("s2", "other"), held(600, address: "none"),
                ]))
        try await change(store, "e3", [.unsubscribe(ids: ["s1"])])
        let rows = try await store.deliveries().filter { ids.contains($0.id) }
        #expect(
            Dictionary(uniqueKeysWithValues: rows.map { ($0.address, $0.state) })
                == ["only": .suppressed, "both": .held, "route": .suppressed, "other": .held, "none": .held])
        #expect(rows.first { $0.address == "only" }?.reason == "they left subscription s1")
        #expect(try await store.subscriptions().map(\.id) == ["s2"])
        #expect(try await store.verify() == [], "the counts, too")
        await store.close()
    }

    /// Whoever leaves all of them hears nothing, in whatever order they leave.
    @Test(arguments: [[["s1", "s2"]], [["s2", "s1"]], [["s1"], ["s2"]], [["s2"], ["s1"]]])
    func leavingOneAfterTheOtherKeepsBackWhatBothAskedFor(order: [[String]]) async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await change(store, "e1", [.subscribe(wish("s1")), .subscribe(wish("s2"))])
        let ids = try await store.take(timed(try event("e2"), [heldBy("s1", "both", routes: ["subscription s1", "subscription s2"])]))
        for (place, left) in order.enumerated() {
            #expect(try await store.delivery(try #require(ids.last))?.state == .held)
            try await change(store, "left \(place)", [.unsubscribe(ids: left)])
        }
        #expect(try await store.delivery(try #require(ids.last))?.state == .suppressed)
        #expect(try await store.verify() == [])
        await store.close()
    }

    /// Also what is due, or is being tried again; what waits behind it goes on.
    @Test func leavingTakesBackWhatIsDue() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        var asked = wish("s2", .email("x@example.com"))
        (asked.isConfirmed, asked.asked) = (false, [start])
        func due(_ subscription: String?, _ address: String) -> PlannedDelivery {
            var planned = delivery("mail", address)
            planned.subscription = subscription
            planned.routes = subscription.map { [Subscription.routeName($0)] } ?? ["r"]
            return planned
        }
        try await change(store, "e1", [.subscribe(wish("s1")), .subscribe(asked)])
        try await store.take(
            timed(try event("e2", incident: "I"), [due("s1", "a"), due("s1", "b"), due("s2", "x@example.com"), due(nil, "c")]),
            timed(try event("e3", incident: "I", time: after(1)), [due(nil, "a")], at: after(1)))
        let ids = try await store.deliveries().filter { $0.channel == "mail" }.map(\.id)
        _ = try await store.record([deferred(ids[1], until: after(60), at: after(1))])
        asked.leftAt = after(2)
        let leaves = timed(
            try event("e4", incident: nil, type: .operations, time: after(2)),
            changes: [.unsubscribe(ids: ["s1"]), .subscribe(asked)], at: after(2))
        let receipt = try await store.accept([leaves]).first
        #expect(receipt?.ready.map(\.id) == [ids[4]])
        let rows = try await store.deliveries().filter { ids.contains($0.id) }
        #expect(rows.map(\.state) == [.suppressed, .suppressed, .suppressed, .pending, .pending])
        #expect(rows.allSatisfy { !$0.isBlocked })
        #expect(ids.map(store.wasWithdrawn) == [true, true, true, false, false], "what is in a lane is not sent")
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func theEndOfWhatIsFollowedKeepsNothingBack() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await change(store, "e1", [.subscribe(wish("s1"))])
        let ids = try await store.take(timed(try event("e2"), [heldBy("s1", "C1")], changes: [.followed(ids: ["s1"])]))
        #expect(try await store.deliveries().first { $0.id == ids[0] }?.state == .held)
        #expect(try await store.subscriptions().isEmpty)
        await store.close()
    }

    /// What `diff` begins with: what stood then, and not what came later.
    @Test func anOpeningKnowsWhatStood() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        func away(_ id: String, _ until: TimeInterval) -> Absence { Absence(id: id, who: "ana", from: start, until: after(until)) }
        func snooze(_ name: String, _ until: TimeInterval, _ made: TimeInterval) -> Snooze {
            Snooze(who: .person(name), until: after(until), made: after(made))
        }
        let lost = AddressBlock(kind: .email, address: "x@example.com", since: start, cause: .stop)
        let later = AddressBlock(
            kind: .email, address: "y@example.com", since: after(200), cause: .bounces, reason: "550", bounces: [after(5), after(200)])
        let last = AddressBlock(kind: .sms, address: "+4471234", since: after(200), cause: .stop)
        try await change(
            store, "e1",
            [.absence(away("over", 50)), .absence(away("now", 900)), .snooze(snooze("ana", 900, 5)), .snooze(snooze("ben", 900, 200))]
                + [lost, later, last].map { .block($0, alarm: nil) })
        let standing = try await store.opening(at: after(100)).standing
        var before = later
        (before.since, before.reason, before.bounces) = (nil, nil, [after(5)])
        #expect(
            standing == [
                .absence(away("now", 900)), .snooze(snooze("ana", 900, 5)), .block(lost, alarm: nil), .block(before, alarm: nil),
            ])
        await store.close()
    }

    @Test func whatIsReadAsideIsWhatTheWriterKnows() async throws {
        let fixture = try LedgerFixture()
        var store = try fixture.open()
        var coded = wish("b", .email("x@example.com"))
        coded.mark = -7
        try await change(store, "e1", [.subscribe(wish("a")), .subscribe(coded)])
        await store.close()
        store = try fixture.open()
        try store.prepareSubscriptions(scale: .standard)
        // The file is not asked again.
        let known = try await store.writing { database, cache in
            try database.execute(sql: "DELETE FROM subscriptions WHERE id = 'a'")
            return try cache.memory.subscriptions(database).elements.map(\.id)
        }
        #expect(known == ["a", "b"])
        // Too late: what was read meanwhile may be older than what was written.
        let late = try await store.writing { [coded] database, _ in
            var memory = WriterMemory()
            memory.keep(coded)
            memory.adopt(SubscriptionBook())
            return try memory.subscriptions(database).elements.map(\.id)
        }
        #expect(late == ["b"])
        #expect(try await store.subscriptions(marked: -7) == [coded])
        #expect(try await store.subscriptions(marked: 7).isEmpty)
        await store.close()
    }

    /// The book in memory is taken back with the transaction.
    @Test func whatFailedLeavesNoTrace() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let bad = "CREATE TRIGGER bad AFTER INSERT ON subscriptions WHEN NEW.id = 'bad' BEGIN SELECT raise(ABORT, 'no'); END"
        try await store.writing { try $0.execute(sql: bad) }
        let receipts = try await store.accept([
            timed(try event("e0", incident: "A")), timed(try event("e1", incident: "B"), changes: [.subscribe(wish("good"))]),
            timed(try event("e2", incident: "C"), changes: [.subscribe(wish("other")), .subscribe(wish("bad"))]),
        ])
        #expect(receipts.map { $0.rejection == nil } == [true, true, false])
        let seen = Seen()
        var look = timed(try event("e3", incident: "D"))
        let decide = look.decide
        look.decide = { incident, surroundings in
            seen.note(try surroundings.subscriptions.elements.map(\.id))
            return try decide(incident, surroundings)
        }
        try await store.take(look)
        #expect(seen.ids == ["good"])
        #expect(try await store.subscriptions().map(\.id) == ["good"])
        await store.close()
    }

    @Test func whatNobodyConfirmsGoes() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        var (ended, waiting, confirmed) = (
            wish("ended"), wish("waiting", .email("x@example.com")), wish("confirmed", .email("x@example.com"))
        )
        ended.until = after(60)
        confirmed.isConfirmed = true
        waiting.asked = [start]
        try await change(store, "e1", [.subscribe(ended), .subscribe(waiting), .subscribe(confirmed), .subscribe(wish("s"))])
        let day = 86_400.0
        #expect(try await store.prune(before: after(-90 * day), now: after(6.9 * day)).deleted == 0)
        #expect(try await store.prune(before: after(-90 * day), now: after(7.0001 * day)).deleted == 1)
        #expect(try await store.subscriptions().map(\.id) == ["ended", "confirmed", "s"])
        #expect(try await store.surroundings { try $0.subscriptions.elements.map(\.id) } == ["ended", "confirmed", "s"])
        await store.close()
    }

    // MARK: Snoozes

    @Test func aSnoozeStandsUntilItIsReplacedOrEnds() async throws {
        let fixture = try LedgerFixture()
        var store = try fixture.open()
        let (ana, mail) = (Snooze(who: .person("ana"), until: after(600)), Snooze(who: .email("X@example.com"), until: after(900)))
        try await change(store, "e1", [.snooze(ana), .snooze(mail)])
        #expect(try await store.surroundings { try $0.snoozes.elements } == [mail, ana])
        try await change(store, "e2", [.snooze(Snooze(who: .person("ana"), until: after(300)))])
        try await change(store, "e3", [.endSnooze(.email("x@example.com"))])
        await store.close()
        store = try fixture.open()
        #expect(try await store.snoozes() == [Snooze(who: .person("ana"), until: after(300))])
        // One that has run out goes with the next change of any.
        try await change(store, "e4", [.snooze(Snooze(who: .person("ben"), until: after(2_000)))], at: after(400))
        #expect(try await store.snoozes().map(\.who) == [.person("ben")])
        #expect(try await store.verify() == [])
        await store.close()
    }

    /// What waits already waits for the snooze as well; whoever wakes hears what waited for that alone, and the rest when it
    /// was due.
    @Test func aSnoozeMovesWhatIsHeldAlready() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        func waiting(_ address: String, _ seconds: TimeInterval, urgent: Bool = false, _ recipient: String = "ana") -> PlannedDelivery {
            var planned = held(seconds, kind: .digest, address: address, urgent: urgent)
            planned.recipient = recipient
            return planned
        }
        func due() async throws -> [TimeInterval] {
            try await store.deliveries().map { $0.dueAt.timeIntervalSince(start) }
        }
        try await store.take(
            timed(
                try event("e1"),
                [waiting("a", 100), waiting("b", 900), waiting("c", 100, urgent: true), waiting("d", 100, "ben"), waiting("e", 100, "Ana")])
        )
        try await change(store, "s1", [.snooze(Snooze(who: .person("ana"), until: after(600)))])
        #expect(try await due() == [600, 900, 100, 100, 100])
        var during = held(600, kind: .snooze, address: "f")
        during.recipient = "ana"
        try await store.take(timed(try event("e2"), [during]))
        try await change(store, "s2", [.snooze(Snooze(who: .person("ana"), until: after(1_200)))], at: after(10))
        #expect(try await due() == [1_200, 1_200, 100, 100, 100, 1_200])
        try await change(store, "s3", [.snooze(Snooze(who: .person("ana"), until: after(700)))], at: after(20))
        #expect(try await due() == [700, 900, 100, 100, 100, 700])
        try await change(store, "s4", [.endSnooze(.person("ana"))], at: after(50))
        #expect(try await due() == [100, 900, 100, 100, 100, 50])
        #expect(try await store.release(now: after(50), limit: 10).ready.map(\.address) == ["f"])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func anAddressIsSnoozedHoweverItIsWritten() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        var planned = PlannedDelivery(
            channel: "mail", kind: .email, address: "X@example.com", recipient: "X@example.com", for: "mail:X@example.com", routes: ["r"],
            template: "update", priority: 2, due: start)
        planned.intent = .hold(Hold(kind: .digest, until: after(100), reason: "daily"))
        try await store.take(timed(try event("e1"), [planned]))
        try await change(store, "s1", [.snooze(Snooze(who: .email("x@EXAMPLE.com"), until: after(600)))])
        #expect(try await store.deliveries().first?.dueAt == after(600))
        #expect(try await store.deliveries().first?.reason == "x@EXAMPLE.com does not want to hear until \(Timestamp.format(after(600)))")
        await store.close()
    }

    @Test func whoeverWakesHearsAtOnce() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await change(store, "e1", [.snooze(Snooze(who: .person("ana"), until: after(600)))])
        func waiting(_ address: String, _ recipient: String, _ kind: Hold.Kind = .snooze) -> PlannedDelivery {
            var planned = held(600, kind: kind, address: address)
            planned.recipient = recipient
            return planned
        }
        try await store.take(
            timed(
                try event("e2"), [waiting("a", "ana"), waiting("b", "ben"), waiting("c", "ana", .quietHours)]))
        try await change(store, "e3", [.endSnooze(.person("ana"))], at: after(60))
        let released = try await store.release(now: after(60), limit: 10)
        #expect(released.ready.map(\.address) == ["a"])
        await store.close()
    }
}

private final class Seen: @unchecked Sendable {
    private let lock = NSLock()
    private var all: [String] = []

    func note(_ ids: [String]) { lock.withLock { all = ids } }

    var ids: [String] { lock.withLock { all } }
}
