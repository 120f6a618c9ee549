// Parts of a broadcast: no address twice and none missed, whatever fails in between; taking back; what a correction is owed.

import Foundation
import GRDB
import Incidents
import JSON
import Routing
import Testing

@testable import Ledger

@Suite struct BroadcastTests {
    private func broadcastEvent(_ id: String, corrects: String? = nil) throws -> Event {
        var broadcast: [String: JSONValue] = ["id": .string(id), "audience": ["x"], "message": "Hello"]
        broadcast["corrects"] = corrects.map(JSONValue.string)
        return try EventParser(scale: .standard).event(
            from: ["id": .string("e-\(id)"), "type": "broadcast", "source": "test", "broadcast": .object(broadcast)],
            origin: EventOrigin(file: "b.json", modified: start, size: 1))
    }

    private func broadcast(_ id: String, _ change: (inout Broadcast) -> Void = { _ in }) -> Broadcast {
        var broadcast = Broadcast(
            id: id, source: "test", event: "e-\(id)", state: .sending, created: start, by: "ana", audience: ["x"], started: start)
        change(&broadcast)
        return broadcast
    }

    private func take(_ store: LedgerStore, _ broadcast: Broadcast) async throws {
        let alarm = Alarm(subject: .broadcast(broadcast.id), due: start, what: "next part")
        let event = try broadcastEvent(broadcast.id, corrects: broadcast.corrects)
        try await store.take(timed(event, changes: [.broadcast(broadcast, alarm: alarm)]))
    }

    private func planned(_ address: String, channel: String = "mail") -> PlannedDelivery {
        var planned = delivery(channel, address, priority: 4)
        planned.origin = .broadcast
        planned.expires = nil
        return planned
    }

    /// Hands over `size` addresses a ring, of `count`.
    private func bell(
        count: Int, size: Int = 10, priority: Int = 4, addresses: @escaping @Sendable (Int) -> String = { "n\($0)@example.com" }
    ) -> AlarmBell {
        AlarmBell(
            raise: { _, _, _ in [] }, alarm: { _, _, _ in nil },
            part: { id, surroundings in
                guard var broadcast = try surroundings.broadcast(id), broadcast.step == .named else { return nil }
                let from = Int(broadcast.cursor)
                let page = from..<min(from + size, count)
                broadcast.cursor = Int64(page.upperBound)
                if page.upperBound == count { (broadcast.step, broadcast.state) = (.done, .sent) }
                var all: [PlannedDelivery] = []
                for place in page {
                    var one = delivery("mail", addresses(place), priority: priority)
                    one.origin = .broadcast
                    all.append(one)
                }
                let alarm = broadcast.step == .done ? nil : Alarm(subject: .broadcast(id), due: start, what: "next part")
                return RungPart(
                    part: BroadcastPart(broadcast: broadcast, deliveries: all), lanes: all.map { _ in "lane-mail" }, alarm: alarm)
            })
    }

    /// Rings until nothing more is due.
    private func ringAll(_ store: LedgerStore, _ bell: AlarmBell) async throws -> [Receipt] {
        var receipts: [Receipt] = []
        while true {
            let due = try await store.dueAlarms(now: start, limit: 10)
            if due.isEmpty { return receipts }
            receipts += try await store.ring(due, with: bell, now: start)
            try #require(receipts.count < 1_000)
        }
    }

