// Damage made by hand is found, and named with its ids.

import Foundation
import Incidents
import Routing
import Testing

@testable import Ledger

@Suite struct VerifyTests {
    private static let damages: [(sql: String, finding: String)] = [
        ("DELETE FROM events WHERE sequence = 1", "deliveries whose event is not there: 1"),
        ("DELETE FROM deliveries WHERE id = 1", "attempts of deliveries that are not there: 1"),
        ("DELETE FROM incidents WHERE id = 'INC1'", "events whose incident is not there: 1, 2, 3"),
        ("UPDATE attempts SET outcome = 'deferred' WHERE delivery = 1", "delivered deliveries without an accepted attempt: 1"),
        ("UPDATE deliveries SET state = 'dead' WHERE id = 3", "dead deliveries without an attempt: 3"),
        ("UPDATE deliveries SET state = 'unknown' WHERE id = 1", "unknown deliveries without an unanswered attempt: 1"),
        ("UPDATE deliveries SET blocked = 1 WHERE id = 2", "deliveries that wait for a predecessor that is not there: 2, 3"),
        ("UPDATE deliveries SET blocked = 0 WHERE id = 3", "two deliveries are ready at once (the newest of each): 3"),
        ("UPDATE deliveries SET attempts = 7 WHERE id = 1", "number of attempts is not that of the attempts kept: 1"),
        ("UPDATE deliveries SET successor = 99 WHERE id = 2", "superseded deliveries whose successor is not there: 2"),
        (
            "UPDATE tallies SET count = count + 1 WHERE kind = 'deliveries' AND state = 'pending'",
            "not those of the rows: ops-slack pending"
        ),
        ("UPDATE events SET document = x'7b' WHERE sequence = 2", "events that cannot be read: 2 (a column that is not JSON)"),
        ("UPDATE incidents SET state = x'00'", "incidents whose state cannot be read: INC1 (a column that is not JSON)"),
        (
            "UPDATE deliveries SET routes = x'7b' WHERE id = 3",
            "deliveries that cannot be read, and so do not go out: 3 (a column that is not JSON)"
        ),
        (
            "UPDATE deliveries SET state = 'superseded', blocked = 0 WHERE id = 3",
            "superseded deliveries without a successor or a reason: 3"
        ),
        ("UPDATE deliveries SET fallback_of = 99, fallback_root = 1 WHERE id = 2", "deliveries that stand in for one that is not there: 2"),
        ("UPDATE deliveries SET fallback_of = 1, fallback_root = 1 WHERE id > 1", "deliveries whose next way was taken twice: 1"),
        ("UPDATE deliveries SET replaces = 1 WHERE id = 3", "deliveries that do not replace as many as name them as successor: 3"),
        (
            "UPDATE deliveries SET state = 'superseded', successor = 3, blocked = 0 WHERE id = 2",
            "deliveries that do not replace as many as name them as successor: 3"
        ),
        ("UPDATE tallies SET count = 1 WHERE kind = 'events'", "counts of events (type) that are not those of the rows: status_change"),
        ("UPDATE deliveries SET state = 'dead', reason = 'x' WHERE id = 1", "the peer accepted and that are not delivered: 1"),
        ("UPDATE deliveries SET delivered_at = NULL WHERE id = 1", "deliveries whose time of delivery does not fit their state: 1"),
        ("UPDATE deliveries SET delivered_at = 1 WHERE id = 3", "deliveries whose time of delivery does not fit their state: 3"),
        ("UPDATE deliveries SET state = 'retrying' WHERE id = 2", "retrying deliveries without an attempt: 2"),
        ("UPDATE deliveries SET state = 'expired' WHERE id = 2", "finished deliveries without a reason: 2"),
        ("UPDATE deliveries SET dropped_at = 1 WHERE id = 1", "deliveries put aside that are neither dead nor unknown: 1"),
        (
            "PRAGMA ignore_check_constraints = 1; UPDATE deliveries SET state = 'lost' WHERE id = 3",
            "deliveries in a state that there is not: 3 (lost)"
        ),
        ("UPDATE attempts SET outcome = 'maybe'", "deliveries with an attempt whose outcome there is not: 1 (maybe)"),
        ("UPDATE attempts SET number = 2", "deliveries whose attempts are not numbered 1, 2, 3: 1"),
        ("UPDATE deliveries SET incident = NULL WHERE id = 1", "deliveries whose incident is not that of their event: 1"),
        (
            "UPDATE incidents SET state = (SELECT incident_after FROM events WHERE sequence = 1)",
            "incidents whose state is not that after their last event: INC1"
        ),
        ("UPDATE deliveries SET created = -5 WHERE id = 2", "deliveries with a time that cannot be: 2"),
        ("UPDATE attempts SET ms = -1", "deliveries with an attempt at a time that cannot be: 1"),
        ("UPDATE events SET received_at = 0 WHERE sequence = 3", "events with a time that cannot be: 3"),
        ("UPDATE deliveries SET unknowns = 2 WHERE id = 1", "deliveries with a count that cannot be: 1"),
        ("UPDATE deliveries SET routes = x'7b' WHERE id = 1", "deliveries whose routes or earlier ways cannot be read: 1"),
        ("INSERT INTO destinations (lane, channels, breaker, since) VALUES ('l', x'7b', 'open', 1)", "whose channels cannot be read: l"),
        (
            "UPDATE events SET document = CAST(replace(CAST(document AS TEXT), 'Payments', 'Billing') AS BLOB) WHERE sequence = 2",
            "events whose document is not the one that was accepted: 2"
        ),
        ("UPDATE incidents SET is_open = 0", "incidents that are listed as what their state does not say: INC1"),
    ]

