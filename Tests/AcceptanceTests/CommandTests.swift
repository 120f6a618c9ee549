// The commands, as a person at a shell meets them: what they print, and how they exit.

import Foundation
import JSON
import Sandbox
import Testing

@Suite struct CommandTests {
    static let commands = [
        "run", "check", "explain", "send", "ack", "status", "incidents", "deliveries", "dead", "rejected", "requeue", "ping", "sandbox",
        "verify", "pause", "resume",
    ]

    @Test(arguments: commands) func helpHasAnExample(command: String) async throws {
        let workspace = try Workspace("version: 1")
        let help = try await workspace.run(command, "--help")
        #expect(help.status == 0)
        #expect(help.output.contains("  tocsin \(command)"), "an example to copy")
    }

    @Test func usageIs64AndAMissingFileIs66() async throws {
        let workspace = try Workspace("version: 1")
        #expect(try await workspace.run("check", "--nonsense").status == 64)
        #expect(try await workspace.run("nonsense").status == 64)
        #expect(try await workspace.run("check", "nowhere.yaml").status == 66)
        #expect(try await workspace.run("run", "--config", "nowhere.yaml").status == 66)
        #expect(try await workspace.run("explain", "nowhere.json").status != 0)
    }

    @Test func aBadConfigurationStopsTheRouterWith78() async throws {
        let workspace = try Workspace("version: 1\nchanels: {}\n")
        let run = try await workspace.run("run")
        #expect(run.status == 78)
        #expect(run.errors.contains("did you mean `channels`?"))
    }

