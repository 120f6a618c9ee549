// Events in: identity, the decision inside the transaction, and what is written with them.

import Foundation
import Incidents
import JSON
import Routing
import Synchronization
import Testing

@testable import Ledger

@Suite struct IntakeTests {
    @Test func eventIncidentAndDeliveriesAreCommittedTogether() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let receipts = try await store.accept([arrival(try event("e1"), [delivery(), delivery("mail", "a@example.com", priority: 2)])])
        #expect(receipts.first?.sequence == 1)
        #expect(receipts.first?.ready.map(\.channel) == ["ops-slack", "mail"])
        #expect(receipts.first?.ready.map(\.isFirst) == [true, true])
        #expect(receipts.first?.ready.map(\.lane) == ["lane-ops-slack", "lane-mail"])
        let incident = try #require(try await store.incident("INC1"))
        #expect(incident.text("severity") == "critical")
        #expect(incident.text("title") == "Payments API failing")
        let rows = try await store.deliveries()
        #expect(rows.map(\.state) == [.pending, .pending])
        #expect(rows.map(\.routes) == [["first", "second"], ["first", "second"]])
        #expect(Set(rows.map(\.token)).count == 2)
        #expect(rows.allSatisfy { $0.token.count == 32 && $0.config == "v1" && $0.event == "e1" && $0.incident == "INC1" })
        await store.close()
    }

    @Test func whatIsReadyIsWhatIsStored() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let original = try event("e1", message: "It is \u{1F525}")
        let receipt = try await store.accept([arrival(original)]).first
        let told = try #require(receipt?.ready.first)
        let found = try #require(try await store.ready(lane: "lane-ops-slack", now: start, limit: 10, excluding: []).first)
        #expect(found.event.event == original)
        #expect(found.event.incident == told.event.incident)
        #expect(found.event.severity == "critical")
        #expect((found.id, found.token, found.due, found.expires) == (told.id, told.token, told.due, told.expires))
        #expect((found.routes, found.for, found.template, found.language) == (told.routes, told.for, told.template, told.language))
        await store.close()
    }

    @Test(arguments: [EventType.broadcast, .silence, .escalation, .update, .assignment])
    func anEventComesBackAsItWas(type: EventType) async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        var original = Event(
            id: "x", source: "s", type: type, time: Date(timeIntervalSince1970: 1_795_000_000.123457), timeIsExplicit: false,
            incident: IncidentPatch(id: "INC9", members: ["severity": "high", "team": .null, "labels": ["region": "eu"]]),
            change: Change(field: "status", from: "Open", to: "open", reason: "r", by: "b"), message: "text",
            payload: ["id": "b1", "extra": [1, 2.5.description == "2.5" ? "2.5" : "x", true]],
            document: [
                "incident": ["id": "INC9", "severity": "P2", "team": .null, "gone": "yes"], "message": "other", "change": "no object",
                "unknown": .number("1.10"),
            ])
        _ = try await store.accept([arrival(original)])
        #expect(try await store.storedEvent(sequence: 1)?.event == original)
        original.id = "y"
        original.incident = nil
        original.message = nil
        original.payload = nil
        original.change = Change()
        _ = try await store.accept([arrival(original)])
        #expect(try await store.storedEvent(sequence: 2)?.event == original)
        #expect(try await store.storedEvent(sequence: 3) == nil)
        await store.close()
    }

    @Test func theSameAgainIsADuplicateAlsoWithinOneBatch() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let first = try event("e1")
        let receipts = try await store.accept([arrival(first), arrival(first), arrival(try event("e2"))])
        #expect(receipts.map(\.isDuplicate) == [false, true, false])
        let again = try await store.accept([arrival(first)])
        #expect(again.first?.isDuplicate == true)
        let summary = try await store.summary(now: start)
        #expect(summary.duplicates == 2)
        #expect(summary.events == 2)
        #expect(try await store.deliveries().count == 2)
        // Another source may use the same id.
        let other = try await store.accept([arrival(try event("e1", source: "other"))])
        #expect(other.first?.sequence != nil)
        await store.close()
    }

    @Test func aKnownIdWithOtherContentIsAConflictThatNamesTheTime() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let receipts = try await store.accept([
            arrival(try event("e1")), arrival(try event("e1", status: "resolved")), arrival(try event("e2")),
        ])
        let rejection = try #require(receipts[1].rejection)
        #expect(rejection.code == .idConflict)
        #expect(rejection.message.contains(Timestamp.format(start)))
        #expect(rejection.message.contains("`e1`"))
        #expect(receipts[2].sequence != nil)
        #expect(try await store.incident("INC1")?.status == .open)
        await store.close()
    }

    @Test func aRejectionWritesNothing() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let rejection = Rejection(.unknownIncident, "nobody knows INC1", pointer: "/incident/id")
        let receipts = try await store.accept([arrival(try event("e1"), rejection: rejection)])
        #expect(receipts.first?.rejection == rejection)
        for table in ["events", "incidents", "deliveries", "tallies"] {
            #expect(try await store.number("SELECT count(*) FROM \(table)") == 0, "\(table)")
        }
        // Nor does the cache remember it.
        let seen = Mutex<[Incident?]>([])
        let next = try event("e2")
        let plain = arrival(next)
        var watching = plain
        watching.decide = { incident, surroundings in
            seen.withLock { $0.append(incident) }
            return try plain.decide(incident, surroundings)
        }
        _ = try await store.accept([watching])
        #expect(seen.withLock(\.self) == [nil])
        await store.close()
    }

    @Test func theDecisionSeesTheIncidentAsTheEventsBeforeLeftIt() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let seen = Mutex<[IncidentStatus?]>([])
        func watching(_ event: Event) -> Arrival {
            var arrival = arrival(event)
            let decide = arrival.decide
            arrival.decide = { incident, surroundings in
                seen.withLock { $0.append(incident?.status) }
                return try decide(incident, surroundings)
            }
            return arrival
        }
        _ = try await store.accept([
            watching(try event("e1")), watching(try event("e2", status: "in_progress", time: start.addingTimeInterval(1))),
        ])
        _ = try await store.accept([
            watching(try event("e3", status: "on_hold", time: start.addingTimeInterval(2))),
            watching(try event("e3b", status: "resolved", time: start.addingTimeInterval(3))),
        ])
        await store.close()
        let again = try fixture.open()
        let receipts = try await again.accept([watching(try event("e4", status: "open", time: start.addingTimeInterval(1)))])
        #expect(seen.withLock(\.self) == [nil, .open, .inProgress, .onHold, .resolved])
        #expect(receipts.first?.isStale == true)
        #expect(try await again.incident("INC1")?.status == .resolved)
        #expect(try await again.summary(now: start).stale == 1)
        #expect(try await again.incidents(IncidentFilter(openOnly: true)).isEmpty)
        await again.close()
    }

    @Test func twoSpellingsOfOneTextAreTwoIncidents() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        _ = try await store.accept([
            arrival(try event("e1", incident: "caf\u{E9}")), arrival(try event("e2", incident: "cafe\u{301}", status: "resolved")),
        ])
        #expect(try await store.number("SELECT count(*) FROM incidents") == 2)
        #expect(try await store.incident("caf\u{E9}")?.status == .open)
        await store.close()
    }

    @Test func callersShareTransactionsAndKeepTheirOrder() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let gate = await Gate(store)
        try await withThrowingTaskGroup(of: [Int64].self) { group in
            for caller in 0..<8 {
                group.addTask {
                    let arrivals = try (0..<40).map { arrival(try event("c\(caller)-\($0)", incident: "I\(caller)"), []) }
                    return try await store.accept(arrivals).compactMap(\.sequence)
                }
            }
            try await gate.open(after: 8)
            var all: [Int64] = []
            for try await sequences in group {
                #expect(sequences.count == 40)
                #expect(sequences == sequences.sorted())
                all += sequences
            }
            #expect(all.sorted() == Array(1...320))
        }
        await store.close()
    }

    @Test func aLongCallIsWrittenInSlices() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let arrivals = try (0..<1_100).map { arrival(try event("e\($0)", incident: "I\($0 % 7)"), []) }
        #expect(try await store.accept(arrivals).compactMap(\.sequence) == Array(1...1_100))
        #expect(try await store.accept([]).isEmpty)
        await store.close()
    }
}
