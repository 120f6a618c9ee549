// Watching: locks, polling, overflow, a directory that goes away, stopping.

import Foundation
import Glibc
import Synchronization
import Testing

@testable import Spool

@Suite struct WatchingTests {
    @Test func refusesASecondRouter() async throws {
        let queue = QueueFixture()
        let first = try queue.open()
        let error = #expect(throws: SpoolError.self) { try Spool(path: queue.path) }
        #expect(error?.code == .alreadyRunning)
        #expect(error?.message.contains("process \(getpid())") == true)
        await first.close()
        let second = try queue.open()
        await second.close()
    }

    @Test func theLockDiesWithItsProcess() async throws {
        let queue = QueueFixture()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
        // Without a child that would hold the lock as well.
        process.arguments = ["-F", "-x", queue.path + "/.lock", "sh", "-c", "echo held; exec sleep 600"]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        #expect(String(decoding: output.fileHandleForReading.availableData, as: UTF8.self) == "held\n")
        #expect(throws: SpoolError.self) { try Spool(path: queue.path) }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        let spool = try queue.open()
        await spool.close()
    }

    @Test func locksAnyDirectory() throws {
        let queue = QueueFixture()
        let lock = try DirectoryLock(directory: queue.root, fileName: "state.lock")
        #expect(throws: SpoolError.self) { try DirectoryLock(directory: queue.root, fileName: "state.lock") }
        lock.release()
        _ = try DirectoryLock(directory: queue.root, fileName: "state.lock")
        let error = #expect(throws: SpoolError.self) { try DirectoryLock(directory: queue.root + "/none") }
        #expect(error?.code == .notFound)
    }

