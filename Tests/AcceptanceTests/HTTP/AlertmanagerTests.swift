// From Alertmanager to Slack, with both programs as they are: an alert, another of its group, and its end.

import Foundation
import JSON
import Sandbox
import Testing

@Suite(.enabled(if: Alertmanager.isThere, "Debian's Alertmanager fires: `scripts/needs test` installs it"))
struct AlertmanagerTests {
    private static let routes = "routes: [{name: all, match: {}, to: [ops-slack]}]\nhttp: {listen: \"127.0.0.1:0\"}"
    private static let down = ["alertname=PaymentsDown", "severity=critical", "service=payments", "instance=pay-1"]
    private static let slow = ["alertname=SearchSlow", "severity=warning", "service=search"]

    @Test(.timeLimit(.minutes(5))) func anAlertBecomesAMessageAndItsEndAnother() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        let token = try await workspace.token("intake", name: "alertmanager")
        let router = try await workspace.router()
        let alertmanager = try await Alertmanager(tells: try await router.httpPort(), token: token)

        try await alertmanager.alert(Self.down, summary: "Payments fail & <!channel> sleeps")
        var slack = await sandbox.inbox.wait(for: 1, timeout: .seconds(60))
        let first = try #require(slack.first, "\(alertmanager.log)\n\(router.errors)")
        #expect(first.channel == "ops-slack")
        #expect(first.text.contains("Payments fail") && first.text.contains("critical") && first.text.contains("payments"))
        #expect(!String(decoding: first.raw, as: UTF8.self).contains("<!channel>"))

        // Another of the same group: Alertmanager says the first again, and nobody hears it twice.
        try await alertmanager.alert(Self.slow, summary: "Search is slow")
        slack = await sandbox.inbox.wait(for: 2, timeout: .seconds(60))
        #expect(slack.count == 2)
        #expect(slack.last?.text.contains("Search is slow") == true)
        #expect(slack.last?.text.contains("medium") == true)

        try await alertmanager.alert(Self.down, summary: "Payments fail & <!channel> sleeps", end: Date())
        slack = await sandbox.inbox.wait(for: 3, timeout: .seconds(60))
        #expect(slack.count == 3, "\(alertmanager.log)\n\(router.errors)")
        let last = try #require(slack.last)
        #expect(last.text.contains("Resolved") && last.text.contains("Payments fail"))

        let incidents = try await workspace.run("incidents", "--all", "--json").objects
        let statuses = incidents.map { [$0["title"]?.string ?? "", $0["status"]?.string ?? ""] }.sorted { $0[0] < $1[0] }
        #expect(statuses == [["Payments fail & <!channel> sleeps", "resolved"], ["Search is slow", "open"]])
        #expect(incidents.allSatisfy { $0["labels"]?["alertname"]?.string?.isEmpty == false })
        #expect(try await workspace.deliveries().map { $0["state"] } == ["delivered", "delivered", "delivered"])
        #expect(workspace.files(in: "queue/rejected").isEmpty)
        #expect(!router.errors.contains(token.suffix(52)))
        await alertmanager.stop()
        #expect(await router.stop() == 0)
        let verified = try await workspace.run("verify")
        #expect(verified.status == 0, "\(verified.output)")
        await sandbox.stop()
    }
}
