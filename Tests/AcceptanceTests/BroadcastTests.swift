// Broadcasts as a person makes them: looked at, let go, killed in the middle, corrected, stopped.

import CrashPoints
import Foundation
import Glibc
import JSON
import Sandbox
import Testing

@Suite(.serialized) struct BroadcastAcceptanceTests {
    private static let count = 150

    /// They go on with `teams` of the configuration that they are put into.
    private static let rules = """
          everybody: [\((0..<count).map { "\"mail:n\($0)@example.com\"" }.joined(separator: ", "))]
          two: ["mail:a@example.com", "mail:b@example.com"]
        routes:
          - {name: news, match: {type: update}, to: [ops-slack]}
        """

    private func delivered(_ workspace: Workspace, _ id: String) async throws -> Int {
        let report = try await workspace.run("broadcast", "show", id, "--json")
        return report.objects.first?["deliveries"]?["delivered"]?.integer ?? 0
    }

    @Test(arguments: ["before_ring_commit:1", "before_ring_commit:3", "after_ring_commit:2", "before_outcomes_commit:2"])
    func noAddressTwiceAndNoneMissed(whenItDiesAt point: String) async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.rules))
        try workspace.drop(#"{"id": "e", "type": "broadcast", "broadcast": {"id": "b1", "audience": ["everybody"], "message": "Hello"}}"#)
        let dying = try workspace.start(["run"], input: nil, environment: ["TOCSIN_CRASH_AT": point])
        #expect(await dying.wait() == -SIGKILL, "\(dying.errors)")
        let router = try await workspace.router()
        try await eventually("all have it: \(router.errors)") { try await delivered(workspace, "b1") == Self.count }
        #expect(await router.stop() == 0)
        let all = try await workspace.deliveries()
        #expect(all.count == Self.count)
        #expect(Set(all.compactMap { $0["address"]?.string }).count == Self.count)
        let verify = try await workspace.run("verify")
        #expect(verify.status == 0, "\(verify.output)")
        await sandbox.stop()
    }

    @Test func nothingIsSentThatNobodyHasLookedAt() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.rules))
        let asked = try await workspace.run("broadcast", "--audience", "two", "--message", "Hello", "--by", "ana")
        #expect(asked.status == 64)
        #expect(asked.errors.contains("2 people, 2 addresses") && asked.errors.contains("--yes"))
        #expect(workspace.files(in: "queue").isEmpty)
        let wrong = try await workspace.run("broadcast", "--audience", "tow", "--message", "Hello", "--yes")
        #expect(wrong.status == 65)
        #expect(wrong.errors.contains("did you mean `two`?"))
        await sandbox.stop()
    }

    @Test func aCorrectionReachesThoseWhoGotTheOriginal() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.rules))
        let router = try await workspace.router()
        let first = try await workspace.run("broadcast", "--audience", "two", "--message", "Wednesday", "--by", "ana", "--yes")
        let id = try #require(first.lines.last)
        try await eventually("both have it") { try await delivered(workspace, id) == 2 }
        let second = try await workspace.run("broadcast", "--corrects", id, "--message", "Thursday", "--by", "ana", "--yes")
        let correction = try #require(second.lines.last)
        try await eventually("both have the correction") { try await delivered(workspace, correction) == 2 }
        let stop = try await workspace.run("broadcast", "stop", correction, "--by", "ana")
        #expect(stop.status == 1 && stop.errors.contains("all of broadcast"))
        #expect(try await workspace.run("approve", correction, "--by", "bob").status == 1)
        #expect(try await workspace.run("broadcast", "show", "b-nothing").status == 1)
        #expect(try await workspace.run("broadcasts").output.contains("whom \(id) reached"))
        #expect(await router.stop() == 0)
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }
}
