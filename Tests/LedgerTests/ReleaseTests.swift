// What is held waits, blocks nothing, and leaves its hold as one message for each address and key.

import Foundation
import Incidents
import Routing
import Testing

@testable import Ledger

@Suite struct ReleaseTests {
    @Test func whatIsNotSentIsWrittenWithItsReason() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let receipt = try await store.accept([
            timed(
                try event("e1"),
                [
                    held(60, key: "k", kind: .group), suppressed(address: "C2"),
                    planned(.supersede("overtaken by the breach"), "ops-slack", "C3"),
                ])
        ])[0]
        #expect(receipt.ready.isEmpty)
        let rows = try await store.deliveries()
        #expect(rows.map(\.state) == [.held, .suppressed, .superseded])
        #expect(rows.map(\.reason) == ["held until 60 s", "silence x1", "overtaken by the breach"])
        #expect(rows[0].dueAt == after(60))
        #expect((rows[0].hold, rows[0].holdKey, rows[1].silence) == (.group, "k", "x1"))
        #expect(try await store.summary(now: start).deliveries == [.held: 1, .suppressed: 1, .superseded: 1])
        #expect(try await store.nextRelease() == after(60))
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func heldOnesBlockNothingAndAreNotBlocked() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let receipts = try await store.accept([
            timed(try event("e1"), [held(60)]), arrival(try event("e2", time: after(1)), at: after(1)),
            timed(try event("e3", time: after(2)), [held(60)], at: after(2)),
        ])
        #expect(receipts[1].ready.map(\.isFirst) == [true])
        #expect(try await store.deliveries().map(\.isBlocked) == [false, false, false])
        #expect(try await store.release(now: after(59), limit: 10).messages.isEmpty)
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func oneAloneGoesAsItselfBehindWhatIsUnderWay() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(
            arrival(try event("e1"), [delivery(priority: 2)]),
            timed(try event("e2", time: after(1)), [held(60, priority: 0)], at: after(1)))
        let released = try await store.release(now: after(60), limit: 10)
        #expect(released.messages == [ReleasedMessage(delivery: ids[1])])
        #expect((released.ready.count, released.isMore) == (0, false))
        #expect(released.raised.map(\.priority) == [0])
        let row = try #require(try await store.delivery(ids[1]))
        #expect((row.state, row.isBlocked, row.reason, row.releasedAt) == (.pending, true, nil, after(60)))
        #expect(try await store.verify() == [])
        #expect(try await store.record([accepted(ids[0], at: after(61))]).ready.map(\.id) == [ids[1]])
        #expect(try await store.nextRelease() == nil)
        #expect(try await store.verify() == [])
        await store.close()
    }

    /// What it says may not be so any more: a digest says what is.
    @Test func oneThatIsOlderThanWhatWasToldIsNotSentAsItself() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(
            timed(try event("e1"), [held(60)]), arrival(try event("e2", time: after(1)), [delivery(due: after(1))], at: after(1)))
        _ = try await store.record([accepted(ids[1], at: after(2))])
        let released = try await store.release(now: after(60), limit: 10)
        #expect(released.messages.map(\.contains) == [[ids[0]]])
        #expect(try await store.verify() == [])
        await store.close()
    }

    /// A test of the channel, or Tocsin's own troubles, say nothing of the incident.
    @Test(arguments: ["ping", "operations"]) func whatSaysNothingOfTheIncidentOvertakesNothing(template: String) async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        var other = delivery(due: after(1))
        other.template = template
        let ids = try await store.take(
            timed(try event("e1"), [held(60)]), arrival(try event("e2", time: after(1)), [other], at: after(1)))
        _ = try await store.record([accepted(ids[1], at: after(2))])
        let released = try await store.release(now: after(60), limit: 10)
        #expect(released.messages.map(\.delivery) == [ids[0]])
        #expect(released.messages.map(\.contains) == [[]])
        await store.close()
    }

    /// They leave together, once the newest has waited; at the latest a minute after the first.
    @Test func lateOnesWaitForOneAnother() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(
            timed(try event("a", incident: "A"), [held(2, key: "late")]),
            timed(try event("b", incident: "A", time: after(1)), [held(3.5, key: "late")], at: after(1.5)))
        #expect(try await store.release(now: after(2.1), limit: 10).messages.isEmpty)
        #expect(try await store.nextRelease() == after(3.5))
        let released = try await store.release(now: after(3.5), limit: 10)
        #expect(released.messages == [ReleasedMessage(delivery: ids[1], superseded: [ids[0]])])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func severalBecomeADigestThatTheyFollow() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(
            timed(try event("a1", incident: "A"), [held(60, priority: 2)], severity: Severity(name: "high", rank: 1)),
            timed(try event("b1", incident: "B"), [held(60, priority: 0, urgent: true)], severity: Severity(name: "low", rank: 3)),
            timed(try event("a2", incident: "A", status: "in_progress", time: after(1)), [held(50)], at: after(1)),
            timed(try event("c1", incident: "C"), [held(60, key: "other")]), timed(try event("d1", incident: "D"), [held(61)]))
        let released = try await store.release(now: after(60), limit: 10)
        let digest = try #require(released.messages.first { !$0.contains.isEmpty })
        #expect(digest.contains == [ids[0], ids[1], ids[2]])
        #expect(released.messages.map(\.delivery) == [digest.delivery, ids[3]])
        let ready = try #require(released.ready.first { $0.id == digest.delivery })
        #expect((ready.template, ready.origin, ready.isUrgent, ready.priority, ready.event.event.id) == ("digest", .digest, true, 0, "a2"))
        #expect(ready.routes == ["first", "second"])
        #expect(ready.digest.map(\.incident?.id) == ["A", "B"])
        #expect(ready.digest.map(\.count) == [2, 1])
        #expect(ready.digest.map(\.event.id) == ["a2", "b1"])
        #expect(ready.digest.map(\.incident?.status) == [.inProgress, .open])
        #expect(ready.digestMore == 0)
        #expect(try await store.verify() == [])

        #expect(try await store.states() == [.held, .held, .held, .pending, .held, .pending])
        _ = try await store.record([accepted(digest.delivery, at: after(61))])
        #expect(try await store.states() == [.delivered, .delivered, .delivered, .pending, .held, .delivered])
        let row = try #require(try await store.delivery(ids[0]))
        #expect((row.digest, row.deliveredAt?.microseconds) == ("\(digest.delivery)", after(61.012).microseconds))
        let holder = try #require(try await store.delivery(digest.delivery))
        #expect((holder.contains, holder.containsCount, holder.incident) == (digest.contains, 3, nil))
        #expect(try await store.summary(now: after(61)).deliveries == [.delivered: 4, .pending: 1, .held: 1])
        #expect(try await store.verify() == [])
        await store.close()
    }

    /// Subscribers can leave from it; whoever was named for any of it could not.
    @Test(arguments: [(["s1", "s1"], "s1"), (["s1", "s2"], "s1"), (["s1", nil], nil), ([nil, nil], nil)] as [([String?], String?)])
    func aDigestIsOfASubscriptionWhereAllOfItIs(subscriptions: [String?], expected: String?) async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        for (number, subscription) in subscriptions.enumerated() {
            var planned = held(60, kind: .digest)
            planned.subscription = subscription
            try await store.take(timed(try event("e\(number)", incident: "I\(number)"), [planned]))
        }
        let released = try await store.release(now: after(60), limit: 10)
        #expect(released.ready.map(\.subscription) == [expected])
        #expect(released.ready.map(\.origin) == [.digest])
        await store.close()
    }

    @Test func whatEndedWhileItWasHeldIsOneLineInItsLatestState() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(
            timed(try event("e1"), [held(60)]), timed(try event("e2", status: "resolved", time: after(1)), at: after(1)))
        let released = try await store.release(now: after(60), limit: 10)
        #expect(released.messages.map(\.contains) == [ids])
        #expect(released.ready.first?.digest.map(\.incident?.status) == [.resolved])
        #expect(try await store.delivery(released.messages[0].delivery)?.incident == "INC1")
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func aDigestThatDiesTakesItsContentsAlongAndBack() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        _ = try await store.take(timed(try event("a1", incident: "A"), [held(60)]), timed(try event("b1", incident: "B"), [held(60)]))
        let digest = try await store.release(now: after(60), limit: 10).messages[0].delivery
        _ = try await store.record([refused(digest, at: after(61))])
        #expect(try await store.states() == [.dead, .dead, .dead])
        #expect(try await store.deliveries().first?.reason == "in digest \(digest): no_such_destination")
        // Only the digest is listed, and can be tried again.
        #expect(try await store.deliveries(DeliveryFilter(needsMending: true)).map(\.id) == [digest])
        #expect(try await store.summary(now: after(61)).needsMending == 1)
        #expect(try await store.verify() == [])
        #expect(try await store.retryDead(nil, now: after(70)) == [digest])
        #expect(try await store.states() == [.held, .held, .pending])
        #expect(try await store.verify() == [])
        _ = try await store.record([accepted(digest, at: after(71))])
        #expect(try await store.states() == [.delivered, .delivered, .delivered])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func aDigestByAnotherWayIsTheSameDigest() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        _ = try await store.take(
            timed(try event("a1", incident: "A"), [held(60)]),
            // Its newest event has a message of its own at the next way.
            timed(try event("b1", incident: "B"), [held(60), delivery("mail", "x@example.com")]))
        let digest = try await store.release(now: after(60), limit: 10).messages[0].delivery
        var record = refused(digest, at: after(61))
        record.fallback = FallbackPlan(planned: delivery("mail", "x@example.com"), lane: "lane-mail")
        let other = try #require(try await store.record([record]).ready.first)
        #expect((other.origin, other.digest.count, other.fallbackOf) == (.digest, 2, digest))
        #expect(try await store.states() == [.held, .held, .pending, .dead, .pending])
        #expect(try await store.verify() == [])
        _ = try await store.record([accepted(other.id, at: after(62))])
        #expect(try await store.states() == [.delivered, .delivered, .pending, .dead, .delivered])
        #expect(try await store.surroundings { try $0.told(of: "A").map(\.state) } == [.heard])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func aDigestOfOneIncidentCollapsesIntoWhatCameLater() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        _ = try await store.take(timed(try event("e1"), [held(60)]), timed(try event("e2", time: after(1)), [held(60)], at: after(1)))
        let digest = try await store.release(now: after(60), limit: 10).messages[0].delivery
        let late = try await store.take(arrival(try event("e3", time: after(70)), [delivery(due: after(70))], at: after(70)))[3]
        let next = try #require(try await store.record([overtaken(digest, at: after(100))]).ready.first)
        #expect((next.id, next.digest.map(\.count)) == (late, [2]))
        #expect(try await store.verify() == [])
        _ = try await store.record([accepted(late, at: after(101))])
        #expect(try await store.states() == [.delivered, .delivered, .superseded, .delivered])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func lateOnesGoByIncident() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        func late(_ id: String, _ incident: String, _ seconds: TimeInterval, _ status: String = "open") throws -> Arrival {
            timed(
                try event(id, incident: incident, status: status, time: after(seconds)), [held(900, key: "late", kind: .late)],
                at: after(seconds))
        }
        let ids = try await store.take(
            try late("a1", "A", 0), try late("a2", "A", 1, "in_progress"), try late("b1", "B", 2), try late("b2", "B", 3, "resolved"))
        #expect(try await store.release(now: after(60), limit: 10).messages.isEmpty)
        let released = try await store.release(now: after(60), late: true, limit: 10)
        #expect(released.messages == [ReleasedMessage(delivery: ids[1], superseded: [ids[0]])])
        let ready = try #require(released.ready.first)
        #expect((ready.id, ready.due, ready.replaces, ready.earlier.map(\.event.id)) == (ids[1], after(60), 1, ["a1"]))
        #expect(try await store.states() == [.superseded, .pending, .superseded, .superseded])
        #expect(try await store.deliveries().map(\.successor) == [ids[1], nil, nil, nil])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func dependentsGoWithTheNextWordAboutTheirParent() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let key = "dependency/P"
        let ids = try await store.take(
            timed(try event("c1", incident: "C"), [held(900, key: key, kind: .dependency)]),
            timed(try event("c2", incident: "C", time: after(1)), [held(900, key: key, kind: .dependency, address: "C2")], at: after(1)))
        let receipt = try await store.accept([
            arrival(try event("p1", incident: "P", time: after(2)), [delivery(due: after(2))], at: after(2))
        ])[0]
        let word = try #require(receipt.ready.first)
        #expect(word.digest.map(\.incident?.id) == ["C"])
        #expect(try await store.delivery(ids[0])?.digest == "\(word.id)")
        #expect(try await store.verify() == [])
        _ = try await store.record([accepted(word.id, at: after(3))])
        #expect(try await store.states() == [.delivered, .held, .delivered])
        // The parent ends, and nobody at the other address hears of it: what waits there is due.
        _ = try await store.accept([timed(try event("p2", incident: "P", status: "resolved", time: after(10)), at: after(10))])
        #expect(try await store.nextRelease() == after(10))
        #expect(try await store.release(now: after(10), limit: 10).messages == [ReleasedMessage(delivery: ids[1])])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func dependentsAreFoundAgainAfterARestart() async throws {
        let fixture = try LedgerFixture()
        var store = try fixture.open()
        try await store.take(timed(try event("c1", incident: "C"), [held(900, key: "dependency/P", kind: .dependency)]))
        await store.close()
        store = try fixture.open()
        let receipt = try await store.accept([arrival(try event("p1", incident: "P"))])[0]
        #expect(receipt.ready.first?.digest.count == 1)
        await store.close()
    }

    @Test func aWordThatExpiresLetsItsDependentsGoByThemselves() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(
            timed(try event("c1", incident: "C"), [held(900, key: "dependency/P", kind: .dependency)]),
            arrival(try event("p1", incident: "P")))
        _ = try await store.record([AttemptRecord(delivery: ids[1], at: after(5), outcome: "", next: .expired("too old"))])
        #expect(try await store.states() == [.held, .expired])
        #expect(try await store.nextRelease() == after(5))
        #expect(try await store.verify() == [])
        #expect(try await store.release(now: after(5), limit: 1).ready.map(\.id) == [ids[0]])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func theLimitCountsGroups() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        for index in 0..<5 {
            try await store.take(
                timed(
                    try event("e\(index)", incident: "I\(index)"),
                    [held(Double(index), address: "C\(index)"), held(60, address: "X\(index)")]))
        }
        let first = try await store.release(now: after(10), limit: 3)
        #expect((first.messages.count, first.isMore) == (3, true))
        let second = try await store.release(now: after(10), limit: 3)
        #expect((second.messages.count, second.isMore) == (2, false))
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func aReleaseThatFailsBeforeItsCommitIsRepeatedWhole() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(timed(try event("a1", incident: "A"), [held(60)]), timed(try event("b1", incident: "B"), [held(60)]))
        try await store.writing {
            try $0.execute(sql: "CREATE TRIGGER bad BEFORE UPDATE OF contains ON deliveries BEGIN SELECT raise(FAIL, 'no'); END")
        }
        #expect(try await store.release(now: after(60), limit: 10).messages.isEmpty)
        #expect(try await store.states() == [.held, .held])
        #expect(try await store.nextRelease() == after(120))
        #expect(try await store.verify() == [])
        try await store.writing { try $0.execute(sql: "DROP TRIGGER bad") }
        #expect(try await store.release(now: after(120), limit: 10).messages.map(\.contains.count) == [2])
        #expect(try await store.states() == [.held, .held, .pending])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func aDamagedRowKeepsBackOnlyItsOwnGroup() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(
            timed(try event("a1", incident: "A"), [held(60)]), timed(try event("b1", incident: "B"), [held(60)]),
            timed(try event("c1", incident: "C"), [held(60, address: "C2")]))
        try await store.writing { try $0.execute(sql: "UPDATE deliveries SET kind = 'pigeon' WHERE id = 2") }
        #expect(try await store.release(now: after(60), limit: 10).messages.map(\.delivery) == [ids[2]])
        #expect(try await store.number("SELECT count(*) FROM deliveries WHERE state = 'held' AND due = \(after(120).microseconds)") == 2)
        #expect(try await store.release(now: after(60), limit: 10).messages.isEmpty)
        #expect(try await store.verify().count == 1)
        await store.close()
    }

    @Test func aDigestOfTenThousandIsBounded() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let arrivals = try (0..<10_000).map {
            timed(try event("e\($0)", incident: "I\($0 % 3_000)", time: after(Double($0) / 1_000)), [held(60)])
        }
        _ = try await store.accept(arrivals)
        let released = try await store.release(now: after(60), limit: 10)
        #expect(released.messages.map(\.contains.count) == [10_000])
        let ready = try #require(released.ready.first)
        #expect((ready.digest.count, ready.digestMore) == (50, 2_950))
        #expect(ready.digest.first?.event.id == "e9999")
        _ = try await store.record([accepted(ready.id, at: after(61))])
        #expect(try await store.summary(now: after(61)).deliveries == [.delivered: 10_001])
        await store.close()
    }

    @Test func whatIsHeldStaysSoAfterARestoreAndItsDigestDoesNot() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(
            timed(try event("a1", incident: "A"), [held(60)]), timed(try event("b1", incident: "B"), [held(60)]),
            timed(try event("c1", incident: "C"), [held(900)]))
        _ = try await store.release(now: after(60), limit: 10)
        #expect(try await store.markRestored(now: after(61)) == 1)
        #expect(try await store.states() == [.unknown, .unknown, .held, .unknown])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func aClockThatIsSetBackKeepsTheWaitOfWhatIsHeld() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(timed(try event("e1"), [held(90_000)], at: after(86_400)))
        #expect(try await store.recallFromFuture(now: start) == 1)
        #expect(try await store.nextRelease() == after(3_600))
        #expect(try await store.recallFromFuture(now: after(1)) == 0)
        await store.close()
    }
}
