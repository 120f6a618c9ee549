// Lists, single rows and figures; reading while writing.

import Cryptography
import Foundation
import Incidents
import Routing
import Testing

@testable import Ledger

@Suite struct ReadingTests {
    private func filled() async throws -> (LedgerFixture, LedgerStore, [Int64]) {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let later = start.addingTimeInterval(100)
        let ids = try await store.take(
            arrival(try event("e1"), [delivery(), delivery("mail", "a@example.com")]),
            arrival(try event("e2", incident: "INC2", type: .escalation), [delivery("sms", "+447700900123")]),
            arrival(try event("e3", incident: "INC3", status: "resolved", time: later), at: later))
        _ = try await store.record([accepted(ids[0]), refused(ids[1]), deferred(ids[2], until: later)])
        return (fixture, store, ids)
    }

    @Test func filtersHoldTogether() async throws {
        let (_, store, ids) = try await filled()
        let cases: [(DeliveryFilter, [Int])] = [
            (DeliveryFilter(), [0, 1, 2, 3]), (DeliveryFilter(newestFirst: true), [3, 2, 1, 0]), (DeliveryFilter(limit: 2), [0, 1]),
            (DeliveryFilter(limit: 1, newestFirst: true), [3]), (DeliveryFilter(incident: "INC1"), [0, 1]),
            (DeliveryFilter(incident: "INC1", state: .dead), [1]), (DeliveryFilter(state: .delivered), [0]),
            (DeliveryFilter(state: .pending), [3]), (DeliveryFilter(state: .retrying), [2]), (DeliveryFilter(state: .expired), []),
            (DeliveryFilter(channel: "sms"), [2]), (DeliveryFilter(event: "e3"), [3]),
            (DeliveryFilter(since: start.addingTimeInterval(1)), [3]), (DeliveryFilter(needsMending: true), [1]),
            (DeliveryFilter(incident: "x' OR 1=1 --"), []),
        ]
        for (filter, expected) in cases {
            #expect(try await store.deliveries(filter).map(\.id) == expected.map { ids[$0] }, "\(filter)")
        }
        await store.close()
    }

