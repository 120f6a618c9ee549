// How files come in.

import Foundation
import Glibc
import Synchronization
import Testing

@testable import Spool

@Suite struct TakingTests {
    @Test func takesWhatIsMovedIn() async throws {
        let queue = QueueFixture()
        let spool = try queue.open()
        try queue.moveIn("a.json", #"{"n":1}"#, modified: QueueFixture.old)
        let files = await spool.take(1)
        #expect(files.map(\.name) == ["a.json"])
        #expect(files.first?.text == #"{"n":1}"#)
        #expect(files.first?.modified == QueueFixture.old)
        #expect(files.first?.size == 7)
        #expect(files.first?.owner == getuid())
        #expect(queue.names() == [])
        #expect(queue.names(".taken") == ["0000000000000001.a.json"])
        await spool.forget(files)
        #expect(queue.names(".taken") == [])
        #expect(spool.counts().taken == 0)
        await spool.stop()
    }

    @Test func takesAtOnceAndNotByTicks() async throws {
        let queue = QueueFixture()
        let spool = try queue.open()
        try queue.moveIn("warm.json", "{}")
        await spool.forget(await spool.take(1))
        var waits: [Duration] = []
        for number in 0..<50 {
            async let batch = spool.next(limit: 8)
            try await Task.sleep(for: .milliseconds(2))
            let start = ContinuousClock.now
            try queue.moveIn("\(number).json", "{}")
            let files = await batch ?? []
            waits.append(ContinuousClock.now - start)
            await spool.forget(files)
        }
        // The shortest tick is 250 ms; the median must be far from it even on a busy machine.
        #expect(waits.sorted()[25] < .milliseconds(50))
        await spool.stop()
    }

    @Test func takesWhatIsCopiedIn() async throws {
        let queue = QueueFixture()
        // Far longer than the test may take: that the writer closed the file is enough.
        let spool = try queue.open { $0.quiet = 60 }
        try queue.copyIn("a.json", #"{"a":[1,2,{"b":"}"}]}"#)
        try queue.copyIn("b.ndjson", "{}\n{}")
        let start = ContinuousClock.now
        #expect(await spool.take(2).map(\.name) == ["a.json", "b.ndjson"])
        #expect(ContinuousClock.now - start < .seconds(30))
        await spool.stop()
    }

    @Test func keepsTheOrderOfArrival() async throws {
        let queue = QueueFixture()
        let spool = try queue.open()
        let names = (0..<300).map { "\(($0 * 7919) % 300).json" }
        for (index, name) in names.enumerated() {
            try queue.moveIn(name, "{}", modified: Date(timeIntervalSince1970: 1_700_000_000 - Double(index)))
        }
        #expect(await spool.take(300, limit: 17).map(\.name) == names)
        await spool.stop()
    }

    @Test func atTheStartOrdersByTimeThenName() async throws {
        let queue = QueueFixture()
        for (name, age) in [("c", 10.0), ("a", 5), ("d", 10), ("b", 20)] {
            try queue.moveIn(name + ".json", "{}", modified: Date(timeIntervalSince1970: 1_700_000_000 - age))
        }
        let spool = try queue.open()
        #expect(await spool.take(4).map(\.name) == ["b.json", "c.json", "d.json", "a.json"])
        await spool.stop()
    }

    @Test func atTheStartWaitsForYoungFilesAndKeepsTheirPlace() async throws {
        let queue = QueueFixture()
        try queue.moveIn("young.json", "{}")
        try queue.moveIn("old.json", "{}", modified: QueueFixture.old)
        let start = ContinuousClock.now
        let spool = try queue.open { $0.quiet = 4 }
        #expect(await spool.take(1, limit: 1).map(\.name) == ["old.json"])
        try queue.moveIn("later.json", "{}")
        #expect(await spool.take(2, limit: 1).map(\.name) == ["young.json", "later.json"])
        #expect(ContinuousClock.now - start > .seconds(3.5))
        await spool.stop()
    }

    @Test func waitsForAWriterThatWritesInPieces() async throws {
        let queue = QueueFixture()
        let spool = try queue.open()
        // By name, closing each time: taking the first piece would tear the event apart.
        try queue.copyIn("slow.json", #"{"a""#)
        try queue.copyIn("empty.json", "")
        async let taking = spool.take(1)
        #expect(await eventually { spool.counts().incomplete == 2 })
        try queue.append("slow.json", ":\"\\u12")
        try queue.append("slow.json", "34\"")
        #expect(await eventually { spool.counts().incomplete == 2 })
        #expect(queue.names() == ["empty.json", "slow.json"])
        try queue.append("slow.json", "}")
        let files = await taking
        #expect(files.first?.text == #"{"a":"\u1234"}"#)
        try queue.append("empty.json", "{}")
        #expect(await spool.take(1).map(\.name) == ["empty.json"])
        await spool.stop()
    }

    @Test func waitsForAnOpenWriterOfLines() async throws {
        let queue = QueueFixture()
        let spool = try queue.open { $0.quiet = 0.2 }
        let file = open(queue.path + "/slow.ndjson", O_WRONLY | O_CREAT, 0o644)
        write(file, "{\"n\":1}\n", 8)
        async let files = spool.take(1)
        // Longer than a `.json` file would need not to change.
        try await Task.sleep(for: .milliseconds(700))
        write(file, "{\"n\":2}\n", 8)
        close(file)
        #expect(await files.first?.text == "{\"n\":1}\n{\"n\":2}\n")
        await spool.stop()
    }

    @Test func givesUpOnAWriterAfterTheSettleTime() async throws {
        let queue = QueueFixture()
        let spool = try queue.open { $0.settle = 0.6 }
        let start = ContinuousClock.now
        try queue.moveIn("cut.json", #"{"a":"#)
        try queue.copyIn("lines.ndjson", "{}\n{\"a")
        try queue.copyIn("letter.json", "\"caf\u{e9}")
        let files = await spool.take(3)
        #expect(ContinuousClock.now - start > .milliseconds(500))
        #expect(Set(files.map(\.name)) == ["cut.json", "lines.ndjson", "letter.json"])
        await spool.stop()
    }

    @Test func doesNotWaitForWhatIsBrokenForGood() async throws {
        let queue = QueueFixture()
        let spool = try queue.open()
        try queue.moveIn("a.json", #"{"a" 1"#)
        try queue.moveIn("b.ndjson", "{\n{}")
        try queue.moveIn("c.json", "nonsense")
        #expect(await spool.take(3).map(\.name) == ["a.json", "b.ndjson", "c.json"])
        await spool.stop()
    }

    @Test func losesNeitherOfTwoWithTheSameName() async throws {
        let queue = QueueFixture()
        let spool = try queue.open()
        try queue.moveIn("x.json", #"{"n":1}"#)
        let first = await spool.take(1)
        try queue.moveIn("x.json", #"{"n":2}"#)
        await spool.forget(first)
        let second = await spool.take(1)
        #expect(first.map(\.text) + second.map(\.text) == [#"{"n":1}"#, #"{"n":2}"#])
        await spool.stop()
    }

    @Test func takesAHardLink() async throws {
        let queue = QueueFixture()
        try queue.moveIn("tmp", "")
        unlink(queue.path + "/tmp")
        let spool = try queue.open { $0.quiet = 0.1 }
        mkdir(queue.path + "/tmp", 0o755)
        try queue.copyIn("tmp/a.json", "{}")
        link(queue.path + "/tmp/a.json", queue.path + "/a.json")
        #expect(await spool.take(1).map(\.name) == ["a.json"])
        #expect(queue.names("tmp") == ["a.json"])
        await spool.stop()
    }

    @Test(arguments: [SpoolOptions.Watch.inotify, .polling])
    func neverOpensWhatIsNoRegularFile(watch: SpoolOptions.Watch) async throws {
        let queue = QueueFixture()
        let spool = try queue.open {
            $0.watch = watch
            $0.pollInterval = 0.1
            $0.quiet = 0.2
        }
        let secret = queue.root + "/secret"
        _ = FileManager.default.createFile(atPath: secret, contents: Data("{}".utf8))
        symlink(secret, queue.path + "/link.json")
        symlink("/nowhere", queue.path + "/dangling.json")
        mkdir(queue.path + "/folder.json", 0o755)
        mkfifo(queue.path + "/pipe.json", 0o644)
        let socket = Glibc.socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: Array((queue.path + "/s.ndjson").utf8)) }
        #expect(
            withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(socket, $0, socklen_t(MemoryLayout<sockaddr_un>.size)) }
            } == 0)
        let files = await spool.take(5)
        #expect(files.count == 5)
        for file in files {
            guard case .unreadable(let rejection) = file.content else {
                Issue.record("\(file.name) was read")
                continue
            }
            #expect(rejection.code == .notRegularFile)
            await spool.reject(file, [RejectedPart(rejection: rejection)])
        }
        close(socket)
        #expect(queue.names() == [])
        #expect(queue.names(".taken") == [])
        let kept = queue.names("rejected").filter { !$0.hasSuffix(".reason.json") }
        #expect(kept == ["dangling.json", "folder.json", "link.json", "pipe.json", "s.ndjson"])
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: queue.path + "/rejected/link.json") == secret)
        #expect(FileManager.default.fileExists(atPath: secret))
        await spool.stop()
    }