    @Test func sendAndAckGoThroughTheQueue() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(StoryTests.routes))
        let unknown = try await workspace.run("ack", "INC1", "--by", "duty-engineer")
        #expect(unknown.status == 1)

        let sent = try await workspace.run(
            "send", "escalation", "--incident", "INC1", "--severity", "P1", "--title", "Down", "--set", "service=payments")
        #expect(sent.status == 0, "\(sent.errors)")
        #expect(sent.lines.count == 1, "its id, and nothing else")
        #expect(try await workspace.run("send", "escalation", "--incident", "INC1", "--severity", "hgh").status == 65)
        #expect(try await workspace.run("run", "--once").status == 0)

        let near = try await workspace.run("ack", "INC2")
        #expect(near.status == 1)
        #expect(near.errors.contains("INC1"), "the nearest id is named")
        #expect(try await workspace.run("ack", "INC1", "--by", "duty-engineer").status == 0)
        #expect(try await workspace.run("run", "--once").status == 0)
        let incident = try #require(try await workspace.run("incidents", "--json").objects.first)
        #expect(incident["id"] == "INC1")
        #expect(incident["severity"] == "critical")
        #expect(incident["acknowledged_by"] == "duty-engineer")
        await sandbox.stop()
    }

    @Test func tablesArePlainWhenPiped() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(StoryTests.routes))
        try workspace.drop(StoryTests.escalation)
        try await workspace.run("run", "--once")
        for command in ["deliveries", "incidents", "status"] {
            let result = try await workspace.run(command)
            #expect(result.status == 0)
            #expect(!result.output.contains("\u{1B}"))
        }
        let shown = try await workspace.run("deliveries", "show", "1")
        #expect(shown.output.contains("Payments API failing"))
        #expect(shown.output.contains("accepted"))
        await sandbox.stop()
    }

    @Test func deadLettersAreTriedAgainOrPutAside() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration("routes: [{name: all, match: {}, to: [ops-slack]}]"))
        sandbox.setFault(.status(404, body: "no_active_hooks"), on: .slack, times: 2)
        try workspace.drop(StoryTests.escalation)
        #expect(try await workspace.run("run", "--once").status == 0, "dead is not pending")
        #expect(try await workspace.run("dead", "--json").objects.count == 1)
        #expect(try await workspace.run("dead", "retry", "1").status == 0)
        try await workspace.run("run", "--once")
        #expect(try await workspace.run("dead", "--json").objects.count == 1, "refused again")
        #expect(try await workspace.run("dead", "retry", "--all").status == 0)
        try await workspace.run("run", "--once")
        #expect(try await workspace.deliveries().map { $0["state"] } == ["delivered"])
        #expect(try await workspace.run("dead", "drop", "1", "--reason", "x").status == 1, "it is not dead")
        await sandbox.stop()
    }

    @Test func rejectedFilesAreMendedAndRequeued() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(StoryTests.routes))
        try workspace.drop(StoryTests.escalation.replacing("\"critical\"", with: "\"critcal\""), as: "x.json")
        try await workspace.run("run", "--once")
        let list = try await workspace.run("rejected")
        #expect(list.output.contains("x.json") && list.output.contains("did you mean `critical`"))
        try workspace.write(StoryTests.escalation, to: "queue/rejected/x.json")
        #expect(try await workspace.run("requeue", "../routes.yaml").status != 0)
        #expect(try await workspace.run("requeue", "x.json").status == 0)
        try await workspace.run("run", "--once")
        #expect(try await workspace.run("rejected", "--json").objects.isEmpty)
        #expect(try await workspace.deliveries("--incident", "INC1").count == 5)
        await sandbox.stop()
    }

    @Test func whatWouldConflictAgainStaysUntilItIsChanged() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(StoryTests.routes))
        let event = #"{"id": "e1", "type": "update", "source": "x", "incident": {"id": "INC1"}, "message": "one"}"#
        try workspace.drop(event, as: "a.json")
        try await workspace.run("run", "--once")
        try workspace.drop(event.replacing("one", with: "two"), as: "b.json")
        try await workspace.run("run", "--once")
        let refused = try await workspace.run("requeue", "b.json")
        #expect(refused.status == 1 && refused.errors.contains("its id was seen before"))
        #expect(try await workspace.run("requeue", "--all").status == 1)
        #expect(try await workspace.run("rejected", "--json").objects.count == 1)
        try await Task.sleep(for: .seconds(2))
        try workspace.write(event.replacing("one", with: "two").replacing("e1", with: "e2"), to: "queue/rejected/b.json")
        #expect(try await workspace.run("requeue", "b.json").status == 0)
        try await workspace.run("run", "--once")
        #expect(try await workspace.run("rejected", "--json").objects.isEmpty)
        await sandbox.stop()
    }

    @Test func pingSaysHowItWent() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(StoryTests.routes))
        let ping = try await workspace.run("ping", "duty-engineer", "via", "mail")
        #expect(ping.status == 0, "\(ping.errors)\(ping.output)")
        #expect(sandbox.inbox.all().first?.to.contains("duty@example.com") == true)
        sandbox.setFault(.status(503), on: .slack)
        #expect(try await workspace.run("ping", "ops-slack").status == 69)
        #expect(try await workspace.run("ping", "nobody-known").status == 1)
        await sandbox.stop()
    }

    /// The example asks for its secrets, and is spotless once it has them.
    @Test func theExampleAsksOnlyForItsSecrets() async throws {
        let workspace = try Workspace("version: 1")
        let example = try String(contentsOf: repository.appendingPathComponent("routes.yaml.example"), encoding: .utf8)
        try workspace.write(example, to: "routes.yaml")
        let names = [
            "SLACK_WEBHOOK", "SLACK_BOT_TOKEN", "TEAMS_WEBHOOK", "SMTP_PASSWORD", "TWILIO_ACCOUNT", "TWILIO_TOKEN", "KANNEL_PASSWORD",
        ]
        let asked = try await workspace.run("check")
        #expect(asked.status == 1)
        #expect(asked.lines.filter { !$0.contains(": note: ") }.count == names.count)
        for name in names { #expect(asked.output.contains("the environment variable `\(name)` is not set")) }

        var environment = Dictionary(uniqueKeysWithValues: names.map { ($0, "x-secret-value") })
        environment["SLACK_WEBHOOK"] = "https://hooks.slack.com/services/T0/B0/x"
        environment["TEAMS_WEBHOOK"] = "https://example.webhook.office.com/x"
        environment["SLACK_BOT_TOKEN"] = "xoxb-1-2-x"
        environment["TWILIO_ACCOUNT"] = "AC0123456789abcdef0123456789abcdef"
        let filled = try await workspace.run("check", "--strict", environment: environment)
        #expect(filled.status == 0, "\(filled.output)")
        #expect(filled.lines.isEmpty, "\(filled.output)")
        #expect(!filled.output.contains("x-secret-value"))
    }

    @Test func aTemplateThatIsNowhereIsNamedBesideTheOtherMistakes() async throws {
        let workspace = try Workspace(
            """
            version: 1
            channels: {room: {type: slack, webhook: "${env:HOOK}"}}
            routes:
              - {name: a, match: {serverity: high}, to: room}
              - {name: b, match: {}, to: room, template: brodcast}
            """)
        let check = try await workspace.run("check", environment: ["HOOK": "https://hooks.slack.com/services/T/B/x"])
        #expect(check.status == 1)
        #expect(check.output.contains("routes.yaml:4:") && check.output.contains("did you mean `severity`?"))
        #expect(check.output.contains("routes.yaml:5:") && check.output.contains("did you mean `broadcast`?"))
    }

    @Test func tenMistakesAreAllNamedWithTheirLines() async throws {
        let workspace = try Workspace("version: 1")
        let fixture = repository.appendingPathComponent("Tests/SettingsTests/Fixtures/ten-mistakes.yaml")
        try workspace.write(try String(contentsOf: fixture, encoding: .utf8), to: "routes.yaml")
        let check = try await workspace.run("check")
        #expect(check.status == 1)
        let errors = check.lines.filter { $0.contains(": error: ") }
        #expect(errors.count == 10, "\(check.output)")
        for error in errors { #expect(error.contains(#/^routes\.yaml:\d+:\d+: error: /#), "\(error)") }
    }

    @Test func completionsAreThere() async throws {
        let workspace = try Workspace("version: 1")
        for shell in ["bash", "zsh", "fish"] {
            let script = try await workspace.run("--generate-completion-script", shell)
            #expect(script.status == 0 && script.output.contains("deliveries"))
        }
    }
}