    /// A child process has every descriptor of its parent until its exec: a copy here stands for such a child.
    @Test func aReleasedLockIsFreeThoughAChildStillHasItsDescriptor() throws {
        let queue = QueueFixture()
        let lock = try DirectoryLock(directory: queue.root)
        let path = try #require(realpath(queue.root + "/.lock", nil).map { String(cString: $0) })
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }
        let held = descriptors.first { (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path }
        let copy = dup(try #require(held))
        defer { close(copy) }
        lock.release()
        _ = try DirectoryLock(directory: queue.root)
    }

    @Test func createsWhatIsMissingAndSaysWhatItCannot() async throws {
        let queue = QueueFixture()
        rmdir(queue.path)
        let spool = try queue.open()
        #expect(FileManager.default.fileExists(atPath: queue.path + "/rejected"))
        #expect(FileManager.default.fileExists(atPath: queue.path + "/tmp"))
        await spool.close()
        #expect(throws: SpoolError.self) { try Spool(path: queue.root + "/no/queue") }
        _ = FileManager.default.createFile(atPath: queue.root + "/file", contents: nil)
        let error = #expect(throws: SpoolError.self) { try Spool(path: queue.root + "/file") }
        #expect(error?.code == .notADirectory)
    }

    @Test(arguments: [0o777, 0o2775, 0o1777, 0o700] as [mode_t])
    func whoMayDropMayStage(mode: mode_t) async throws {
        let queue = QueueFixture()
        func modeOf(_ path: String) throws -> mode_t {
            var facts = stat()
            try #require(stat(path, &facts) == 0)
            return facts.st_mode & 0o7777
        }
        chmod(queue.path, mode)
        try await queue.open().close()
        #expect(try modeOf(queue.path + "/tmp") == mode)
        // Somebody's own wish stays.
        chmod(queue.path + "/tmp", 0o750)
        try await queue.open().close()
        #expect(try modeOf(queue.path + "/tmp") == 0o750)
    }

    @Test func pollsWhereItIsNotTold() async throws {
        let queue = QueueFixture()
        try queue.moveIn("0.json", "{}", modified: QueueFixture.old)
        let spool = try queue.open {
            $0.watch = .polling
            $0.pollInterval = 0.1
            $0.quiet = 0.3
        }
        #expect(await spool.take(1).map(\.name) == ["0.json"])
        let start = ContinuousClock.now
        try queue.copyIn("1.json", "{}")
        #expect(await spool.take(1).map(\.name) == ["1.json"])
        #expect(ContinuousClock.now - start > .milliseconds(250))
        try queue.copyIn("2.json", "{\"a\":")
        async let taking = spool.take(1)
        #expect(await eventually { spool.counts().incomplete == 1 })
        try queue.append("2.json", "2}")
        #expect(await taking.map(\.text) == ["{\"a\":2}"])
        await spool.stop()
        let other = QueueFixture()
        let impatient = try other.open {
            $0.watch = .polling
            $0.pollInterval = 0.1
            $0.quiet = 0.3
            $0.settle = 1
        }
        try other.copyIn("3.json", "{")
        #expect(await impatient.take(1).map(\.text) == ["{"])
        await impatient.stop()
    }

    @Test func findsEverythingAfterItsOwnOverflow() async throws {
        let queue = QueueFixture()
        let spool = try queue.open {
            $0.maximumNames = 20
            $0.quiet = 0.1
        }
        for number in 0..<500 { try queue.moveIn("\(number).json", "{}") }
        #expect(await eventually { spool.counts().isLowerBound })
        let files = await spool.take(500, limit: 7)
        #expect(Set(files.map(\.name)).count == 500)
        #expect(files.count == 500)
        #expect(await eventually { !spool.counts().isLowerBound })
        try queue.moveIn("after.json", "{}")
        #expect(await spool.take(1).map(\.name) == ["after.json"])
        await spool.stop()
    }

    @Test func aBurstComesInBoundedBatches() async throws {
        let queue = QueueFixture()
        for number in 0..<10_000 { try queue.copyIn("\(number).json", "{\"n\":\(number)}", modified: QueueFixture.old) }
        let spool = try queue.open()
        var seen: Set<String> = []
        for number in 10_000..<20_000 { try queue.moveIn("\(number).json", "{\"n\":\(number)}") }
        while seen.count < 20_000 {
            let batch = try #require(await spool.next(limit: 256))
            #expect(batch.count <= 256)
            seen.formUnion(batch.map(\.name))
            await spool.forget(batch)
        }
        #expect(queue.names() == [])
        #expect(queue.names(".taken") == [])
        await spool.stop()
    }

    @Test func boundsTheBytesOfABatch() async throws {
        let queue = QueueFixture()
        for number in 0..<6 {
            try queue.moveIn("\(number).json", "{\"n\":\"" + String(repeating: "x", count: 400) + "\"}", modified: QueueFixture.old)
        }
        let spool = try queue.open { $0.maximumBytes = 1000 }
        var sizes: [Int] = []
        while sizes.reduce(0, +) < 6 { sizes.append(await spool.next(limit: 100)?.count ?? 0) }
        #expect(sizes == [2, 2, 2])
        await spool.stop()
    }

    @Test func watchesTheDirectoryThatReplacesAnother() async throws {
        let queue = QueueFixture()
        let spool = try queue.open { $0.quiet = 0.1 }
        try queue.moveIn("a.json", "{}")
        let first = await spool.take(1)
        rename(queue.path, queue.root + "/moved")
        #expect(await eventually { FileManager.default.fileExists(atPath: queue.path + "/.taken") })
        try queue.moveIn("b.json", "{}")
        #expect(await spool.take(1).map(\.name) == ["b.json"])
        #expect(queue.troubles.withLock { $0.contains { $0.error.code == .notFound } })
        // What was taken from the old one is still forgotten there.
        await spool.forget(first)
        #expect(try FileManager.default.contentsOfDirectory(atPath: queue.root + "/moved/.taken") == [])
        try FileManager.default.removeItem(atPath: queue.path)
        #expect(await eventually { FileManager.default.fileExists(atPath: queue.path + "/.taken") })
        try queue.moveIn("c.json", "{}")
        #expect(await spool.take(1).map(\.name) == ["c.json"])
        await spool.stop()
    }

    @Test func goesOnWhenItsOwnDirectoriesAreRemoved() async throws {
        let queue = QueueFixture()
        let spool = try queue.open { $0.quiet = 0.1 }
        rmdir(queue.path + "/.taken")
        rmdir(queue.path + "/rejected")
        try queue.moveIn("a.json", "{}")
        let files = await spool.take(1)
        #expect(files.map(\.name) == ["a.json"])
        await spool.reject(try #require(files.first), [RejectedPart(rejection: .init(.unknownType, "no"))])
        #expect(queue.names("rejected") == ["a.json", "a.json.reason.json"])
        await spool.stop()
    }

    @Test func stoppingEndsWaiting() async throws {
        let queue = QueueFixture()
        let spool = try queue.open()
        async let waiting = spool.next(limit: 1)
        try await Task.sleep(for: .milliseconds(20))
        await spool.stop()
        #expect(await waiting == nil)
        #expect(await spool.next(limit: 1) == nil)
        #expect(await spool.takeNow(limit: 1).isEmpty)
        await spool.stop()
    }

    @Test func aCancelledWaitLosesNothing() async throws {
        let queue = QueueFixture()
        let spool = try queue.open()
        for round in 0..<20 {
            let task = Task { await spool.next(limit: 1) }
            try queue.moveIn("\(round).json", "{}")
            task.cancel()
            let files = await task.value ?? []
            let rest = files.isEmpty ? await spool.take(1) : files
            #expect(rest.map(\.name) == ["\(round).json"])
        }
        await spool.stop()
    }

    @Test(arguments: [SpoolOptions.Watch.inotify, .polling])
    func takesWhatIsThereNow(watch: SpoolOptions.Watch) async throws {
        let queue = QueueFixture()
        try queue.copyIn("whole.json", "{}")
        try queue.copyIn("lines.ndjson", "{}\n")
        try queue.copyIn("cut.json", "{")
        try queue.copyIn("old.json", "{}", modified: QueueFixture.old)
        let spool = try queue.open {
            $0.watch = watch
            $0.quiet = 0.4
        }
        var names: [String] = []
        while true {
            let files = await spool.takeNow(limit: 2)
            if files.isEmpty { break }
            names += files.map(\.name)
            await spool.forget(files)
        }
        #expect(Set(names) == ["old.json", "whole.json", "lines.ndjson"])
        #expect(names.count == 3)
        #expect(queue.names() == ["cut.json"])
        try queue.moveIn("more.json", "{}")
        #expect(await spool.takeNow(limit: 2).map(\.name) == ["more.json"])
        await spool.stop()
    }
}
