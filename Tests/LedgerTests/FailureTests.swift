// A full disk, a row that cannot be stored, a caller who is cancelled: nothing is half done, and it goes on.

import Foundation
import GRDB
import Incidents
import Routing
import Synchronization
import Testing

@testable import Ledger

@Suite struct FailureTests {
    private func limitPages(_ store: LedgerStore, spare: Int?) async throws {
        try await store.writing { database in
            let pages = try database.number("PRAGMA page_count")
            try database.execute(sql: "PRAGMA max_page_count = \(spare.map { pages + $0 } ?? 1_000_000)")
        }
    }

    @Test func aFullDiskFailsTheWholeCallAndLaterItGoesOn() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let first = try await store.take(arrival(try event("e0")))
        try await limitPages(store, spare: 2)
        let many = try (1...200).map { arrival(try event("e\($0)", incident: "I\($0)", message: String(repeating: "x", count: 500))) }
        #expect(await code { _ = try await store.accept(many) } == .diskFull)
        #expect(try await store.number("SELECT count(*) FROM events") == 1)
        #expect(try await store.number("SELECT count(*) FROM incidents") == 1)
        // What was sent still finds room.
        #expect(try await store.record([accepted(first[0])]).ready.isEmpty)
        try await limitPages(store, spare: nil)
        let receipts = try await store.accept(many)
        #expect(receipts.compactMap(\.sequence).count == 200)
        #expect(receipts.allSatisfy { $0.ready.count == 1 })
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func outcomesAreRecordedThoughTheArrivalsOfTheirBatchFail() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let first = try await store.take(arrival(try event("e0")))
        try await limitPages(store, spare: 2)
        let many = try (1...200).map { arrival(try event("e\($0)", incident: "I\($0)", message: String(repeating: "x", count: 500))) }
        let gate = await Gate(store)
        async let failing = code { _ = try await store.accept(many) }
        async let recorded = store.record([accepted(first[0])]).ready
        try await gate.open(after: 2)
        #expect(await failing == .diskFull)
        _ = try await recorded
        #expect(try await store.delivery(first[0])?.state == .delivered)
        await store.close()
    }

    @Test func onlyTheBadEventOfABatchIsTurnedAway() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.writing { database in
            try database.execute(
                sql: "CREATE TRIGGER bad BEFORE INSERT ON events WHEN NEW.id = 'e2' BEGIN SELECT raise(ABORT, 'no'); END")
        }
        let receipts = try await store.accept([
            arrival(try event("e1")), arrival(try event("e2", status: "resolved")),
            arrival(try event("e3", time: start.addingTimeInterval(1))),
        ])
        #expect(receipts.map { $0.sequence != nil } == [true, false, true])
        #expect(receipts[1].rejection?.code == .wrongType)
        #expect(try await store.incident("INC1")?.status == .open)
        #expect(try await store.deliveries().map(\.event) == ["e1", "e3"])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func aLockedLedgerFailsAllCallsAfterOneWait() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e0", incident: "I0")), arrival(try event("e1", incident: "I1")))
        let wait = 500
        try await store.writing { try $0.execute(sql: "PRAGMA busy_timeout = \(wait)") }
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let other = try DatabaseQueue(path: fixture.path, configuration: configuration)
        try await other.writeWithoutTransaction { try $0.execute(sql: "BEGIN IMMEDIATE") }
        let gate = await Gate(store)
        let clock = ContinuousClock()
        let began = clock.now
        try await withThrowingTaskGroup(of: LedgerError.Code?.self) { group in
            for number in 0..<40 {
                group.addTask {
                    await code {
                        if number < 30 {
                            _ = try await store.record([accepted(ids[0])])
                        } else {
                            _ = try await store.accept([arrival(try event("n\(number)"))])
                        }
                    }
                }
            }
            try await gate.open(after: 40)
            for try await code in group { #expect(code == .locked) }
        }
        // Each by itself, they would have waited for 20 s.
        #expect(clock.now - began < .seconds(8))
        try await other.writeWithoutTransaction { try $0.execute(sql: "ROLLBACK") }
        try other.close()
        _ = try await store.record([accepted(ids[0])])
        #expect(try await store.deliveries().map(\.state) == [.delivered, .pending])
        #expect(try await store.number("SELECT count(*) FROM events") == 2)
        await store.close()
    }

    @Test func aBadRowAmongManyCallsTurnsAwayOnlyItsOwn() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e0", incident: "I0")), arrival(try event("e1", incident: "I1")))
        try await store.writing { database in
            try database.execute(
                sql: """
                    CREATE TRIGGER badAttempt BEFORE INSERT ON attempts WHEN NEW.delivery = \(ids[0])
                    BEGIN SELECT raise(ABORT, 'no'); END;
                    CREATE TRIGGER badEvent BEFORE INSERT ON events WHEN NEW.id = 'bad' BEGIN SELECT raise(ABORT, 'no'); END
                    """)
        }
        let gate = await Gate(store)
        async let failing = code { _ = try await store.record([accepted(ids[0])]) }
        async let recorded = store.record([accepted(ids[1])]).ready
        async let receipts = store.accept([arrival(try event("n1", incident: "I2")), arrival(try event("bad", incident: "I3"))])
        async let more = store.accept([arrival(try event("n2", incident: "I4"))])
        try await gate.open(after: 4)
        #expect(await failing == .internalFault)
        #expect(try await recorded.isEmpty)
        #expect(try await receipts.map(\.ready.count) == [1, 0])
        #expect(try await receipts.map { $0.rejection != nil } == [false, true])
        #expect(try await more.map(\.ready.count) == [1])
        #expect(try await store.deliveries().map(\.state) == [.pending, .delivered, .pending, .pending])
        #expect(try await store.verify() == [])
        await store.close()
    }

    @Test func whatWasRolledBackIsNotRemembered() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        _ = try await store.accept([arrival(try event("e0"))])
        try await store.writing { database in
            try database.execute(
                sql: "CREATE TRIGGER bad BEFORE INSERT ON deliveries WHEN NEW.channel = 'bad' BEGIN SELECT raise(ABORT, 'no'); END")
        }
        // The incident is changed before the delivery fails.
        let bad = arrival(try event("e1", status: "resolved", time: start.addingTimeInterval(1)), [delivery("bad")])
        #expect(try await store.accept([bad]).first?.rejection != nil)
        let seen = Mutex<IncidentStatus?>(nil)
        var next = arrival(try event("e2", time: start.addingTimeInterval(2)))
        let decide = next.decide
        next.decide = { incident, surroundings in
            seen.withLock { $0 = incident?.status }
            return try decide(incident, surroundings)
        }
        _ = try await store.accept([next])
        #expect(seen.withLock(\.self) == .open)
        await store.close()
    }

    @Test func aDamagedIncidentStopsOnlyItsOwnEvents() async throws {
        let fixture = try LedgerFixture()
        var store = try fixture.open()
        _ = try await store.accept([arrival(try event("e0"))])
        await store.close()
        try fixture.damage("UPDATE incidents SET state = x'00'")
        store = try fixture.open()
        let receipts = try await store.accept([arrival(try event("e1")), arrival(try event("e2", incident: "INC2"))])
        #expect(receipts.map { $0.rejection != nil } == [true, false])
        #expect(await code { _ = try await store.incident("INC1") } == .damaged)
        await store.close()
    }

    @Test func aCancelledCallerIsAnsweredAllTheSame() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e0")))
        let gate = await Gate(store)
        let recording = Task { try await store.record([accepted(ids[0])]) }
        let accepting = Task { try await store.accept([arrival(try event("e1", incident: "INC2"))]) }
        let reading = Task { try await store.deliveries() }
        for cancel in [recording.cancel, accepting.cancel, reading.cancel] { cancel() }
        try await gate.open(after: 2)
        _ = try await recording.value
        #expect(try await accepting.value.first?.sequence == 2)
        #expect(try await reading.value.isEmpty == false)
        #expect(try await store.delivery(ids[0])?.state == .delivered)
        await store.close()
    }

    @Test func whatWaitsIsBoundedAndAllOfItIsDone() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let gate = await Gate(store)
        // Ten calls of 3 MB: about five fit; the rest wait for room.
        try await withThrowingTaskGroup(of: Int.self) { group in
            for caller in 0..<10 {
                group.addTask {
                    let large = try event("big\(caller)", incident: "I\(caller)", message: String(repeating: "x", count: 1_500_000))
                    return try await store.accept([arrival(large)]).compactMap(\.sequence).count
                }
            }
            try await gate.open(after: 5)
            var total = 0
            for try await count in group { total += count }
            #expect(total == 10)
        }
        await store.close()
    }

    @Test func aClosingStoreFinishesWhatItWasGiven() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let gate = await Gate(store)
        let accepting = Task { try await store.accept([arrival(try event("e1"))]) }
        // The writer is held, so what is in stays in.
        while store.depth < 1 { await Task.yield() }
        async let closing: Void = store.close()
        try await gate.open(after: 1)
        await closing
        #expect(try await accepting.value.first?.sequence == 1)
        let again = try fixture.open()
        #expect(try await again.deliveries().count == 1)
        await again.close()
    }

    @Test func messagesNameThePathAndTheRemedy() {
        let full = LedgerError(
            DatabaseError(resultCode: .SQLITE_FULL, message: "database or disk is full", sql: "INSERT", arguments: ["secret"]), at: "/s/l")
        #expect(full.code == .diskFull)
        #expect(full.description.contains("/s/l"))
        #expect(!full.description.contains("secret"))
        let codes: [(ResultCode, LedgerError.Code)] = [
            (.SQLITE_IOERR, .io), (.SQLITE_READONLY, .permission), (.SQLITE_BUSY, .locked), (.SQLITE_CANTOPEN, .io),
            (.SQLITE_CORRUPT, .damaged),
            (.SQLITE_NOTADB, .damaged), (.SQLITE_ERROR, .internalFault), (.SQLITE_MISUSE, .closed),
        ]
        for (result, code) in codes { #expect(LedgerError(DatabaseError(resultCode: result), at: "/s/l").code == code) }
    }
}