    @Test func doesNotReadWhatIsTooLarge() async throws {
        let queue = QueueFixture()
        let spool = try queue.open()
        try queue.moveIn("exact.json", "{" + String(repeating: " ", count: (1 << 20) - 2) + "}")
        try queue.moveIn("over.json", "{" + String(repeating: " ", count: (1 << 20) - 1) + "}")
        let huge = queue.root + "/huge"
        _ = FileManager.default.createFile(atPath: huge, contents: nil)
        truncate(huge, off_t(64 << 20) + 1)
        rename(huge, queue.path + "/huge.ndjson")
        let files = await spool.take(3)
        #expect(files.map(\.size) == [1 << 20, 1 << 20 + 1, 64 << 20 + 1])
        #expect(files.first?.text.count == 1 << 20)
        for file in files.dropFirst() {
            if case .unreadable(let rejection) = file.content { #expect(rejection.code == .tooLarge) } else { Issue.record("it was read") }
        }
        await spool.stop()
    }

    @Test func takesOddNamesAndLeavesForeignOnesAlone() async throws {
        let queue = QueueFixture()
        let spool = try queue.open()
        let long = String(repeating: "é", count: 125) + ".json"
        #expect(long.utf8.count == 255)
        let names = ["with space.json", "строка.json", "new\nline.json", "-rf.json", "a.json.ndjson", long, "😀.json"]
        for foreign in [".hidden.json", "x.JSON", "x.json.tmp", "x.txt", "json", ".json"] { try queue.moveIn(foreign, "{}") }
        for name in names { try queue.moveIn(name, "{}") }
        let files = await spool.take(names.count)
        #expect(files.map(\.name) == names)
        await spool.forget(files)
        #expect(queue.names(".taken") == [])
        #expect(queue.names() == [".hidden.json", ".json", "json", "x.JSON", "x.json.tmp", "x.txt"])
        #expect(try SpoolCounts.of(queue: queue.path).ignored == 6)
        await spool.stop()
    }

    @Test func takesANameThatIsNotUTF8() async throws {
        let queue = QueueFixture()
        let spool = try queue.open()
        try queue.moveIn("x", "{\"a\":")
        let odd: [CChar] = Array((queue.path + "/caf").utf8CString.dropLast()) + [CChar(bitPattern: 0xE9)] + Array(".json".utf8CString)
        try queue.moveIn("x", "{}")
        rename(queue.path + "/x", odd)
        let files = await spool.take(1)
        #expect(files.map(\.name) == ["caf\u{FFFD}.json"])
        await spool.reject(try #require(files.first), [RejectedPart(rejection: .init(.notJSON, "no", line: 1, column: 1))])
        let listed = try RejectedFiles.list(queue: queue.path)
        #expect(listed.map(\.code) == ["not_json"])
        #expect(try RejectedFiles.requeue(queue: queue.path, names: listed.map(\.name)).count == 1)
        #expect(await spool.take(1).map(\.name) == ["caf\u{FFFD}.json"])
        await spool.stop()
    }

    @Test func handsOutAgainWhatACrashLeft() async throws {
        let queue = QueueFixture()
        let long = String(repeating: "l", count: 250) + ".json"
        let first = try queue.open()
        for name in ["b.json", long, "a.json"] { try queue.moveIn(name, #"{"n":"\#(name.prefix(1))"}"#, modified: QueueFixture.old) }
        let before = await first.take(3)
        try queue.moveIn("new.json", "{}", modified: QueueFixture.old)
        await first.close()
        let second = try queue.open()
        let after = await second.take(4)
        #expect(after.map(\.name) == ["b.json", long, "a.json", "new.json"])
        #expect(after.prefix(3).map(\.text) == before.map(\.text))
        #expect(after.prefix(3).map { $0.origin() } == before.map { $0.origin() })
        #expect(try #require(after.last).sequence > before.map(\.sequence).max() ?? 0)
        await second.forget(after)
        #expect(queue.names(".taken") == [])
        await second.stop()
    }

    /// A long name lies in a directory of its own; where a file takes that one's place, it cannot be looked at.
    @Test func aLeftoverThatCannotBeHadDoesNotBlockTheOthers() async throws {
        let queue = QueueFixture()
        let first = try queue.open()
        let long = String(repeating: "l", count: 250) + ".json"
        for name in ["a.json", long, "b.json"] { try queue.moveIn(name, "{}", modified: QueueFixture.old) }
        let folder =
            queue.path + "/.taken/"
            + String(decoding: try #require(TakenName.folder(of: await first.take(3)[1].taken)).bytes, as: UTF8.self)
        await first.close()

        let core = try SpoolCore(queue: QueueHandle(path: queue.path), options: queue.options()) { trouble in
            queue.troubles.withLock { $0.append(trouble) }
        }
        let worker = SpoolWorker(core: core, watch: nil)
        worker.attach()
        try #require(rename(folder, queue.root + "/aside") == 0)
        try "".write(toFile: folder, atomically: false, encoding: .utf8)
        func ask(at time: Int64) async -> [String] {
            await withCheckedContinuation { continuation in
                core.submit(SpoolCore.Request(id: core.newID(), limit: 10, isImmediate: true, continuation: continuation))
                while core.firstRequest != nil { _ = worker.serve(time) }
            }?.map(\.name) ?? []
        }
        let time = worker.now
        #expect(await ask(at: time) == ["a.json", "b.json"])
        #expect(queue.troubles.withLock { $0.count } == 1)
        try #require(unlink(folder) == 0 && rename(queue.root + "/aside", folder) == 0)
        #expect(await ask(at: time + 2 * SpoolWorker.second) == [long])
    }

    @Test func takesWhatAWriterAddsToATakenFile() async throws {
        let queue = QueueFixture()
        let file = open(queue.path + "/slow.ndjson", O_WRONLY | O_CREAT, 0o644)
        write(file, "{\"n\":1}\n\n{\"n\":2}\n", 17)
        let spool = try queue.open {
            $0.quiet = 0.2
            $0.watch = .polling
            $0.pollInterval = 0.1
        }
        let first = await spool.take(1)
        #expect(first.first?.documents.map(\.line) == [1, 3])
        write(file, "{\"n\":3}\n", 8)
        await spool.forget(first)
        let second = await spool.take(1)
        #expect(second.first?.documents.map { String(decoding: $0.bytes, as: UTF8.self) } == [#"{"n":3}"#])
        #expect(second.first?.documents.map(\.line) == [4])
        close(file)
        await spool.forget(second)
        #expect(queue.names(".taken") == [])
        await spool.stop()
    }
}
