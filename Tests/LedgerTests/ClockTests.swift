// What a clock planned that has been set back since.

import Foundation
import Testing

@testable import Ledger

@Suite struct ClockTests {
    static let hours: TimeInterval = 5 * 3_600

    @Test func whatWasPlannedInTheFutureKeepsTheWaitThatItWasGiven() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1", incident: "I1")), arrival(try event("e2", incident: "I2")))
        let retry = AttemptRecord(
            delivery: ids[0], at: start.addingTimeInterval(10), outcome: "deferred", next: .retry(at: start.addingTimeInterval(14)))
        _ = try await store.record([retry])
        let back = start.addingTimeInterval(-Self.hours)
        #expect(try await store.ready(lane: "lane-ops-slack", now: back, limit: 9, excluding: []).isEmpty)
        #expect(try await store.recallFromFuture(now: back) == 2)
        #expect(try await store.ready(lane: "lane-ops-slack", now: back, limit: 9, excluding: []).map(\.id) == [ids[1]])
        #expect(try await store.ready(lane: "lane-ops-slack", now: back.addingTimeInterval(4), limit: 9, excluding: []).count == 2)
        #expect(try await store.recallFromFuture(now: back) == 0)
        #expect(try await store.verify().isEmpty)
    }

    @Test func aWaitThatWasPlannedInThePastIsLeftAlone() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let ids = try await store.take(arrival(try event("e1")))
        let due = start.addingTimeInterval(3_600)
        _ = try await store.record([AttemptRecord(delivery: ids[0], at: start, outcome: "deferred", next: .retry(at: due))])
        #expect(try await store.recallFromFuture(now: start.addingTimeInterval(1)) == 0)
        #expect(try await store.nextDue(after: start) == due)
    }
}
