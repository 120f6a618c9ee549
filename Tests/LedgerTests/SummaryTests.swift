// The summary where very much waits: counted up to a bound, and no further.

import Foundation
import Incidents
import Testing

@testable import Ledger

@Suite struct SummaryTests {
    /// Many that are due, each in a conversation of its own.
    private func filled(_ count: Int, due: Date = start) async throws -> (LedgerFixture, LedgerStore) {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let portion = 500
        for first in stride(from: 0, to: count, by: portion) {
            let planned = (first..<min(count, first + portion)).map { delivery("ops-slack", "C\($0)", priority: $0 % 3, due: due) }
            _ = try await store.accept([arrival(try event("e\(first)", incident: "I\(first)"), planned)])
        }
        return (fixture, store)
    }

    @Test func upToTheBoundAllAreCounted() async throws {
        let (_, store) = try await filled(LedgerStore.dueBound)
        let summary = try await store.summary(now: start)
        #expect(summary.undeliveredDue == LedgerStore.dueBound && !summary.isDueMore)
        #expect(summary.oldestDue == start)
        await store.close()
    }

    @Test func aboveItThereAreMore() async throws {
        let (_, store) = try await filled(LedgerStore.dueBound + 1)
        let summary = try await store.summary(now: start.addingTimeInterval(60))
        #expect(summary.undeliveredDue == LedgerStore.dueBound && summary.isDueMore)
        #expect(summary.oldestDue == start)
        #expect(summary.deliveries[.pending] == LedgerStore.dueBound + 1, "totals are whole")
        await store.close()
    }

    /// Many wait for a later time: only those that are due count, and the oldest of them is found.
    @Test func whatIsNotDueDoesNotCount() async throws {
        let later = start.addingTimeInterval(3_600)
        let (_, store) = try await filled(LedgerStore.dueBound + 500, due: later)
        _ = try await store.accept([
            arrival(try event("now", incident: "I-now"), [delivery("mail", "x", due: start), delivery("mail", "y", due: start)])
        ])
        let summary = try await store.summary(now: start)
        #expect(summary.undeliveredDue == 2 && summary.isDueMore)
        #expect(summary.oldestDue == start && summary.nextDue == later)
        await store.close()
    }
}
