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

    private func report(_ what: String, _ count: Int, _ time: Swift.Duration) {
        let seconds = Double(time.components.attoseconds) / 1e18 + Double(time.components.seconds)
        print("\(what): \(Int(Double(count) / seconds))/s, \((seconds / Double(count) * 1e6).rounded()) µs each")
    }
}