    @Test func itIsHandedOverPartByPart() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await take(store, broadcast("b1"))
        let receipts = try await ringAll(store, bell(count: 95))
        #expect(receipts.count == 10)
        #expect(receipts.reduce(0) { $0 + $1.handedOver.count } == 95)
        let row = try #require(try await store.broadcast("b1"))
        #expect((row.broadcast.state, row.broadcast.reached, row.count(.pending)) == (.sent, 95, 95))
        #expect(Set(try await store.deliveries().map(\.address)).count == 95)
        #expect(try await store.verify() == [])
        await store.close()
    }

    /// The parts that the backup does not know of may have gone out.
    @Test func afterARestoreItGoesNoFurther() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await take(store, broadcast("b1"))
        try await take(store, broadcast("b2") { $0.by = nil })
        try await take(store, broadcast("b3") { ($0.state, $0.started, $0.until) = (.cooling, nil, start) })
        _ = try await store.ring(try await store.dueAlarms(now: start, limit: 1), with: bell(count: 30), now: start)
        #expect(try await store.markRestored(now: after(60)) == 10)
        let rows = try await store.broadcasts(limit: 10)
        #expect(
            Dictionary(uniqueKeysWithValues: rows.map { ($0.broadcast.id, $0.broadcast.state) }) == [
                "b1": .stopped, "b2": .stopped, "b3": .cooling,
            ])
        let stopped = try #require(try await store.broadcast("b1")?.broadcast)
        #expect(stopped.step == .done && stopped.ending.hasPrefix("stopped: restored from a backup"))
        let alarms = try await store.alarms()
        #expect(alarms["broadcast/b1"] == 60, "its author is told")
        #expect(alarms["broadcast/b2"] == nil, "there is nobody to tell")
        #expect(try await store.verify() == [])
        await store.close()
    }

    /// However many ask: what is known is good for a while, longer where it is over.
    @Test func countsMayLag() throws {
        let counts = BroadcastCounts()
        let running = broadcast("b1") { $0.state = .sending }
        var spent = Duration.zero
        let now = ContinuousClock.now
        func count(_ broadcast: Broadcast, _ seconds: Double, _ found: Int) -> Int? {
            counts.of(broadcast, now: now + .seconds(seconds), spent: &spent) { ["mail": [.delivered: found]] }["mail"]?[.delivered]
        }
        #expect(count(running, 0, 1) == 1 && count(running, 1, 2) == 1 && count(running, 3, 3) == 3)
        let over = broadcast("b1") { ($0.state, $0.step) = (.sent, .done) }
        #expect(count(over, 4, 4) == 3 && count(over, 6, 5) == 5 && count(over, 7, 6) == 5)
        spent = .seconds(1)
        #expect(count(over, 100_000, 7) == 5, "others have cost enough")
        counts.forget()
        #expect(count(over, 7, 8) == 8)
    }

    @Test func anAddressThatHasItGetsNoSecondOne() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await take(store, broadcast("b1"))
        _ = try await ringAll(store, bell(count: 40) { "N\($0 % 15)@example.com" })
        #expect(try await store.broadcast("b1")?.broadcast.reached == 15)
        #expect(try await store.deliveries().count == 15)
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test(arguments: SeverityScale.standard.steps.indices)
    func aPageIsFoundBeforeTenThousandUrgentOnes(severity: Int) async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let urgent = broadcast("b1") { $0.isUrgent = true }
        try await take(store, urgent)
        _ = try await ringAll(store, bell(count: 10_000, size: 2_500, priority: urgent.priority(on: .standard)))
        try await store.take(timed(try event("page"), [delivery("mail", "duty@example.com", priority: severity, due: after(1))]))
        #expect(try await store.lanes() == ["lane-mail"])
        let first = try await store.ready(lane: "lane-mail", now: after(2), limit: 192)
        #expect(first.count == 192)
        #expect(first.first?.address == "duty@example.com")
        await store.close()
    }

    @Test func oneUnreadableSubscriptionDoesNotEndTheAudience() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        for number in 1...6 {
            let wish = Subscription(id: "s\(number)", who: .person("p\(number)"), match: [:])
            try await store.take(timed(try event("e\(number)", incident: nil, type: .operations), changes: [.subscribe(wish)]))
        }
        try await store.writing { try $0.execute(sql: "UPDATE subscriptions SET state = X'7B' WHERE id IN ('s2', 's3')") }
        let pages = try await store.surroundings { surroundings in
            var pages: [[String]] = []
            var place: Int64 = 0
            while pages.last?.count ?? 2 == 2, pages.count < 9 {
                let page = try surroundings.subscriptions(after: place, limit: 2)
                place = page.last?.place ?? place
                pages.append(page.map(\.subscription.id))
            }
            return pages
        }
        #expect(pages == [["s1", "s4"], ["s5", "s6"], []])
        await store.close()
    }

    @Test func aPartThatFailsIsMadeAgainWhole() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await take(store, broadcast("b1"))
        let bell = bell(count: 30)
        _ = try await store.ring(try await store.dueAlarms(now: start, limit: 1), with: bell, now: start)
        try await store.writing {
            try $0.execute(sql: "CREATE TABLE p (i PRIMARY KEY); CREATE TABLE c (i REFERENCES p DEFERRABLE INITIALLY DEFERRED)")
            try $0.execute(sql: "CREATE TRIGGER bad AFTER UPDATE ON broadcasts BEGIN INSERT INTO c VALUES (1); END")
        }
        let due = try await store.dueAlarms(now: start, limit: 1)
        #expect(await code { _ = try await store.ring(due, with: bell, now: start) } == .internalFault)
        #expect(try await store.deliveries().count == 10)
        try await store.writing { try $0.execute(sql: "DROP TRIGGER bad") }
        _ = try await ringAll(store, bell)
        #expect(Set(try await store.deliveries().map(\.address)).count == 30)
        #expect(try await store.deliveries().count == 30)
        #expect(try await store.verify() == [])
        await store.close()
    }

    /// Takes back everything of a broadcast that may be.
    private func withdrawal(why: String = "stopped by ana") -> AlarmBell {
        AlarmBell(
            raise: { _, _, _ in [] }, alarm: { _, _, _ in nil },
            part: { id, surroundings in
                guard var broadcast = try surroundings.broadcast(id), broadcast.step == .withdrawing else { return nil }
                let page = try surroundings.deliveries(of: broadcast, after: broadcast.cursor, limit: 10)
                broadcast.cursor = page.last?.id ?? broadcast.cursor
                if page.count < 10 { broadcast.step = .done }
                let alarm = broadcast.step == .done ? nil : Alarm(subject: .broadcast(id), due: start, what: "next part")
                let ids = page.filter(\.mayBeWithdrawn).map(\.id)
                return RungPart(part: BroadcastPart(broadcast: broadcast, withdrawn: ids, why: why), alarm: alarm)
            })
    }

    private func stop(_ store: LedgerStore, _ id: String) async throws {
        var stopped = try #require(try await store.broadcast(id)).broadcast
        stopped.end(.stopped, by: "ana", reason: nil)
        let alarm = Alarm(subject: .broadcast(id), due: start, what: "next part")
        try await store.take(timed(try event("stop-\(id)", incident: nil, type: .operations), changes: [.broadcast(stopped, alarm: alarm)]))
    }

    @Test func stoppingTakesBackWhatHasNotGoneOut() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await take(store, broadcast("b1"))
        _ = try await ringAll(store, bell(count: 25))
        let ids = try await store.deliveries().map(\.id).sorted()
        _ = try await store.record([accepted(ids[0]), deferred(ids[1], until: after(60))])
        try await stop(store, "b1")
        let receipts = try await ringAll(store, withdrawal())
        #expect(Set(receipts.flatMap(\.withdrawn)) == Set(ids.dropFirst()))
        let row = try #require(try await store.broadcast("b1"))
        #expect((row.count(.delivered), row.count(.superseded), row.isUnderWay) == (1, 24, false))
        #expect(try await store.deliveries().filter { $0.state == .superseded }.allSatisfy { $0.reason == "stopped by ana" })
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func whatWasUnderWayWhenItWasTakenBackIsOwedTheCorrection() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await take(store, broadcast("b1"))
        _ = try await ringAll(store, bell(count: 3))
        let ids = try await store.deliveries().map(\.id).sorted()
        try await stop(store, "b1")
        _ = try await ringAll(store, withdrawal(why: "corrected by b2"))
        // The correction has gone through all of it, and found nobody.
        try await take(store, broadcast("b2") { ($0.corrects, $0.chain, $0.state, $0.step) = ("b1", ["b1"], .sent, .done) })
        _ = try await ringAll(store, bell(count: 0))
        #expect(try await store.dueAlarms(now: start, limit: 1).isEmpty)
        // Now the peer answers.
        _ = try await store.record([accepted(ids[1])])
        let correction = try #require(try await store.broadcast("b2")).broadcast
        #expect((correction.state, correction.step, correction.cursor) == (.sending, .correcting, ids[1] - 1))
        #expect(try await store.dueAlarms(now: after(1), limit: 1).map(\.subject) == [.broadcast("b2")])
        let reached = try await store.surroundings { surroundings in
            try surroundings.broadcast("b1").map { try surroundings.deliveries(of: $0, after: 0, limit: 10) } ?? []
        }
        #expect(reached.filter(\.isReached).map(\.id) == [ids[1]])
        await store.close()
    }

    @Test func itIsForgottenWithItsEventOnceItIsOver() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await take(store, broadcast("b1"))
        try await take(store, broadcast("b2") { ($0.state, $0.step) = (.sent, .done) })
        let cutoff = after(86_400)
        var step = try await store.prune(before: cutoff, limit: 500, after: nil)
        while !step.isDone { step = try await store.prune(before: cutoff, limit: 500, after: step) }
        #expect(try await store.broadcasts().map(\.broadcast.id) == ["b1"], "one that goes on stays")
        await store.close()
    }

    @Test func itsRowSaysAllOfIt() throws {
        let full = broadcast("b1") { broadcast in
            broadcast.match = ["service": ["a", "b"]]
            (broadcast.incident, broadcast.template, broadcast.isUrgent) = ("INC1", "outage", true)
            (broadcast.corrects, broadcast.chain) = ("b0", ["b0", "a0"])
            (broadcast.decidedBy, broadcast.reason, broadcast.until) = ("bob", "why", after(5))
            (broadcast.reached, broadcast.step, broadcast.cursor, broadcast.level) = (7, .correcting, 99, 1)
            (broadcast.lastSubscription, broadcast.namedDigest) = (12, Int64.min)
            broadcast.routed = [Way(channel: "mail", address: "x@example.com")]
            (broadcast.routesWait, broadcast.isAnnounced) = (true, true)
        }
        #expect(Broadcast(json: full.json) == full)
        #expect(Broadcast(json: broadcast("b").json) == broadcast("b"))
    }
}

extension Receipt {
    fileprivate var handedOver: [QueuedDelivery] { if case .handedOver(let ready, _, _, _) = self { ready } else { [] } }
    fileprivate var withdrawn: [Int64] { if case .handedOver(_, _, let ids, _) = self { ids } else { [] } }
}