    @Test func oneDeliveryHasItsWholeStory() async throws {
        let (_, store, ids) = try await filled()
        let row = try #require(try await store.delivery(ids[1]))
        #expect(row.reason == "no_such_destination")
        #expect(row.type == .statusChange)
        #expect(row.source == "monitor")
        #expect(row.expiresAt == start.addingTimeInterval(3600))
        #expect(
            row.attempts == [
                AttemptRow(
                    at: start, milliseconds: 3, outcome: "refused", code: "404", reason: "no_such_destination", detail: "no_service",
                    remoteID: nil)
            ])
        #expect(try await store.delivery(ids[0])?.attempts.first?.remoteID == "r-\(ids[0])")
        #expect(try await store.delivery(4_711) == nil)
        await store.close()
    }

    @Test func theDigestOfAnEventTellsADuplicateFromAConflict() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let first = try event("e1")
        _ = try await store.accept([arrival(first)])
        #expect(try await store.digest(source: "monitor", id: "e1") == SHA256.hex(first.document.canonicalBytes))
        #expect(try await store.digest(source: "elsewhere", id: "e1") == nil)
        #expect(try await store.digest(source: "monitor", id: "e2") == nil)
        await store.close()
    }

    @Test func aZeroInATextCutsNothingOff() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1")))
        _ = try await store.record([
            AttemptRecord(
                delivery: ids[0], at: start, outcome: "refused", code: "5\0", reason: "r\0s", detail: "a\0b", remoteID: "\0",
                degraded: "c\0d", next: .dead("e\0f"))
        ])
        _ = try await store.dropDead(ids, reason: "g\0h", now: start)
        let row = try #require(try await store.delivery(ids[0]))
        #expect(row.reason == "e\u{FFFD}f; dropped: g\u{FFFD}h")
        #expect(row.degraded == "c\u{FFFD}d")
        let attempt = try #require(row.attempts.first)
        #expect([attempt.code, attempt.reason, attempt.detail, attempt.remoteID] == ["5\u{FFFD}", "r\u{FFFD}s", "a\u{FFFD}b", "\u{FFFD}"])
        await store.close()
    }

    @Test func incidentsAreListedAndFound() async throws {
        let (_, store, _) = try await filled()
        #expect(Set(try await store.incidents().map(\.id)) == ["INC1", "INC2", "INC3"])
        #expect(try await store.incidents().first?.id == "INC3")
        #expect(try await store.incidents(IncidentFilter(limit: 1)).count == 1)
        #expect(Set(try await store.incidents(IncidentFilter(openOnly: true, severity: "critical")).map(\.id)) == ["INC1", "INC2"])
        #expect(try await store.incidents(IncidentFilter(severity: "low")).isEmpty)
        #expect(try await store.incident("INC9") == nil)
        #expect(try await store.incidentIDs(near: "INC22", limit: 1) == ["INC2"])
        #expect(try await store.incidentIDs(near: "quite different", limit: 3).isEmpty)
        await store.close()
    }

    @Test func figures() async throws {
        let (_, store, _) = try await filled()
        _ = try await store.accept([arrival(try event("e1"))])
        let summary = try await store.summary(now: start)
        #expect(summary.deliveries == [.delivered: 1, .dead: 1, .retrying: 1, .pending: 1])
        #expect(summary.channels == ["ops-slack": [.delivered: 1, .pending: 1], "mail": [.dead: 1], "sms": [.retrying: 1]])
        #expect(summary.events == 3)
        #expect(summary.eventTypes == ["status_change": 2, "escalation": 1])
        #expect((summary.duplicates, summary.stale, summary.openIncidents, summary.needsMending) == (1, 0, 2, 1))
        #expect(summary.undeliveredDue == 1)
        #expect(summary.oldestDue == start)
        #expect(summary.nextDue == start.addingTimeInterval(100))
        let later = try await store.summary(now: start.addingTimeInterval(100))
        #expect(later.undeliveredDue == 2)
        #expect(later.nextDue == nil)
        await store.close()
    }

    @Test(arguments: [false, true])
    func pagesJoinWithoutGapsOrRepeats(newestFirst: Bool) async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        _ = try await store.accept(try (0..<1_203).map { arrival(try event("e\($0)", incident: "I\($0)")) })
        var seen: [Int64] = []
        try await store.forEachDelivery(DeliveryFilter(newestFirst: newestFirst)) { row in
            seen.append(row.id)
            return true
        }
        let all = Array(Int64(1)...1_203)
        #expect(seen == (newestFirst ? all.reversed() : all))
        seen = []
        try await store.forEachDelivery(DeliveryFilter(limit: 501)) { row in
            seen.append(row.id)
            return true
        }
        #expect(seen.count == 501)
        seen = []
        try await store.forEachDelivery(DeliveryFilter()) { row in
            seen.append(row.id)
            return seen.count < 3
        }
        #expect(seen == [1, 2, 3])
        await store.close()
    }

    @Test func readersSeeOneStateWhileTheWriterWrites() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let writing = Task {
            for batch in 0..<20 {
                _ = try await store.accept(
                    try (0..<20).map {
                        arrival(try event("b\(batch)-\($0)", incident: "I\(batch)-\($0)"), [delivery(), delivery("mail", "x")])
                    })
            }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<6 {
                group.addTask {
                    var last = 0
                    while last < 800, !Task.isCancelled {
                        let summary = try await store.summary(now: start)
                        let rows = summary.deliveries[.pending] ?? 0
                        #expect(rows == summary.events * 2)
                        #expect(summary.undeliveredDue == rows)
                        #expect(rows >= last)
                        last = rows
                    }
                }
            }
            try await writing.value
            try await group.waitForAll()
        }
        await store.close()
    }
}
