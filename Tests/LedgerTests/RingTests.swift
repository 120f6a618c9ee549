// Alarms: one for each incident, moved by events; what falls due is raised once.

import Foundation
import Incidents
import JSON
import Routing
import Synchronization
import Testing

@testable import Ledger

@Suite struct RingTests {
    /// Raises one `update` for each mark of `marks` that an incident's title does not carry yet, then wants to ring an hour on.
    private func bell(marks: [String] = ["one"], at now: Date = after(60), next: TimeInterval? = 3_660) -> AlarmBell {
        AlarmBell { subject, incident, _ in
            guard case .incident(let id) = subject, let incident else { return [] }
            guard let mark = marks.first(where: { incident.members[$0] == nil }) else { return [] }
            return [try raised(id, mark, at: now, alarm: next)]
        } alarm: { subject, _, _ in
            next.map { Alarm(subject: subject, due: after($0), what: "later") }
        }
    }

    @Test func theAlarmFollowsTheDecisions() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(timed(try event("e1"), alarm: 60), timed(try event("o", incident: "OTHER"), alarm: 30))
        #expect(try await store.alarms() == ["incident/INC1": 60, "incident/OTHER": 30])
        #expect(try await store.nextAlarm() == after(30))
        #expect(try await store.dueAlarms(now: after(60), limit: 5).map(\.subject) == [.incident("INC1"), .incident("OTHER")])
        #expect(try await store.dueAlarms(now: after(59), limit: 5).map(\.subject) == [.incident("OTHER")])
        try await store.take(timed(try event("e2", time: after(1)), alarm: 90, at: after(1)))
        try await store.take(timed(try event("o2", incident: "OTHER", time: after(1)), at: after(1)))
        #expect(try await store.alarms() == ["incident/INC1": 90])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func whatFallsDueIsRaisedOnceAndTheNextAlarmIsSet() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(timed(try event("e1"), alarm: 60), timed(try event("o", incident: "OTHER"), alarm: 50))
        let due = try await store.dueAlarms(now: after(60), limit: 5)
        let receipts = try await store.ring(due, with: bell(marks: ["one", "two"]), now: after(60))
        #expect(receipts.compactMap(\.sequence) == [3, 4, 5, 6])
        #expect(try await store.alarms() == ["incident/INC1": 3_660, "incident/OTHER": 3_660])
        // The same alarms again: they have moved.
        #expect(try await store.ring(due, with: bell(marks: ["one", "two", "three"]), now: after(60)).isEmpty)
        #expect(try await store.summary(now: after(60)).events == 6)
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func aRingThatFailsBeforeItsCommitRaisesOnceInTheEnd() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(timed(try event("e1"), alarm: 60), timed(try event("o", incident: "OTHER"), alarm: 50))
        let due = try await store.dueAlarms(now: after(60), limit: 5)
        // All is done but the end of the transaction.
        try await store.writing {
            try $0.execute(sql: "CREATE TABLE p (i PRIMARY KEY); CREATE TABLE c (i REFERENCES p DEFERRABLE INITIALLY DEFERRED)")
            try $0.execute(sql: "CREATE TRIGGER bad AFTER INSERT ON events BEGIN INSERT INTO c VALUES (1); END")
        }
        #expect(await code { _ = try await store.ring(due, with: bell(), now: after(60)) } == .internalFault)
        #expect(try await store.alarms() == ["incident/INC1": 60, "incident/OTHER": 50])
        #expect(try await store.summary(now: after(60)).events == 2)
        #expect(try await store.incident("INC1")?.members["one"] == nil)
        try await store.writing { try $0.execute(sql: "DROP TRIGGER bad") }
        let receipts = try await store.ring(due, with: bell(), now: after(60))
        #expect(receipts.compactMap(\.sequence).count == 2)
        #expect(try await store.ring(due, with: bell(), now: after(60)).isEmpty)
        #expect(try await store.summary(now: after(60)).events == 4)
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func whatIsRaisedAfterACrashIsADuplicateAndTheAlarmMovesOn() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(timed(try event("e1"), alarm: 60))
        let again = AlarmBell { subject, incident, _ in
            [try raised("INC1", "one", at: after(60), alarm: 60)]
        } alarm: { subject, _, _ in
            Alarm(subject: subject, due: after(600), what: "later")
        }
        let receipts = try await store.ring(try await store.dueAlarms(now: after(60), limit: 5), with: again, now: after(60))
        #expect(receipts.count == 2)
        #expect((receipts[0].sequence, receipts[1].isDuplicate) == (2, true))
        #expect(try await store.alarms() == ["incident/INC1": 600])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func nothingRaisedTakesTheBellsAlarm() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(timed(try event("e1"), alarm: 60))
        let due = try await store.dueAlarms(now: after(60), limit: 5)
        #expect(try await store.ring(due, with: bell(marks: []), now: after(60)).isEmpty)
        #expect(try await store.alarms() == ["incident/INC1": 3_660])
        #expect(try await store.verify() == [])
        let last = try await store.dueAlarms(now: after(4_000), limit: 5)
        #expect(try await store.ring(last, with: bell(marks: [], next: nil), now: after(4_000)).isEmpty)
        #expect(try await store.alarms() == [:])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func anAlarmThatComesToNothingDoesNotSpin() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(timed(try event("e1"), alarm: 60))
        let receipts = try await store.ring(
            try await store.dueAlarms(now: after(500), limit: 5), with: bell(marks: [], next: 60), now: after(500))
        #expect(receipts.compactMap(\.rejection).map { $0.message.contains("look at INC1") } == [true])
        #expect(try await store.alarms() == ["incident/INC1": 560])
        #expect(try await store.verify() == [])
        await store.close()
    }

    /// Nobody could ring it: the Clock must not wait for it either.
    @Test func aDamagedAlarmIsNotWaitedFor() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(timed(try event("e1"), alarm: 60))
        try await store.writing { try $0.execute(sql: "INSERT INTO alarms VALUES ('nonsense', 5, ''), ('address/fax/1', 6, '')") }
        #expect(try await store.nextAlarm() == after(60))
        #expect(try await store.dueAlarms(now: after(60), limit: 1).map(\.subject) == [.incident("INC1")])
        await store.close()
    }

    /// One message of a step was refused for good, the other waits: held counts as unreachable.
    @Test func aStepOfWhichTheRestIsHeldHasFailed() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        var one = delivery()
        var other = held(3_600, address: "C2")
        one.origin = .step
        other.origin = .step
        let ids = try await store.take(timed(try event("e1"), [one, other], alarm: 600))
        #expect(try await store.surroundings { try $0.stepFailed(of: "INC1") } == false)
        _ = try await store.record([refused(ids[0], at: after(5))])
        #expect(try await store.surroundings { try $0.stepFailed(of: "INC1") })
        // At the end of the attempt.
        let alarm = try #require(try await store.alarms()["incident/INC1"])
        #expect((5...6).contains(alarm))
        await store.close()
    }

    /// What is held alone is known when the step runs, and waits for nothing.
    @Test func aStepThatSomebodyMayStillHearHasNotFailed() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        var all = [delivery(), delivery("ops-slack", "C3"), held(3_600, address: "C2")]
        for place in all.indices { all[place].origin = .step }
        let ids = try await store.take(timed(try event("e1"), all, alarm: 600))
        _ = try await store.record([refused(ids[0], at: after(5)), accepted(ids[1], at: after(5))])
        #expect(try await store.surroundings { try $0.stepFailed(of: "INC1") } == false)
        await store.close()
    }

    @Test func aBellThatNeverEndsIsAskedAgainLater() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(timed(try event("e1"), alarm: 60))
        let count = Mutex(0)
        let endless = AlarmBell { _, _, _ in
            let number = count.withLock {
                $0 += 1; return $0
            }
            return [try raised("INC1", "m\(number)", at: after(60), alarm: 61)]
        } alarm: { _, _, _ in
            nil
        }
        let receipts = try await store.ring(try await store.dueAlarms(now: after(60), limit: 5), with: endless, now: after(60))
        #expect(receipts.count == RingTransaction.rounds)
        #expect(try await store.alarms() == ["incident/INC1": 61])
        await store.close()
    }

    @Test func aDamagedIncidentKeepsBackOnlyItsOwnAlarm() async throws {
        let fixture = try LedgerFixture()
        var store = try fixture.open()
        try await store.take(timed(try event("e1"), alarm: 60), timed(try event("o", incident: "OTHER"), alarm: 50))
        await store.close()
        try fixture.damage("UPDATE incidents SET state = x'00' WHERE id = 'INC1'")
        store = try fixture.open()
        let receipts = try await store.ring(try await store.dueAlarms(now: after(60), limit: 5), with: bell(), now: after(60))
        #expect(receipts.compactMap(\.rejection).count == 1)
        #expect(receipts.compactMap(\.sequence).count == 1)
        #expect(try await store.alarms() == ["incident/INC1": 120, "incident/OTHER": 3_660])
        await store.close()
    }

    @Test func anEventThatIsVoidWritesNothingButTheAlarm() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(timed(try event("e1"), alarm: 60))
        let receipt = try await store.accept([timed(try event("e2", status: "resolved"), [delivery()], alarm: 90, isVoid: true)])[0]
        #expect(receipt.isDuplicate)
        #expect(try await store.alarms() == ["incident/INC1": 90])
        #expect(try await store.incident("INC1")?.status == .open)
        let summary = try await store.summary(now: start)
        #expect((summary.events, summary.duplicates, summary.deliveries) == (1, 0, [:]))
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func alarmsAreSetAnewInSteps() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        for index in 0..<7 {
            try await store.take(timed(try event("e\(index)", incident: "I\(index)", status: index == 3 ? "closed" : "open"), alarm: 60))
        }
        #expect(try await store.alarmsVersion() == nil)
        var (place, steps): (String?, Int) = (nil, 0)
        repeat {
            place = try await store.rescheduleAlarms(after: place, limit: 3, severity: { _ in Severity(name: "high", rank: 1) }) {
                incident in
                incident.id == "I6" ? nil : Alarm(subject: .incident(incident.id), due: after(600), what: "new")
            }
            steps += 1
        } while place != nil
        #expect(steps == 3)
        #expect(try await store.alarms()["incident/I3"] == 60)
        #expect(try await store.alarms().values.filter { $0 == 600 }.count == 5)
        #expect(try await store.number("SELECT count(*) FROM incidents WHERE judged = 'high'") == 6)
        try await store.setAlarmsVersion("v2")
        #expect(try await store.alarmsVersion() == "v2")
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func theAlarmOfASilenceRaisesItsEnd() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let x1 = silence()
        let alarm = Alarm(subject: .silence("x1"), due: after(3_600), what: "silence x1 ends")
        try await store.take(timed(try event("s1", incident: nil, type: .operations), changes: [.silence(x1, alarm: alarm)]))
        #expect(try await store.alarms() == ["silence/x1": 3_600])
        #expect(try await store.verify() == [])
        let bell = AlarmBell { subject, incident, surroundings in
            guard case .silence(let id) = subject, incident == nil else { return [] }
            guard var over = try surroundings.silences.elements.first(where: { $0.id == id }) else { return [] }
            over.endedAt = after(3_600)
            over.isSettled = true
            let told = try event("\(id)/ended", incident: nil, source: "tocsin", type: .operations, time: after(3_600))
            return [timed(told, changes: [.silence(over, alarm: nil)], at: after(3_600))]
        } alarm: { _, _, _ in
            nil
        }
        let due = try await store.dueAlarms(now: after(3_600), limit: 5)
        #expect(try await store.ring(due, with: bell, now: after(3_600)).compactMap(\.sequence) == [2])
        #expect(try await store.alarms() == [:])
        #expect(try await store.silences(includeEnded: false).isEmpty)
        #expect(try await store.silences(includeEnded: true).map(\.silence.endedAt) == [after(3_600)])
        #expect(try await store.verify() == [])
        await store.close()
    }
}

/// An event that marks its incident, and sets its alarm.
private func raised(_ incident: String, _ mark: String, at now: Date, alarm: TimeInterval?) throws -> Arrival {
    let document: JSONValue = [
        "id": .string("\(incident)/\(mark)"), "type": "update", "source": "tocsin", "time": .string(Timestamp.format(now)),
        "message": "raised", "incident": .object(["id": .string(incident), mark: "yes"]),
    ]
    let event = try EventParser(scale: .standard, allowsReservedTypes: true).event(
        from: document, origin: EventOrigin(file: "x.json", modified: now, size: 1))
    return timed(event, alarm: alarm, at: now)
}
