// What time does, by the built program, with seconds for minutes.

import Foundation
import JSON
import Sandbox
import Testing

@Suite(.serialized) struct TimeStoryTests {
    static let rules = """
        sla:
          critical: {acknowledge: 2s, warn_at: 50%}
        escalation:
          default:
            steps:
              - {after: 3s, to: [ops-teams]}
              - {after: 5s, to: ["sms:+447700900777"]}
        routes:
          - {name: room, match: {type: [sla_warning, sla_breach]}, to: [ops-slack]}
        """

    @Test func promisesAreWatchedAndStepsTaken() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.rules))
        let router = try await workspace.router()
        // The second is acknowledged before anything can fall due: in the same file.
        try workspace.drop(
            """
            {"id": "a", "type": "status_change", "incident": {"id": "INC1", "severity": "critical", "status": "open", "title": "Payments"}}
            {"id": "b", "type": "status_change", "incident": {"id": "INC2", "severity": "critical", "status": "open", "title": "Search"}}
            {"id": "c", "type": "acknowledgement", "incident": {"id": "INC2"}, "change": {"by": "duty-engineer"}}
            """, as: "a.ndjson")
        try await eventually("both steps are delivered: \(router.errors)") {
            try await workspace.deliveries("--incident", "INC1", "--state", "delivered").filter { $0["type"] == "escalation" }.count == 2
        }
        let told = try await workspace.deliveries("--incident", "INC1").sorted { ($0["id"]?.integer ?? 0) < ($1["id"]?.integer ?? 0) }
        #expect(told.map { $0["type"]?.string } == ["sla_warning", "sla_breach", "escalation", "escalation"])
        #expect(told.map { $0["channel"]?.string } == ["ops-slack", "ops-slack", "ops-teams", "sms"])
        #expect(try await workspace.deliveries("--incident", "INC2").isEmpty)

        // Whoever was told of it hears of its end, though no route asks for that.
        try workspace.drop(#"{"id": "d", "type": "status_change", "incident": {"id": "INC1", "status": "resolved"}}"#)
        try await eventually("the end is told: \(router.errors)") {
            try await workspace.deliveries("--incident", "INC1", "--state", "delivered").filter { $0["type"] == "status_change" }.count == 3
        }
        #expect(await router.stop() == 0)
        let verify = try await workspace.run("verify")
        #expect(verify.status == 0, "\(verify.output)")
        await sandbox.stop()
    }

    /// Hours as seconds: what fell due meanwhile is done once.
    @Test func absenceIsMadeGoodWithoutAStorm() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(
            sandbox.configuration(
                """
                sla:
                  critical: {acknowledge: 2s, warn_at: 50%}
                escalation:
                  default:
                    steps:
                      - {after: 1s, to: [ops-slack]}
                      - {after: 2s, to: [ops-teams]}
                      - {after: 3s, to: ["sms:+447700900777"]}
                routes:
                  - {name: room, match: {type: [sla_warning, sla_breach]}, to: [war-room]}
                """))
        // All of it fell due before the router ever ran.
        let opened = Date().addingTimeInterval(-600).formatted(.iso8601)
        try workspace.drop(
            (1...20).map {
                """
                {"id": "e\($0)", "type": "status_change", "time": "\(opened)", "incident": {"id": "INC\($0)", "severity": "critical", "status": "open"}}
                """
            }.joined(separator: "\n"), as: "a.ndjson")
        let once = try await workspace.run("run", "--once")
        #expect(once.status == 0, "\(once.errors)")
        let all = try await workspace.deliveries()
        for number in 1...20 {
            let mine = all.filter { $0["incident"]?.string == "INC\(number)" }
            let told = mine.filter { $0["state"] == "delivered" }
            #expect(told.map { $0["type"]?.string }.sorted { ($0 ?? "") < ($1 ?? "") } == ["escalation", "sla_breach"], "INC\(number)")
            #expect(told.contains { $0["channel"] == "sms" }, "the highest step")
            #expect(mine.filter { $0["state"] == "superseded" }.map { $0["type"]?.string } == ["sla_warning"])
        }
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }
}
