// Figures, on request only: TOCSIN_LEDGER_SPEED=1 swift test -c release --filter LedgerSpeed. They assert nothing about time.

import Foundation
import Incidents
import Routing
import Testing

@testable import Ledger

@Suite(.enabled(if: ProcessInfo.processInfo.environment["TOCSIN_LEDGER_SPEED"] != nil), .serialized)
struct LedgerSpeedTests {
    @Test func batches() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let clock = ContinuousClock()
        let count = 20_480
        let arrivals = try (0..<count).map {
            arrival(try event("e\($0)", incident: "INC\($0 % 4_000)", time: start.addingTimeInterval(Double($0))))
        }
        let intake = try await clock.measure {
            for at in stride(from: 0, to: count, by: 256) { _ = try await store.accept(Array(arrivals[at..<at + 256])) }
        }
        report("events in batches of 256", count, intake)
        var claimed = 0
        let claim = try await clock.measure {
            for _ in 0..<100 { claimed += try await store.ready(lane: "lane-ops-slack", now: start, limit: 64, excluding: []).count }
        }
        report("deliveries claimed, 64 at a time", claimed, claim)
        let outcomes = try await clock.measure {
            for at in stride(from: 0, to: count, by: 256) { _ = try await store.record((at + 1...at + 256).map { accepted(Int64($0)) }) }
        }
        report("outcomes in batches of 256", count, outcomes)
        let lone = try await clock.measure {
            for index in 0..<500 { _ = try await store.accept([arrival(try event("lone\(index)", incident: "L\(index)"))]) }
        }
        report("lone events", 500, lone)
        await store.close()
    }

    /// A walk with nothing to do, and the longest step of one that removes everything, are what a delivery may wait for.
    @Test func pruning() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let clock = ContinuousClock()
        let count = 20_480
        let arrivals = try (0..<count).map {
            arrival(try event("e\($0)", incident: "INC\($0 % 4_000)", status: "closed", time: start.addingTimeInterval(Double($0))))
        }
        for at in stride(from: 0, to: count, by: 256) {
            _ = try await store.accept(Array(arrivals[at..<at + 256]))
            _ = try await store.record((at + 1...at + 256).map { accepted(Int64($0)) })
        }
        let idle = try await clock.measure { _ = try await store.prune(before: start.addingTimeInterval(-1)) }
        report("look at history that is young", 1, idle)
        var (longest, deleted) = (Swift.Duration.zero, 0)
        let all = try await clock.measure {
            var last: PruneStep?
            while last?.isDone != true {
                let step = try await clock.measure { last = try await store.prune(before: start.addingTimeInterval(1e6), after: last) }
                deleted += last?.deleted ?? 0
                longest = max(longest, step)
            }
        }
        report("rows pruned, 500 at a time", deleted, all)
        report("longest step", 1, longest)
        await store.close()
    }

    private func report(_ what: String, _ count: Int, _ time: Swift.Duration) {
        let seconds = Double(time.components.attoseconds) / 1e18 + Double(time.components.seconds)
        print("\(what): \(Int(Double(count) / seconds))/s, \((seconds / Double(count) * 1e6).rounded()) µs each")
    }
}
