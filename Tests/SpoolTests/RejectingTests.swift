// Setting aside, listing, putting back, dropping.

import Foundation
import Glibc
import Incidents
import JSON
import Synchronization
import Testing

@testable import Spool

@Suite struct RejectingTests {
    private let bad = Rejection(.notJSON, "`x` stands where a value should be", line: 3, column: 7, pointer: "/a")

    private func reject(_ name: String, _ text: String, in queue: QueueFixture, _ spool: Spool, _ parts: [RejectedPart]) async throws {
        try queue.moveIn(name, text)
        let file = try #require(await spool.take(1).first)
        await spool.reject(file, parts)
    }

    @Test func putsTheReasonBeside() async throws {
        let queue = QueueFixture()
        let spool = try queue.open { $0.now = { QueueFixture.old } }
        try await reject("x.json", "{x", in: queue, spool, [RejectedPart(rejection: bad)])
        #expect(queue.names("rejected") == ["x.json", "x.json.reason.json"])
        #expect(queue.names(".taken") == [])
        #expect(queue.text("rejected/x.json") == "{x")
        #expect(
            queue.text("rejected/x.json.reason.json")
                == #"{"file":"x.json","code":"not_json","message":"`x` stands where a value should be","line":3,"column":7,"#
                + "\"pointer\":\"/a\",\"at\":\"2023-11-14T22:13:20Z\"}\n")
        #expect(spool.counts().rejected == 1)
        await spool.stop()
    }

    @Test func overwritesNothing() async throws {
        let queue = QueueFixture()
        let spool = try queue.open()
        for number in 0..<7 { try await reject("x.json", "{x\(number)", in: queue, spool, [RejectedPart(rejection: bad)]) }
        for number in 0..<7 {
            let name = number == 0 ? "rejected/x.json" : "rejected/x.json.\(number)"
            #expect(queue.text(name) == "{x\(number)")
            #expect(queue.text(name + ".reason.json")?.contains("not_json") == true)
        }
        #expect(queue.names("rejected").count == 14)
        await spool.stop()
    }

    @Test func aReasonThatACrashLeftAloneIsUsedAgain() async throws {
        let queue = QueueFixture()
        let spool = try queue.open()
        let reason = #"{"file":"x.json","code":"not_json","message":"`x` stands where a value should be","line":3}"#
        try queue.copyIn("rejected/x.json.reason.json", reason)
        try queue.copyIn("rejected/y.json.reason.json", "mine")
        try await reject("x.json", "{x", in: queue, spool, [RejectedPart(rejection: bad)])
        try await reject("y.json", "{y", in: queue, spool, [RejectedPart(rejection: bad)])
        #expect(queue.text("rejected/x.json") == "{x")
        #expect(queue.text("rejected/y.json.reason.json") == "mine")
        #expect(queue.text("rejected/y.json.1") == "{y")
        await spool.stop()
    }

    @Test func ofLinesOnlyTheBadOnesAreKept() async throws {
        let queue = QueueFixture()
        let spool = try queue.open()
        let long = "\"" + String(repeating: "x", count: 1 << 20) + "\""
        try queue.moveIn("x.ndjson", "{\"n\":1}\r\n\n  \nbad\r\n\(long)\n{\"n\":2}\n{\"n\"")
        try queue.append("x.ndjson", ":3}")
        let file = try #require(await spool.take(1).first)
        let documents = Array(file.documents)
        #expect(documents.map(\.line) == [1, 4, 5, 6, 7])
        #expect(String(decoding: documents[0].bytes, as: UTF8.self) == #"{"n":1}"#)
        #expect(documents.map { $0.rejection?.code } == [nil, nil, .tooLarge, nil, nil])
        let parts = [documents[1], documents[2]].map { RejectedPart(line: $0.line, bytes: $0.bytes, rejection: $0.rejection ?? bad) }
        await spool.reject(file, parts)
        #expect(queue.names(".taken") == [])
        #expect(queue.names("rejected") == ["x.ndjson", "x.ndjson.reason.ndjson"])
        #expect(queue.text("rejected/x.ndjson") == "bad\n\(long)\n")
        let reasons = queue.text("rejected/x.ndjson.reason.ndjson")?.split(separator: "\n").map { Array($0.utf8) } ?? []
        #expect(try reasons.map { try JSONValue.parse(bytes: $0)["line"]?.integer } == [4, 5])
        #expect(try reasons.map { try JSONValue.parse(bytes: $0)["code"]?.string } == ["not_json", "too_large"])
        let listed = try RejectedFiles.list(queue: queue.path)
        #expect(listed.map(\.reasons) == [2])
        #expect(listed.map(\.line) == [4])
        await spool.stop()
    }

    /// Its lines become this user's, and must not pass for what the HTTP side wrote.
    @Test(.enabled(if: geteuid() == 0)) func linesOfAnotherUserAreNotTheHTTPSides() async throws {
        let queue = QueueFixture()
        let spool = try queue.open()
        let long = "http-" + String(repeating: "y", count: 240) + ".ndjson"
        for name in ["http-x.ndjson", long] {
            try queue.copyIn("staged.tmp", "bad\n{\"n\":2}\n")
            try #require(chown(queue.path + "/staged.tmp", 12_345, 12_345) == 0)
            try #require(rename(queue.path + "/staged.tmp", queue.path + "/" + name) == 0)
            let file = try #require(await spool.take(1).first)
            #expect(file.owner == 12_345)
            await spool.reject(file, [RejectedPart(line: 1, bytes: Array("bad".utf8), rejection: bad)])
        }
        try await reject("http-own.ndjson", "bad\n", in: queue, spool, [RejectedPart(line: 1, bytes: Array("bad".utf8), rejection: bad)])
        await spool.stop()
        let names = queue.names("rejected").filter { !$0.contains(".reason.") }
        #expect(names.count == 3 && names.filter { $0.hasPrefix("http-") } == ["http-own.ndjson"])
        let back = try RejectedFiles.requeue(queue: queue.path, names: names + names)
        #expect(back.count == 3 && back.map(\.queuedAs).filter { $0.hasPrefix("http-") } == ["http-own.ndjson"])
    }

    @Test func listsWhateverIsThere() async throws {
        let queue = QueueFixture()
        #expect(try RejectedFiles.list(queue: queue.path) == [])
        let none = #expect(throws: SpoolError.self) { try RejectedFiles.list(queue: queue.root + "/none") }
        #expect(none?.code == .notFound)
        #expect(none?.message.contains("the router has not run") == true)
        let uncounted = #expect(throws: SpoolError.self) { try SpoolCounts.of(queue: queue.root + "/none") }
        #expect(uncounted == none)
        let spool = try queue.open()
        try await reject("x.json", "{x", in: queue, spool, [RejectedPart(rejection: bad)])
        try queue.copyIn("rejected/alone.json", "12345")
        try queue.copyIn("rejected/broken.json", "")
        try queue.copyIn("rejected/broken.json.reason.json", "not json at all")
        try queue.copyIn("rejected/README.txt", "hello")
        let files = try RejectedFiles.list(queue: queue.path)
        #expect(files.map(\.name) == ["README.txt", "alone.json", "broken.json", "x.json"])
        #expect(files.map(\.code) == [nil, nil, nil, "not_json"])
        #expect(files[1].size == 5)
        #expect(files[3].line == 3)
        #expect(files[3].column == 7)
        #expect(files[3].pointer == "/a")
        #expect(files[3].at != nil)
        let counts = try SpoolCounts.of(queue: queue.path)
        #expect(counts.rejected == 4)
        #expect(try SpoolCounts.of(queue: queue.path, limit: 2).isLowerBound)
        await spool.stop()
    }

    /// A draft that cannot be written stands for a full disk.
    private func obstacle(_ queue: QueueFixture, _ file: TakenFile) throws -> String {
        let path = queue.path + "/rejected/.tocsin-\(file.sequence).reason"
        try #require(mkdir(path, 0o755) == 0)
        return path
    }

    @Test func rejectingWaitsUntilThereIsRoom() async throws {
        let queue = QueueFixture()
        let spool = try queue.open()
        try queue.moveIn("x.json", "{x")
        let file = try #require(await spool.take(1).first)
        let path = try obstacle(queue, file)
        let isDone = Mutex(false)
        let rejecting = Task {
            await spool.reject(file, [RejectedPart(rejection: bad)])
            isDone.withLock { $0 = true }
        }
        #expect(await eventually { queue.troubles.withLock { !$0.isEmpty } })
        #expect(isDone.withLock { $0 } == false)
        #expect(queue.names(".taken").count == 1)
        #expect(spool.counts().taken == 1)
        rmdir(path)
        await rejecting.value
        #expect(queue.names("rejected") == ["x.json", "x.json.reason.json"])
        #expect(queue.names(".taken") == [])
        #expect((spool.counts().taken, spool.counts().rejected) == (0, 1))
        await spool.stop()
    }

    @Test(.timeLimit(.minutes(1)), arguments: [false, true])
    func stoppingOrCancellingEndsTheWaitAndLosesNothing(cancels: Bool) async throws {
        let queue = QueueFixture()
        let spool = try queue.open()
        try queue.moveIn("x.json", "{x")
        let file = try #require(await spool.take(1).first)
        let path = try obstacle(queue, file)
        let rejecting = Task { await spool.reject(file, [RejectedPart(rejection: bad)]) }
        #expect(await eventually { queue.troubles.withLock { !$0.isEmpty } })
        if cancels { rejecting.cancel() } else { await spool.stop() }
        await rejecting.value
        rmdir(path)
        await spool.close()
        let again = try queue.open()
        #expect(await again.take(1).map(\.name) == ["x.json"])
        await again.stop()
    }

    @Test func requeuePutsBackAndSaysUnderWhichName() async throws {
        let queue = QueueFixture()
        let spool = try queue.open()
        let long = String(repeating: "l", count: 250) + ".json"
        for name in ["x.json", "x.json", long, "odd.reason.json"] {
            try await reject(name, "{x", in: queue, spool, [RejectedPart(rejection: bad)])
        }
        await spool.close()
        let names = try RejectedFiles.list(queue: queue.path).map(\.name)
        #expect(names.count == 4)
        let done = try RejectedFiles.requeue(queue: queue.path, names: ["x.json", "x.json.1"])
        #expect(done == [RequeuedFile(name: "x.json", queuedAs: "x.json"), RequeuedFile(name: "x.json.1", queuedAs: "x-1.json")])
        let rest = try RejectedFiles.requeue(queue: queue.path, names: names.filter { !$0.hasPrefix("x.") })
        #expect(Set(rest.map(\.queuedAs)) == [long, "odd.reason.json"])
        #expect(queue.names("rejected") == [])
        #expect(queue.names() == ["x.json", "x-1.json", long, "odd.reason.json"].sorted())
    }

    @Test(arguments: [
        ("../secret.json", "plain name"), ("..", "plain name"), ("/etc/passwd", "plain name"), ("", "plain name"),
        ("ordr.json", "did you mean `order.json`?"), ("order.json.reason.json", "requeue `order.json`"),
    ])
    func requeueRefuses(name: String, words: String) async throws {
        let queue = QueueFixture()
        let spool = try queue.open()
        try await reject("order.json", "{x", in: queue, spool, [RejectedPart(rejection: bad)])
        let error = #expect(throws: SpoolError.self) { try RejectedFiles.requeue(queue: queue.path, names: ["order.json", name]) }
        #expect(error?.code == .badName)
        #expect(error?.message.contains(words) == true)
        #expect(queue.names("rejected") == ["order.json", "order.json.reason.json"])
        await spool.stop()
    }

    /// Whoever can write to `rejected/` can write a reason, too: the name in it leads nowhere.
    @Test(arguments: ["../../evil~.json", "/tmp/evil~.json", "..", ".", "a/x~.json", "x~.json\\u0000", "other~.json", ".hidden~.json"])
    func aForgedReasonLeadsNowhere(file: String) async throws {
        let queue = QueueFixture()
        await (try queue.open()).close()
        try queue.copyIn("rejected/x~.json", "{x")
        try queue.copyIn("rejected/x~.json.reason.json", "{\"file\":\"\(file)\",\"code\":\"not_json\",\"message\":\"m\"}")
        #expect(try RejectedFiles.list(queue: queue.path).map(\.name) == ["x~.json"])
        #expect(
            try RejectedFiles.requeue(queue: queue.path, names: ["x~.json"]) == [RequeuedFile(name: "x~.json", queuedAs: "x~.json")])
        #expect(queue.text("x~.json") == "{x")
        #expect(try FileManager.default.contentsOfDirectory(atPath: queue.root) == ["queue"])
    }

    @Test func dropsAnEvent() async throws {
        let queue = QueueFixture()
        let spool = try queue.open()
        #expect(try EventDrop.drop(["type": "update"], into: queue.path, name: "ack.json") == "ack.json")
        let files = await spool.take(1)
        #expect(files.map(\.text) == [#"{"type":"update"}"#])
        #expect(queue.names("tmp") == [])
        await spool.close()
        #expect(try EventDrop.drop(["n": 1], into: queue.path, name: "ack.json") == "ack.json")
        #expect(try EventDrop.drop(["n": 2], into: queue.path, name: "ack.json") == "ack-1.json")
        #expect(queue.text("ack.json") == #"{"n":1}"#)
    }

    @Test(arguments: ["../x.json", "x.txt", ".x.json", "a/b.json", String(repeating: "x", count: 251) + ".json"])
    func dropRefusesNames(name: String) {
        let queue = QueueFixture()
        let error = #expect(throws: SpoolError.self) { try EventDrop.drop([:], into: queue.path, name: name) }
        #expect(error?.code == .badName)
    }

    @Test func dropSaysThatThereIsNoQueue() {
        let queue = QueueFixture()
        let error = #expect(throws: SpoolError.self) { try EventDrop.drop([:], into: queue.root + "/none", name: "x.json") }
        #expect(error?.code == .notFound)
        #expect(error?.message.contains("no queue directory") == true)
    }
}

