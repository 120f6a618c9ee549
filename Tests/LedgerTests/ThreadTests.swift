// Where a conversation began is kept with the outcome, and known to everything of it that goes out later.

import Foundation
import Incidents
import Routing
import Testing

@testable import Ledger

@Suite struct ThreadTests {
    private func begun(_ id: Int64, root: String? = "C1:1.000000", subject: String? = nil, at time: Date = start) -> AttemptRecord {
        var record = accepted(id, at: time)
        record.thread = ThreadRoot(root: root, subject: subject)
        return record
    }

    @Test func whatIsPromotedReadAndFreshKnowsIt() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let first = try await store.accept([arrival(try event("e1")), arrival(try event("e2", time: after(1)))])
        #expect(first.flatMap(\.ready).map(\.thread) == [nil], "there is none yet")
        let promoted = try await store.record([begun(1)]).ready
        #expect(promoted.map(\.thread?.root) == ["C1:1.000000"])
        let read = try await store.ready(lane: "lane-ops-slack", now: after(10), limit: 10, excluding: [])
        #expect(read.map(\.thread?.root) == ["C1:1.000000"])
        _ = try await store.record([accepted(2, at: after(2))])
        let fresh = try await store.accept([arrival(try event("e3", time: after(3)), at: after(3))])
        #expect(fresh.flatMap(\.ready).map(\.thread?.root) == ["C1:1.000000"], "also without a look into the queue")
        // Another incident, and another address, begin by themselves.
        let others = try await store.accept([
            arrival(try event("o1", incident: "OTHER", time: after(3)), at: after(3)),
            arrival(try event("e4", time: after(4)), [delivery("ops-slack", "C2")], at: after(4)),
        ])
        #expect(others.flatMap(\.ready).map(\.thread) == [nil, nil])
        #expect(try await store.verify() == [])
        await store.close()

        // A writer that knows nothing yet looks into the file.
        let again = try fixture.open()
        _ = try await again.record([accepted(3, at: after(5))])
        let later = try await again.accept([arrival(try event("e5", time: after(6)), at: after(6))])
        #expect(later.flatMap(\.ready).map(\.thread?.root) == ["C1:1.000000"])
        await again.close()
    }

    @Test func whatIsNotSaidAnewStays() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(arrival(try event("e1")), arrival(try event("e2", time: after(1))), arrival(try event("e3", time: after(2))))
        _ = try await store.record([begun(1, root: "C1:1.0", subject: "INC1 is down")])
        let next = try await store.record([begun(2, root: "C1:2.0", subject: nil, at: after(1))]).ready
        #expect(next.map(\.thread) == [ThreadRoot(root: "C1:2.0", subject: "INC1 is down")])
        await store.close()
    }

    @Test func whatWasNotAcceptedBeginsNothing() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(arrival(try event("e1")), arrival(try event("e2", time: after(1))))
        #expect(try await store.record([refused(1)]).ready.map(\.thread) == [nil])
        await store.close()
    }

    @Test func itGoesWithItsIncident() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        try await store.take(arrival(try event("e1", status: "resolved")))
        _ = try await store.record([begun(1)])
        let later = start.addingTimeInterval(100 * 86_400)
        #expect(try await store.prune(before: later).isDone)
        #expect(try await store.verify() == [])
        await store.close()
        try fixture.damage("INSERT INTO threads (incident, channel, address) VALUES ('LOST', 'a', 'b')")
        let reader = try LedgerStore(directory: fixture.directory, readOnly: true)
        let findings = try await reader.verify()
        #expect(findings.count == 2 && findings.allSatisfy { $0.hasSuffix("LOST") }, "\(findings)")
        await reader.close()
    }
}
