// History goes when it is old enough, and the disk is watched: with a clock of the test's own, and a real ledger.

import Foundation
import Incidents
import Ledger
import Logging
import Synchronization
import Testing

@testable import Router

@Suite struct RetentionTests {
    @Test func whatIsOlderThanConfiguredIsRemoved() async throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("retention-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: directory) }
        let ledger = try LedgerStore(directory: directory)
        let day = 86_400.0
        let now = Date(timeIntervalSince1970: 1_800_000_000)
        for (id, age) in [("old", 91 * day), ("young", 89 * day)] {
            let time = now.addingTimeInterval(-age)
            let event = Event(id: id, source: "tocsin", type: .operations, time: time, message: "x")
            _ = try await ledger.accept([
                Arrival(event: event, digest: String(repeating: "0", count: 64), receivedAt: time, configVersion: "v") { _, _ in
                    Decision(application: nil)
                }
            ])
        }
        let sleeps = Mutex(0)
        let kept = Mutex(365 * day)
        let retention = Retention(
            ledger: ledger, retain: { kept.withLock { $0 } }, logger: Logger(label: "test"), clock: { now },
            sleep: { _ in sleeps.withLock { $0 += 1 } })
        #expect(await retention.sweep() == 0)
        // A changed configuration counts at once.
        kept.withLock { $0 = 90 * day }
        #expect(await retention.sweep() == 1)
        #expect(await retention.sweep() == 0)
        #expect(try await ledger.digest(source: "tocsin", id: "old") == nil)
        #expect(try await ledger.digest(source: "tocsin", id: "young") != nil)
        await ledger.close()
        #expect(await retention.sweep() == 0, "a ledger that is closed ends nothing but the sweep")
    }

    @Test func aFullDiskIsToldOnceUntilThereIsRoomAgain() async {
        let told = OperatorsDeskTests.Told()
        let desk = told.desk()
        let free = Mutex(10 << 20)
        let watch = DiskWatch(
            paths: ["/state", "/queue"], operators: desk, logger: Logger(label: "test"),
            measure: { _ in DiskSpace(free: free.withLock { $0 }, size: 100 << 30, device: 7) })
        var full = await watch.look(told: [])
        full = await watch.look(told: full)
        await desk.tell()
        #expect(told.messages.count == 1)
        #expect(told.messages.first?.contains("/state: 10 MiB left") == true, "one line for one file system")
        free.withLock { $0 = 100 << 20 }
        full = await watch.look(told: full)
        #expect(full == [7], "at the edge nothing is over yet")
        free.withLock { $0 = 200 << 20 }
        full = await watch.look(told: full)
        #expect(full.isEmpty)
        free.withLock { $0 = 0 }
        full = await watch.look(told: full)
        #expect(full == [7])
        told.pass(301)
        await desk.tell()
        #expect(told.messages.count == 2)
    }

    @Test func nearlyFullGoesByTheSize() {
        func space(_ free: Int, of size: Int) -> DiskSpace { DiskSpace(free: free, size: size, device: 1) }
        #expect(!space(2 << 20, of: 20 << 20).isNearlyFull, "a small disk is not full from the start")
        #expect(space(1 << 19, of: 20 << 20).isNearlyFull)
        #expect(space(63 << 20, of: 1 << 40).isNearlyFull)
        #expect(!space(65 << 20, of: 1 << 40).isNearlyFull)
        #expect(DiskSpace.of("/nowhere/at/all") == nil)
        #expect(DiskSpace.of("/").map { $0.size > 0 } == true)
    }
}
