// Five thousand files of every kind, copied in while the router runs: every good event is told once, every bad file is
// set aside with its reason, and the router lives.

import Foundation
import Glibc
import JSON
import Sandbox
import Testing

@Suite struct MixedFilesTests {
    @Test func goodOnesAreToldOnceAndBadOnesAreNamed() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(
            sandbox.configuration("routes: [{name: all, match: {}, to: [ops-teams]}]", router: "  settle: 3s"))
        let source = workspace.path + "/source"
        try FileManager.default.createDirectory(atPath: source, withIntermediateDirectories: true)
        let router = try await workspace.router()

        var expected: [String: Int] = [:]
        for number in 0..<5_000 where number % 10 != 0 {
            try workspace.write(Self.good(number), to: "source/good-\(number).json")
        }
        for number in 0..<500 {
            let bad = Self.bad[number % Self.bad.count]
            try Data(bad.bytes).write(to: URL(fileURLWithPath: "\(source)/bad-\(number).json"))
            expected[bad.code, default: 0] += 1
        }
        // An id that comes again with other content.
        try workspace.write(Self.good(1).replacing("news", with: "other news"), to: "source/zz-conflict.json")
        expected["id_conflict", default: 0] += 1
        try Data(repeating: UInt8(ascii: " "), count: 2 << 20).write(to: URL(fileURLWithPath: "\(source)/large.json"))
        expected["too_large", default: 0] += 1

        let copied = try RunningProgram("/bin/sh", ["-c", "cp source/* queue/"], in: workspace.path)
        // Things that are no files, and names that are left alone.
        expected["not_regular_file"] = 3
        symlink("/etc/passwd", "\(workspace.path)/queue/link.json")
        mkfifo("\(workspace.path)/queue/fifo.json", 0o600)
        mkdir("\(workspace.path)/queue/folder.json", 0o700)
        try workspace.write("left alone", to: "queue/notes.txt")
        try workspace.write("left alone", to: "queue/.hidden.json")
        // A slow writer, in pieces.
        let slow =
            FileHandle(forWritingAtPath: "\(workspace.path)/queue/slow.json")
            ?? {
                _ = FileManager.default.createFile(atPath: "\(workspace.path)/queue/slow.json", contents: nil)
                return FileHandle(forWritingAtPath: "\(workspace.path)/queue/slow.json")
            }()
        let text = Array(Self.good(90_001).utf8)
        for piece in stride(from: 0, to: text.count, by: 20) {
            try slow?.write(contentsOf: Data(text[piece..<min(piece + 20, text.count)]))
            try await Task.sleep(for: .milliseconds(20))
        }
        try slow?.close()
        #expect(await copied.wait() == 0)

        let good = 5_000 - 500 + 1
        try await eventually("\(good) are received, \(sandbox.inbox.count) so far", within: 120) { sandbox.inbox.count >= good }
        let bad = expected.values.reduce(0, +)
        try await eventually("\(bad) are rejected", within: 60) {
            try await workspace.run("status", "--json").objects.first?["queue"]?["rejected"] == .integer(bad)
        }
        let rejected = try await workspace.run("rejected", "--json").objects
        var found: [String: Int] = [:]
        for file in rejected { found[file["code"]?.string ?? "none", default: 0] += 1 }
        #expect(found == expected)
        for file in rejected where ["not_json", "not_utf8", "too_deep", "duplicate_member"].contains(file["code"]?.string) {
            #expect(file["line"]?.integer != nil && file["column"]?.integer != nil)
        }
        let told = sandbox.inbox.all().filter { !$0.text.contains("rejected") }
        let numbers = try told.map { try #require("\($0.title) \($0.text)".firstMatch(of: /news (\d+)/)).output.1 }
        #expect(numbers.count == good)
        #expect(Set(numbers).count == good, "each once")
        #expect(workspace.exists("queue/notes.txt") && workspace.exists("queue/.hidden.json"))
        #expect(router.isRunning)
        #expect(await router.stop() == 0)
        await sandbox.stop()
    }

    static func good(_ number: Int) -> String {
        """
        {"id": "g\(number)", "type": "update", "source": "copy", "incident": {"id": "INC\(number)", "severity": "low", "title": "T"},
         "message": "news \(number)"}
        """
    }

    /// One file for each reason that a document alone can give.
    static let bad: [(code: String, bytes: [UInt8])] = [
        ("not_json", Array("{\"type\": \"update\",, }".utf8)),
        ("not_json", Array("{\"type\": \"update\", \"message\": \"cut off".utf8)),
        ("not_utf8", Array("{\"type\": \"update\", \"message\": \"caf".utf8) + [0xE9] + Array("\"}".utf8)),
        ("too_deep", Array((String(repeating: "[", count: 70) + String(repeating: "]", count: 70)).utf8)),
        ("duplicate_member", Array("{\"type\": \"update\", \"type\": \"escalation\"}".utf8)),
        ("missing_member", Array("{\"type\": \"update\", \"message\": \"x\"}".utf8)),
        ("wrong_type", Array("{\"type\": \"update\", \"message\": \"x\", \"incident\": \"INC1\"}".utf8)),
        ("bad_time", Array("{\"type\": \"update\", \"message\": \"x\", \"time\": \"yesterday\", \"incident\": {\"id\": \"I\"}}".utf8)),
        ("unknown_type", Array("{\"type\": \"updaet\", \"message\": \"x\", \"incident\": {\"id\": \"I\"}}".utf8)),
        ("unknown_severity", Array("{\"type\": \"escalation\", \"incident\": {\"id\": \"I\", \"severity\": \"urgent\"}}".utf8)),
        ("unknown_status", Array("{\"type\": \"status_change\", \"incident\": {\"id\": \"I\", \"status\": \"opne\"}}".utf8)),
        ("reserved_type", Array("{\"type\": \"sla_breach\", \"incident\": {\"id\": \"I\"}}".utf8)),
        (
            "unknown_incident",
            Array("{\"type\": \"acknowledgement\", \"incident\": {\"id\": \"nobody\"}, \"change\": {\"by\": \"me\"}}".utf8)
        ),
    ]
}
