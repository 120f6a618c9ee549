// A paused channel holds what is due, nothing else waits for it, and `resume` lets it go: also under a running router.

import Foundation
import JSON
import Sandbox
import Testing

@Suite struct PauseCommandTests {
    private static let routes = "routes: [{name: all, match: {}, to: [ops-slack, ops-teams]}]"

    @Test func runOnceHoldsWhatIsPausedAndEndsWell() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        try await workspace.run("pause", "ops-slack")
        for number in 1...3 { try workspace.drop(PauseTests.update(number)) }
        let once = try await workspace.run("run", "--once")
        #expect(once.status == 0, "what is held is not still to be made: \(once.errors)")
        #expect(sandbox.inbox.count(.teams) == 3)
        #expect(sandbox.inbox.count(.slack) == 0)
        let again = try await workspace.run("pause", "ops-slack")
        #expect(again.output.contains("3 deliveries are held"), "\(again.output)")
        let resumed = try await workspace.run("resume", "ops-slack")
        #expect(resumed.output.contains("3 deliveries go out"), "\(resumed.output)")
        #expect(try await workspace.run("run", "--once").status == 0)
        #expect(sandbox.inbox.count(.slack) == 3)
        await sandbox.stop()
    }

    @Test func aRunningRouterObeysWithinASecondOrSo() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        let router = try await workspace.router()
        try workspace.drop(PauseTests.update(1))
        try await eventually("both have the first") { sandbox.inbox.count == 2 }
        try await workspace.run("pause", "all")
        // The router looks once a second; until then messages may still go out, so the pause is known to be in force
        // when one that was dropped after it is still there while a later look has been made.
        try await eventually("the pause is in force: \(router.errors)") { router.errors.contains("paused") }
        try workspace.drop(PauseTests.update(2))
        try await eventually("the second is held") {
            try await workspace.run("status", "--json").objects.first?["pauses"]?.array?.first?["held"] == 2
        }
        #expect(sandbox.inbox.count == 2)
        try await workspace.run("resume", "all")
        try await eventually("the second goes out") { sandbox.inbox.count == 4 }
        #expect(await router.stop() == 0)
        await sandbox.stop()
    }
}