@Suite struct CompletenessTests {
    @Test(arguments: [
        ("{}", false), ("[1]", false), ("{\"a\":\"}\"", true), ("{\"a\":{}", true), ("", true), (" \n", true), ("12", false), ("tru", true),
        ("\"a", true), ("\"a\"", false), ("{\"a\":1}}", false), ("{\"a\" \"b\"", false), ("{\"\\\"}\":1}", false), ("{\"a\\\\\"}", false),
        ("{} x", false),
    ])
    func ofOneDocument(text: String, endsEarly: Bool) {
        #expect(Completeness.endsEarly(Array(text.utf8), isNDJSON: false) == endsEarly)
    }

    @Test(arguments: [("{}\n{", true), ("{\n{}", false), ("{}\n", false), ("", true), ("{}\r\n{}\r\n\n", false), ("{}\n{}", false)])
    func ofLines(text: String, endsEarly: Bool) {
        #expect(Completeness.endsEarly(Array(text.utf8), isNDJSON: true) == endsEarly)
    }

    @Test func ofACharacterThatIsCut() {
        #expect(Completeness.endsEarly(Array("{\"a\":\"é".utf8.dropLast()), isNDJSON: false))
    }

    /// Every beginning of a good text is one, and the text itself is not.
    @Test func ofEveryBeginning() {
        let text = Array(#" {"a":[1.5e3,"\u00e9\n\"}",{"b":null}],"ü":true}"#.utf8)
        for count in 0..<text.count { #expect(Completeness.endsEarly(Array(text[..<count]), isNDJSON: false), "\(count)") }
        #expect(!Completeness.endsEarly(text, isNDJSON: false))
    }
}
