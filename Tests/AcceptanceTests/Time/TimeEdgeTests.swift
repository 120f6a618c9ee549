// A step that fails, a silence from its beginning to its end, holds and `run --once`: by the built program.

import Foundation
import JSON
import Sandbox
import Testing

@Suite(.serialized) struct TimeEdgeTests {
    @Test func aStepThatIsRefusedHasTheNextOneRunAtOnce() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(
            sandbox.configuration(
                """
                escalation:
                  default:
                    steps:
                      - {after: 1s, to: [ops-teams]}
                      - {after: 10h, to: ["sms:+447700900777"]}
                """))
        sandbox.setFault(.status(400), on: .teams)
        let router = try await workspace.router()
        try workspace.drop(#"{"id": "a", "type": "status_change", "incident": {"id": "INC1", "severity": "high", "status": "open"}}"#)
        try await eventually("the second step is delivered, hours before its time: \(router.errors)") {
            try await workspace.deliveries("--channel", "sms", "--state", "delivered").count == 1
        }
        let steps = try await workspace.deliveries("--incident", "INC1")
        #expect(steps.map { $0["state"]?.string } == ["dead", "delivered"])
        let text = try #require(sandbox.inbox.all().last { $0.receiver == .twilio }).text
        #expect(text.contains("INC1"), "\(text)")
        #expect(await router.stop() == 0)
        let verify = try await workspace.run("verify")
        #expect(verify.status == 0, "\(verify.output)")
        await sandbox.stop()
    }

    @Test func aSilenceKeepsBackAndItsEndTellsWhatIsStillOpen() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration("routes: [{name: all, match: {}, to: [ops-slack]}]"))
        let router = try await workspace.router()
        let made = try await workspace.run(
            "silence", "service=search", "--for", "2h", "--reason", "index rebuild", "--by", "service-owner", "--id", "x1")
        #expect(made.status == 0, "\(made.errors)")
        try await eventually("it stands") { try await workspace.run("silences", "--json").objects.count == 1 }
        for (id, service) in [("INC1", "search"), ("INC2", "search"), ("INC3", "payments")] {
            try workspace.drop(
                #"{"id": "e\#(id)", "type": "status_change", "incident": {"id": "\#(id)", "severity": "high", "status": "open", "service": "\#(service)"}}"#
            )
        }
        try workspace.drop(#"{"id": "f", "type": "status_change", "incident": {"id": "INC2", "status": "resolved"}}"#)
        try await eventually("all are judged: \(router.errors)") { try await workspace.deliveries().count == 4 }
        let row = try #require(try await workspace.run("silences", "--json").objects.first)
        #expect(row["suppressed"] == 3)
        #expect(row["incidents"] == 2)
        #expect(try await workspace.run("silence", "--end", "x1").status == 0)
        try await eventually("who was kept from hearing is told of what is open: \(router.errors)") {
            try await workspace.deliveries("--incident", "INC1", "--state", "delivered").count == 1
        }
        #expect(await router.stop() == 0)
        let told = try await workspace.deliveries("--state", "delivered")
        #expect(told.compactMap { $0["incident"]?.string }.sorted() == ["INC1", "INC3"], "nothing of what has ended")
        #expect(try await workspace.run("silences", "--json").objects.isEmpty)
        let verify = try await workspace.run("verify")
        #expect(verify.status == 0, "\(verify.output)")
        await sandbox.stop()
    }

    @Test func whatIsHeldIsNotDueForRunOnce() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(
            sandbox.configuration("routes: [{name: news, match: {severity: low}, to: [ops-slack], throttle: 1 per 1h}]"))
        for number in 1...3 {
            try workspace.drop(
                #"{"id": "e\#(number)", "type": "update", "message": "x", "incident": {"id": "INC\#(number)", "severity": "low"}}"#)
        }
        let once = try await workspace.run("run", "--once")
        #expect(once.status == 0, "\(once.errors)")
        #expect(try await workspace.deliveries().compactMap { $0["state"]?.string }.sorted() == ["delivered", "held", "held"])
        #expect(sandbox.inbox.count == 1)
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }

    /// Late events give one message for each incident that is still open.
    @Test func lateEventsAreGathered() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration("routes: [{name: all, match: {}, to: [ops-slack]}]"))
        let old = Date().addingTimeInterval(-7_200).formatted(.iso8601)
        for number in 1...6 {
            let incident = "INC\(number % 2)"
            try workspace.drop(
                #"{"id": "e\#(number)", "type": "update", "time": "\#(old)", "message": "news \#(number)", "incident": {"id": "\#(incident)", "severity": "high"}}"#,
                as: "\(number).json")
        }
        try workspace.drop(
            #"{"id": "e7", "type": "status_change", "time": "\#(old)", "incident": {"id": "INC3", "severity": "high", "status": "open"}}"#,
            as: "7.json")
        try workspace.drop(
            #"{"id": "e8", "type": "status_change", "time": "\#(old)", "incident": {"id": "INC3", "status": "resolved"}}"#, as: "8.json")
        let once = try await workspace.run("run", "--once")
        #expect(once.status == 0, "\(once.errors)")
        let told = try await workspace.deliveries("--state", "delivered")
        #expect(told.compactMap { $0["incident"]?.string }.sorted() == ["INC0", "INC1"])
        #expect(sandbox.inbox.all().allSatisfy { "\($0.title) \($0.text)".lowercased().contains("late") })
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }
}
