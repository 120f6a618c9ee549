// What an operator has in hand: pause and resume, a backup that was put back, a ledger that is damaged, and `status`.

import Foundation
import GRDB
import JSON
import Sandbox
import Testing

@Suite struct OperatorCommandTests {
    private static let routes = "routes: [{name: all, match: {}, to: [ops-slack]}]"

    private func status(_ workspace: Workspace) async throws -> JSONValue {
        try #require(try await workspace.run("status", "--json").objects.first)
    }

    @Test func aPauseIsKeptWhetherTheRouterRunsOrNot() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        let unknown = try await workspace.run("pause", "ops-slck")
        #expect(unknown.status == 64)
        #expect(unknown.errors.contains("did you mean `ops-slack`?"), "\(unknown.errors)")
        #expect(try await workspace.run("resume", "nothing-like-it").status == 64)

        let first = try await workspace.run("pause", "ops-slack")
        #expect(first.status == 0, "before the first run: \(first.errors)")
        #expect(first.output.contains("ops-slack is paused; nothing is held yet"), "\(first.output)")
        let again = try await workspace.run("pause", "ops-slack")
        #expect(again.status == 0)
        #expect(again.output.contains("has been paused since"), "\(again.output)")
        #expect(try await workspace.run("pause", "all").status == 0)
        #expect(try await status(workspace)["pauses"]?.array?.compactMap { $0["channel"]?.string } == ["all", "ops-slack"])
        let text = try await workspace.run("status")
        #expect(text.output.contains("ops-slack since") && text.output.contains("`tocsin resume ops-slack`"), "\(text.output)")

        let one = try await workspace.run("resume", "ops-slack")
        #expect(one.output.contains("everything has been paused since"), "\(one.output)")
        #expect(try await workspace.run("resume", "all").status == 0)
        #expect(try await status(workspace)["pauses"] == [])
        let twice = try await workspace.run("resume", "ops-slack")
        #expect(twice.status == 0)
        #expect(twice.output.contains("was not paused"))
        await sandbox.stop()
    }

    @Test func whatWasPendingInABackupDoesNotGoOutAgain() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        sandbox.setFault(.status(503), on: .slack, times: 1)
        try workspace.drop(StoryTests.escalation)
        #expect(try await workspace.run("run", "--once").status == 75)
        let restored = try await workspace.run("run", "--once", "--restored")
        #expect(restored.status == 0, "\(restored.errors)")
        #expect(restored.errors.contains("deliveries=1"), "\(restored.errors)")
        #expect(sandbox.inbox.count == 0)
        let dead = try #require(try await workspace.run("dead", "--json").objects.first)
        #expect(dead["state"] == "unknown")
        #expect(dead["reason"] == "restored from a backup: it may have gone out after the backup was made")
        #expect(dead["attempts"]?.array?.last?["reason"] == "restored")
        let shown = try await workspace.run("dead", "show", "1")
        #expect(shown.output.contains("restored from a backup") && shown.output.contains("Payments API failing"), "\(shown.output)")
        #expect(try await workspace.run("dead", "show", "1", "--json").objects.first?["id"] == "1")
        #expect(try await workspace.run("dead", "show", "99").status == 1)
        #expect(try await workspace.run("verify").status == 0)
        #expect(try await workspace.run("dead", "retry", "1").status == 0)
        #expect(try await workspace.run("run", "--once").status == 0)
        #expect(sandbox.inbox.count == 1)
        await sandbox.stop()
    }

    @Test func everyDamageIsNamedWithItsIds() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        for number in 1...6 {
            try workspace.drop(
                #"{"type": "update", "id": "u\#(number)", "incident": {"id": "INC\#(number)", "severity": "low"}, "message": "news"}"#,
                as: "\(number).json")
        }
        try await workspace.run("run", "--once")
        #expect(try await workspace.run("verify").status == 0)
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: "\(workspace.path)/state/ledger.sqlite", configuration: configuration)
        try await queue.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    DELETE FROM events WHERE sequence = 1;
                    DELETE FROM attempts WHERE delivery = 2;
                    UPDATE deliveries SET state = 'dead', reason = 'x' WHERE id = 3;
                    UPDATE deliveries SET blocked = 1 WHERE id = 4;
                    UPDATE events SET document = x'7b' WHERE sequence = 5;
                    UPDATE incidents SET is_open = 0 WHERE id = (SELECT incident FROM events WHERE sequence = 6);
                    """)
        }
        try queue.close()
        let verify = try await workspace.run("verify")
        #expect(verify.status == 1)
        let named = [
            "deliveries whose event is not there: 1", "delivered deliveries without an accepted attempt: 2",
            "deliveries that the peer accepted and that are not delivered: 3",
            "deliveries that wait for a predecessor that is not there: 4", "events that cannot be read: 5 (",
            "incidents that are listed as what their state does not say: INC",
        ]
        for words in named { #expect(verify.lines.contains { $0.hasPrefix(words) }, "\(words)\n\(verify.output)") }
        await sandbox.stop()
    }

    @Test func aRefusedReloadIsShownUntilItIsMended() async throws {
        let sandbox = try await Sandbox.forTests()
        let good = sandbox.configuration(Self.routes)
        let workspace = try Workspace(good)
        let router = try await workspace.router()
        #expect(try await status(workspace)["reload_refused"] == .null)
        try workspace.write("version: 1\nroutes: 7\n", to: "routes.yaml")
        try await eventually("status knows of it: \(router.errors)") {
            try await status(workspace)["reload_refused"]?["why"]?.string?.contains("routes.yaml:2:") == true
        }
        #expect(try await workspace.run("status").output.contains("the old configuration is in force"))
        try workspace.write(good + "\n# mended\n", to: "routes.yaml")
        try await eventually("it is over: \(router.errors)") { try await status(workspace)["reload_refused"] == .null }
        let disks = try #require(try await status(workspace)["disks"]?.array)
        #expect(!disks.isEmpty && disks.allSatisfy { ($0["size"]?.integer ?? 0) > 0 })
        #expect(await router.stop() == 0)
        await sandbox.stop()
    }
}