    /// Of a ledger with a digest of 4 and 5 (6), one that is held (7), one that is silenced (8), an alarm and a silence.
    private static let damagesOfTime: [(sql: String, finding: String)] = [
        ("UPDATE deliveries SET hold = NULL WHERE id = 7", "held deliveries without a kind of hold or a key: 7"),
        ("UPDATE deliveries SET hold = 'whim' WHERE id = 7", "held deliveries without a kind of hold or a key: 7"),
        ("UPDATE deliveries SET state = 'pending' WHERE id = 8", "that a silence is named for, and that are not suppressed: 8"),
        ("UPDATE deliveries SET reason = NULL WHERE id = 8", "finished deliveries without a reason: 8"),
        ("UPDATE deliveries SET digest = '99' WHERE id = 4", "deliveries of a digest that is not there: 4"),
        ("UPDATE deliveries SET digest = NULL WHERE id = 4", "digests that do not hold as many as name them: 6"),
        (
            "UPDATE deliveries SET digest = NULL; UPDATE deliveries SET contains = 0",
            "digests that are to go out, and hold nothing: 6"
        ),
        (
            "UPDATE deliveries SET state = 'expired', reason = 'x' WHERE id = 6",
            "deliveries that are held for a digest that is finished: 4, 5"
        ),
        (
            "UPDATE deliveries SET state = 'delivered', delivered_at = 1 WHERE id = 6",
            "deliveries whose digest was delivered, and they were not: 4, 5"
        ),
        ("UPDATE deliveries SET state = 'pending' WHERE id = 4", "deliveries that a digest says, and that go out by themselves: 4"),
        ("UPDATE deliveries SET released = 1, hold = NULL WHERE id = 8", "left their hold before they were made, or without one: 8"),
        ("UPDATE deliveries SET kind = 'pigeon' WHERE id = 7", "cannot be read, and so do not go out: 7 (the kind of a channel)"),
        ("UPDATE alarms SET subject = 'incident/GONE'", "alarms of what is not there: incident/GONE"),
        ("UPDATE alarms SET subject = 'whim'", "alarms of what is not there: whim"),
        ("UPDATE alarms SET due = -1", "alarms at a time that cannot be: incident/INC1"),
        ("UPDATE silences SET state = x'7b'", "silences that cannot be read, and so silence nothing: x1 (a column that is not JSON)"),
        (
            "INSERT INTO subscriptions (id, state) VALUES ('s', x'7b7d')",
            "subscriptions that cannot be read, and so do not count: s (a subscription)"
        ),
        ("UPDATE incidents SET open_service = 'x'", "incidents that are listed as what their state does not say: INC1, OTHER"),
    ]

    @Test(arguments: damagesOfTime.indices)
    func damageOfTimeIsNamed(_ index: Int) async throws {
        let damage = Self.damagesOfTime[index]
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(
            arrival(try event("e1")), arrival(try event("e2", time: after(1))), arrival(try event("e3", time: after(2))),
            timed(
                try event("e4", time: after(3)), [held(60, address: "H")], alarm: 60, changes: [.silence(silence(), alarm: nil)],
                at: after(3)),
            timed(try event("o1", incident: "OTHER", time: after(3)), [held(60, address: "H")], at: after(3)))
        #expect(try await store.release(now: after(60), limit: 5).messages == [ReleasedMessage(delivery: 6, contains: [4, 5])])
        #expect(ids.count == 5)
        try await store.take(
            timed(try event("o2", incident: "OTHER", time: after(61)), [held(900, address: "H"), suppressed(address: "S")], at: after(61)))
        #expect(try await store.verify() == [])
        await store.close()
        try fixture.damage(damage.sql)
        let reader = try LedgerStore(directory: fixture.directory, readOnly: true)
        let findings = try await reader.verify()
        #expect(findings.contains { $0.hasSuffix(damage.finding) }, "\(findings)")
        await reader.close()
    }

    @Test(arguments: damages.indices)
    func damageIsNamed(_ index: Int) async throws {
        let damage = Self.damages[index]
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(
            arrival(try event("e1")), arrival(try event("e2", time: start.addingTimeInterval(1))),
            arrival(try event("e3", time: start.addingTimeInterval(2))))
        _ = try await store.record([accepted(ids[0])])
        #expect(try await store.verify() == [])
        await store.close()
        try fixture.damage(damage.sql)
        let reader = try LedgerStore(directory: fixture.directory, readOnly: true)
        let findings = try await reader.verify()
        #expect(findings.contains { $0.hasSuffix(damage.finding) }, "\(findings)")
        await reader.close()
    }
}
