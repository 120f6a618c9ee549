// A peer that asks for a pause: the whole destination waits, nothing else does, and `run --once` does not hang.

import Foundation
import JSON
import Sandbox
import Testing

@Suite struct PauseTests {
    static func update(_ number: Int) -> String {
        #"{"type": "update", "id": "u\#(number)", "incident": {"id": "INC\#(number)", "severity": "low"}, "message": "news \#(number)"}"#
    }

    @Test(.timeLimit(.minutes(2))) func runOnceEndsWith75ThoughMoreIsDueThanFitsInMemory() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration("routes: [{name: all, match: {}, to: [ops-slack]}]"))
        sandbox.setFault(.status(429, retryAfter: .seconds(600)), on: .slack)
        let lines = (0..<700).map(Self.update).joined(separator: "\n")
        try workspace.drop(lines, as: "many.ndjson")
        let once = try await workspace.run("run", "--once")
        #expect(once.status == 75, "\(once.errors)")
        #expect(sandbox.inbox.refusedCount <= 8, "the pause holds the rest: \(sandbox.inbox.refusedCount) were tried")
        let status = try #require(try await workspace.run("status", "--json").objects.first)
        let states = try #require(status["deliveries"]?.object)
        #expect((states["pending"]?.integer ?? 0) + (states["retrying"]?.integer ?? 0) == 700)
        await sandbox.stop()
    }

    @Test func aPauseHoldsWhatComesLaterAndNobodyElse() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration("routes: [{name: all, match: {}, to: [ops-slack, ops-teams]}]"))
        sandbox.setFault(.status(429, retryAfter: .seconds(600)), on: .slack, times: 1)
        let router = try await workspace.router()
        try workspace.drop(Self.update(1))
        try await eventually("Slack has asked for a pause") { sandbox.inbox.refusedCount == 1 && sandbox.inbox.count(.teams) == 1 }
        for number in 2...20 { try workspace.drop(Self.update(number)) }
        try await eventually("Teams has all of them") { sandbox.inbox.count(.teams) == 20 }
        #expect(sandbox.inbox.count(.slack) == 0)
        #expect(sandbox.inbox.refusedCount == 1)
        #expect(await router.stop() == 0)
        await sandbox.stop()
    }

    /// What has been accepted goes out once, though a backlog is being read at the same time.
    @Test func aBacklogAndAFloodOfUrgentEventsAreToldOnceEach() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration("routes: [{name: all, match: {}, to: [ops-slack]}]"))
        try workspace.drop((0..<1_500).map(Self.update).joined(separator: "\n"), as: "backlog.ndjson")
        let router = try await workspace.router()
        try await eventually("the backlog is under way") { sandbox.inbox.count > 50 }
        let urgent = (10_000..<13_000).map { Self.update($0).replacing("\"low\"", with: "\"critical\"") }
        try workspace.drop(urgent.joined(separator: "\n"), as: "urgent.ndjson")
        try await eventually("all is delivered, \(sandbox.inbox.count) so far", within: 120) {
            try await workspace.run("status", "--json").objects.first?["deliveries"] == ["delivered": 4_500]
        }
        #expect(sandbox.inbox.count == 4_500, "none came twice")
        #expect(await router.stop() == 0)
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }
}
