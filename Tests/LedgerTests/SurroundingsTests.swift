// What a decision may ask: who was told, what is held, throttled, silenced, wished for, and open elsewhere.

import Foundation
import Incidents
import Routing
import Testing

@testable import Ledger

@Suite struct SurroundingsTests {
    private func told(_ store: LedgerStore, _ incident: String = "INC1") async throws -> [String: ToldAddress.State] {
        let all = try await store.surroundings { try $0.told(of: incident) }
        return Dictionary(uniqueKeysWithValues: all.map { ($0.address, $0.state) })
    }

    @Test func toldIsTheBestOfAnAddress() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        func one(_ address: String) -> PlannedDelivery { delivery("ops-slack", address) }
        let ids = try await store.take(
            timed(
                try event("e1"),
                [
                    one("accepted"), one("waiting"), one("refused"), one("unanswered"), held(60, address: "held"),
                    suppressed(address: "silenced"),
                ]),
            timed(
                try event("e2", time: after(1)), [held(60, address: "accepted"), held(60, address: "waiting"), one("refused")], at: after(1)
            ))
        _ = try await store.record([
            accepted(ids[0]), refused(ids[2]),
            AttemptRecord(delivery: ids[3], at: start, outcome: "unknown", next: .retry(at: after(900))),
        ])
        #expect(
            try await told(store) == [
                "accepted": .heard, "waiting": .underWay, "refused": .underWay, "unanswered": .heard, "held": .held,
            ])
        let digests = try await store.release(now: after(60), limit: 10).messages
        #expect(digests.count == 3)
        #expect(try await told(store)["held"] == .underWay)
        let alone = try #require(digests.first { $0.delivery == ids[4] })
        _ = try await store.record([refused(alone.delivery, at: after(61))])
        #expect(try await told(store)["held"] == nil)
        #expect(try await told(store, "INC2").isEmpty)
        await store.close()
    }

    @Test func whoHeardInADigestHeard() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(timed(try event("a", incident: "A"), [held(60)]), timed(try event("b", incident: "B"), [held(60)]))
        let digest = try await store.release(now: after(60), limit: 1).messages[0].delivery
        #expect(try await told(store, "A") == ["C1": .underWay])
        _ = try await store.record([accepted(digest, at: after(61))])
        #expect(try await told(store, "A") == ["C1": .heard])
        #expect(try await told(store, "B") == ["C1": .heard])
        await store.close()
    }

    /// Whether anything got through is looked at when it goes out: meanwhile what was under way may have failed.
    @Test func whatIsOwedKnowsWhetherAnythingWasHeard() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        var owed = delivery()
        owed.origin = .owed
        var other = delivery("mail", "x")
        other.origin = .owed
        let ids = try await store.take(arrival(try event("e1"), [delivery(), delivery("mail", "x")]))
        _ = try await store.record([accepted(ids[0]), refused(ids[1])])
        let end = try event("e2", status: "resolved", time: after(1))
        let ready = try await store.accept([arrival(end, [owed, other], at: after(1))])[0].ready
        #expect(ready.map(\.wasTold) == [true, false])
        #expect(ready.map(\.ended) == [nil, nil])
        #expect(try await store.ready(lane: "lane-mail", now: after(2), limit: 5).map(\.wasTold) == [false])
        await store.close()
    }

    @Test func pingsAndOperationsAreNoWordOfTheIncident() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        var ping = delivery()
        ping.template = "ping"
        var operations = delivery("mail", "x")
        operations.template = "operations"
        try await store.take(arrival(try event("e1"), [ping, operations]))
        #expect(try await told(store).isEmpty)
        await store.close()
    }

    @Test func throttledOnesAreTheNewestFirstOfTheirAddress() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        for seconds in [0.0, 10, 20, 30] {
            try await store.take(
                timed(
                    try event("e\(seconds)", time: after(seconds)),
                    [planned(.send, throttled: true), planned(.send, "ops-slack", "C2", throttled: seconds > 15)], at: after(seconds)))
        }
        let all = try await store.surroundings { surroundings in
            try ["C1", "C2", "C3"].map { try surroundings.throttled(channel: "ops-slack", address: $0, since: after(10), limit: 2) }
        }
        #expect(all == [[after(30), after(20)], [after(30), after(20)], []])
        await store.close()
    }

    @Test func limitedOnesAreCountedApart() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        var (sent, aside) = (planned(.send), planned(.hold(Hold(kind: .group, until: after(60), reason: "")), "ops-slack", "C2"))
        (sent.isLimited, aside.isLimited) = (true, true)
        try await store.take(timed(try event("e1"), [sent, aside, planned(.send, "ops-slack", "C3", throttled: true)]))
        let all = try await store.surroundings { surroundings in
            try ["C1", "C2", "C3"].map { address in
                [
                    try surroundings.limited(channel: "ops-slack", address: address, since: start, limit: 2).count,
                    try surroundings.throttled(channel: "ops-slack", address: address, since: start, limit: 2).count,
                ]
            }
        }
        #expect(all == [[1, 0], [1, 0], [0, 1]])
        await store.close()
    }

    @Test func heldTellsWhenItOpensAndWhenItLastDid() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        func state(_ key: String = "g") async throws -> HeldState {
            try await store.surroundings { try $0.held(channel: "ops-slack", address: "C1", key: key) }
        }
        #expect(try await state() == HeldState())
        try await store.take(timed(try event("e1"), [held(60, key: "g", kind: .group)]))
        #expect(try await state() == HeldState(opensAt: after(60)))
        _ = try await store.release(now: after(61), limit: 1)
        #expect(try await state() == HeldState(lastReleased: after(61)))
        #expect(try await state("") == HeldState())
        await store.close()
    }

    @Test func openIncidentsOfServicesAreTheOldestFirst() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        func open(_ id: String, _ service: String, rank: Int, status: String = "open", _ seconds: TimeInterval = 0) throws -> Arrival {
            var event = try event("\(id)\(status)\(seconds)", incident: id, status: status, time: after(seconds))
            event.incident?.members["service"] = .string(service)
            event.incident?.members["severity"] = .string("s\(rank)")
            return timed(event, severity: Severity(name: "s\(rank)", rank: rank), at: after(seconds))
        }
        func found(_ services: [String], _ rank: Int) async throws -> [String] {
            try await store.surroundings {
                try $0.openIncidents(services: services, atLeast: rank).map { "\($0.id) \($0.service) \($0.severity ?? "")" }
            }
        }
        try await store.take(
            try open("Z", "Database", rank: 1), try open("A", "network", rank: 0), try open("B", "DATABASE", rank: 0),
            try open("C", "database", rank: 2),
            try open("D", "database", rank: 0), try open("D", "database", rank: 0, status: "resolved", 1))
        #expect(try await found(["database", "network"], 1) == ["Z database s1", "A network s0", "B database s0"])
        #expect(try await found(["database"], 0) == ["B database s0"])
        #expect(try await found([], 5).isEmpty)
        // Moved, reopened, and taken down.
        try await store.take(
            try open("B", "mail", rank: 0, 2), try open("D", "database", rank: 0, status: "open", 3), try open("A", "network", rank: 3, 4))
        #expect(try await found(["database", "network", "mail"], 1) == ["Z database s1", "B mail s0", "D database s0"])
        await store.close()
    }

    @Test func keptAreThoseWhoseIncidentIsStillOpen() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(
            timed(try event("a1", incident: "A"), [suppressed(), suppressed("x2", address: "C2")]),
            timed(try event("a2", incident: "A", time: after(1)), [suppressed()], at: after(1)),
            timed(try event("b1", incident: "B"), [suppressed()]),
            timed(try event("b2", incident: "B", status: "closed", time: after(1)), at: after(1)))
        let kept = try await store.surroundings { try $0.kept(by: "x1").map { "\($0.incident) \($0.address.address)" } }
        #expect(kept == ["A C1"])
        await store.close()
    }

    @Test func wishesAreSeenByWhatComesAfterThemInTheSameTransaction() async throws {
        let fixture = try LedgerFixture()
        var store = try fixture.open()
        let seen = Seen()
        func look(_ id: String, changes: [StandingChange] = []) throws -> Arrival {
            var arrival = timed(try event(id), changes: changes)
            let decide = arrival.decide
            arrival.decide = { incident, surroundings in
                seen.note(try surroundings.silences, try surroundings.subscriptions)
                return try decide(incident, surroundings)
            }
            return arrival
        }
        let wish = Subscription(
            id: "s1", who: .email("x@example.com"), match: ["service": "pay*"], via: "mail", cadence: .weekly(day: 1, at: 480), from: start)
        _ = try await store.accept([
            try look("e1", changes: [.silence(silence(), alarm: nil), .subscribe(wish)]), try look("e2"), try look("e3"),
            try look("e4", changes: [.silence(silence(endedAt: after(5)), alarm: nil), .unsubscribe(ids: ["s1", "none"])]), try look("e5"),
        ])
        #expect(seen.counts == [[0, 0], [1, 1], [1, 1], [1, 1], [0, 0]])
        #expect(seen.revisions[1] == seen.revisions[2])
        #expect(Set(seen.revisions).count == 3)
        for cadence in [Cadence.immediate, .hourly, .daily(at: 61), .weekly(day: 7, at: 0)] {
            var other = wish
            (other.id, other.cadence) = ("\(cadence)", cadence)
            try await store.take(timed(try event("\(cadence)"), changes: [.subscribe(other)]))
        }
        await store.close()
        store = try fixture.open()
        #expect(try await store.subscriptions().map(\.cadence) == [.immediate, .hourly, .daily(at: 61), .weekly(day: 7, at: 0)])
        #expect(try await store.subscriptions().first?.who == .email("x@example.com"))
        #expect(try await store.silences(includeEnded: true).map(\.silence) == [silence(endedAt: after(5))])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func aWishWhoseTransactionFailedIsForgotten() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let seen = Seen()
        func look(_ id: String, changes: [StandingChange] = []) throws -> Arrival {
            var arrival = timed(try event(id, incident: id), changes: changes)
            let decide = arrival.decide
            arrival.decide = { incident, surroundings in
                seen.note(try surroundings.silences, try surroundings.subscriptions)
                return try decide(incident, surroundings)
            }
            return arrival
        }
        // One row is at fault: the batch is repeated, and only that one is turned away.
        try await store.writing {
            try $0.execute(sql: "CREATE TRIGGER bad AFTER INSERT ON silences WHEN NEW.id = 'bad' BEGIN SELECT raise(ABORT, 'no'); END")
        }
        let receipts = try await store.accept([
            try look("e1", changes: [.silence(silence("good"), alarm: nil)]),
            try look("e2", changes: [.silence(silence("bad"), alarm: nil)]),
            try look("e3"),
        ])
        #expect(receipts.map { $0.rejection == nil } == [true, false, true])
        #expect(seen.counts.map { $0[0] } == [0, 1, 0, 1, 1])
        #expect(try await store.silences(includeEnded: false).map(\.silence.id) == ["good"])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func silencesTellHowMuchTheySuppressed() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(
            timed(try event("s"), changes: [.silence(silence(), alarm: nil), .silence(silence("x2"), alarm: nil)]),
            timed(try event("a", incident: "A"), [suppressed(), suppressed(address: "C2")]),
            timed(try event("b", incident: "B"), [suppressed()]))
        #expect(try await store.silences(includeEnded: false).map { [$0.suppressed, $0.incidents] } == [[3, 2], [0, 0]])
        #expect(try await store.silences(includeEnded: true, latest: 1).map(\.suppressed) == [0])
        #expect(try await store.verify() == [])
        await store.close()
    }
}

/// What decisions saw of the standing wishes.
private final class Seen: @unchecked Sendable {
    private let lock = NSLock()
    private var all: [(counts: [Int], revision: Int64)] = []

    func note(_ silences: Standing<Silence>, _ subscriptions: SubscriptionBook) {
        lock.withLock { all.append(([silences.elements.count, subscriptions.elements.count], silences.revision)) }
    }

    var counts: [[Int]] { lock.withLock { all.map(\.counts) } }
    var revisions: [Int64] { lock.withLock { all.map(\.revision) } }
}
