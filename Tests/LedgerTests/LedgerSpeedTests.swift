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

    /// A month of scenarios: each incident opens, is told, moves on three times, rings once and ends.
    @Test func inMemory() throws {
        let ledger = try VirtualLedger()
        let clock = ContinuousClock()
        let count = 10_000
        let time = try clock.measure {
            for index in 0..<count {
                let at = Double(index) * 60
                for (step, status) in ["open", "in_progress", "on_hold", "in_progress", "resolved"].enumerated() {
                    let now = after(at + Double(step))
                    let event = try event("e\(index)/\(step)", incident: "INC\(index)", status: status, time: now)
                    let receipt = try ledger.accept(
                        timed(
                            event, [delivery(due: now), held(at + 60, address: "C\(index % 50)")], alarm: step == 4 ? nil : at + 30, at: now
                        ))
                    _ = try ledger.deliveries(of: receipt.sequence ?? 0)
                    for ready in receipt.ready { _ = try ledger.record([accepted(ready.id, at: now)]) }
                    if step == 3 {
                        let due = try ledger.dueAlarms(now: after(at + 30), limit: 100)
                        let bell = AlarmBell { _, _, _ in
                            []
                        } alarm: { subject, _, _ in
                            Alarm(subject: subject, due: after(1e8), what: "")
                        }
                        _ = try ledger.ring(due, with: bell, now: after(at + 30))
                    }
                }
                _ = try ledger.release(now: after(at))
            }
        }
        report("incidents in memory, five events each", count, time)
    }

    /// What a million incidents with an alarm each cost the clock.
    @Test func alarms() async throws {
        let fixture = try LedgerFixture()
        let store = try fixture.open()
        let clock = ContinuousClock()
        let count = 51_200
        let arrivals = try (0..<count).map {
            timed(try event("e\($0)", incident: "INC\($0)"), alarm: $0.isMultiple(of: 51) ? 60 : Double(1_000 + $0))
        }
        for at in stride(from: 0, to: count, by: 512) { _ = try await store.accept(Array(arrivals[at..<at + 512])) }
        let bell = AlarmBell { subject, incident, _ in
            guard let incident, incident.status == .open else { return [] }
            let event = try event("\(incident.id)/due", incident: incident.id, status: "in_progress", time: after(60))
            return [timed(event, [delivery(due: after(60))], alarm: 9_000, at: after(60))]
        } alarm: { subject, _, _ in
            Alarm(subject: subject, due: after(9_000), what: "")
        }
        var rung = 0
        let time = try await clock.measure {
            while true {
                let due = try await store.dueAlarms(now: after(60), limit: 256)
                if due.isEmpty { break }
                rung += try await store.ring(due, with: bell, now: after(60)).count
            }
        }
        report("alarms rung, 256 at a time", rung, time)
        await store.close()
    }

    private func report(_ what: String, _ count: Int, _ time: Swift.Duration) {
        let seconds = Double(time.components.attoseconds) / 1e18 + Double(time.components.seconds)
        print("\(what): \(Int(Double(count) / seconds))/s, \((seconds / Double(count) * 1e6).rounded()) µs each")
    }
}
