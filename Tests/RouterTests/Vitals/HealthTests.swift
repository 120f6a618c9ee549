// Whether the router is well: each thing that must be so, by itself.

import Foundation
import Testing

@testable import Router

@Suite struct HealthTests {
    private var well: VitalReading {
        var reading = VitalReading(at: Date())
        reading.channels = ["ops", "mail"]
        reading.disks = [.init(name: "state", space: DiskSpace(free: 1 << 40, size: 1 << 41, device: 1))]
        return reading
    }

    private func health(
        _ reading: VitalReading?, age: TimeInterval = 1, hasStarted: Bool = true, stuck: [String] = []
    ) -> Health { Health(reading, age: age, limit: 45, hasStarted: hasStarted, stuck: stuck) }

    @Test func allIsWell() {
        let health = health(well)
        #expect(health.isReady && health.faults == nil)
        #expect(health.checks.map(\.name) == ["router", "ledger", "queue", "channels", "disk"])
    }

    @Test func itIsStarting() {
        #expect(health(nil).faults == "router: it is starting")
        #expect(!health(well, hasStarted: false).isReady)
    }

    @Test func aPartThatIsStuck() {
        #expect(health(well, stuck: ["dispatcher", "ledger"]).faults == "router: dispatcher, ledger: no progress")
    }

    @Test func nothingWasMeasuredForLong() { #expect(health(well, age: 46).faults == "router: it has not been looked at for 46 s") }

    @Test func theLedgerAndTheQueue() {
        var reading = well
        reading.ledgerFault = "disk_full"
        reading.queueFault = "notFound"
        #expect(health(reading).faults == "ledger: it cannot be written: disk_full; queue: it cannot be watched: notFound")
    }

    /// One channel that fails is what fallbacks are for; all of them is an outage.
    @Test func onlyATotalOutageCounts() {
        var reading = well
        reading.failing = ["ops"]
        #expect(health(reading).isReady)
        reading.failing = ["ops", "mail", "gone"]
        #expect(health(reading).faults == "channels: none of 2 gets through")
        reading.channels = []
        #expect(health(reading).isReady)
    }

    @Test func aDiskThatIsNearlyFull() {
        var reading = well
        reading.disks.append(.init(name: "queue", space: DiskSpace(free: 1 << 20, size: 1 << 40, device: 2)))
        #expect(health(reading).faults == "disk: of the queue is nearly full: 1 MiB left")
    }
}

@Suite struct BeatTests {
    @Test func onlyALoopAtWorkCanBeSilent() async throws {
        let beat = Beat()
        #expect(beat.silence == nil)
        beat.touch()
        #expect(try #require(beat.silence) >= 0)
        beat.rest()
        #expect(beat.silence == nil)
    }
}
