// The main job: files in, messages out, on all four channels, by the built program.

import Foundation
import JSON
import Sandbox
import Testing

@Suite(.serialized) struct StoryTests {
    static let routes = """
        routes:
          - name: room
            match: {service: payments}
            to: [ops-slack, war-room]
          - name: page
            match: {type: escalation, severity: ">=high"}
            to: [payments, ops-teams]
            urgent: true
          - name: room-again
            match: {type: escalation}
            to: [ops-slack]
        """

    static let escalation = """
        {"id": "e1", "type": "escalation", "source": "monitor",
         "incident": {"id": "INC1", "title": "Payments API failing", "severity": "critical", "service": "payments"}}
        """

    @Test func oneEventReachesEverybodyOnce() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        let router = try await workspace.router()
        try workspace.drop(Self.escalation, as: "x.json")
        let received = await sandbox.inbox.wait(for: 5, timeout: .seconds(30))
        #expect(received.map(\.receiver.rawValue).sorted() == ["slack", "slack_api", "smtp", "teams", "twilio"])
        for message in received {
            #expect(message.refused == nil)
            #expect(
                "\(message.title) \(message.text)".contains("Payments API failing"), "\(message.receiver) does not say what it is about")
            #expect("\(message.title) \(message.text)".contains("INC1"))
        }
        try await eventually("all outcomes are recorded") { try await workspace.deliveries("--state", "delivered").count == 5 }
        #expect(!workspace.exists("queue/x.json"))
        let slack = try #require(try await workspace.deliveries("--channel", "ops-slack").first)
        #expect(slack["routes"] == ["room", "room-again"])
        #expect(await router.stop() == 0)
        await sandbox.stop()
    }

    /// With any of these heeded, nothing could reach its receiver.
    @Test func proxiesOfTheEnvironmentAreNotHeeded() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        var environment = ["no_proxy": "elsewhere.invalid", "NO_PROXY": "elsewhere.invalid"]
        for name in ["http_proxy", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "smtp_proxy", "smtps_proxy"] {
            environment[name] = "http://127.0.0.1:1"
        }
        try workspace.drop(Self.escalation)
        let once = try await workspace.run("run", "--once", environment: environment)
        #expect(once.status == 0, "\(once.errors)")
        #expect(sandbox.inbox.count == 5)
        await sandbox.stop()
    }

    @Test func whatWasDroppedBeforeTheStartIsTaken() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        try workspace.drop(Self.escalation)
        let once = try await workspace.run("run", "--once")
        #expect(once.status == 0, "\(once.errors)")
        #expect(sandbox.inbox.count == 5)
        #expect(try await workspace.run("run", "--once").status == 0)
        #expect(sandbox.inbox.count == 5, "nothing goes out twice")
        await sandbox.stop()
    }

    @Test func theSameEventAgainIsADuplicate() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        try workspace.drop(Self.escalation, as: "a.json")
        try await workspace.run("run", "--once")
        try workspace.drop(Self.escalation, as: "b.json")
        try await workspace.run("run", "--once")
        #expect(sandbox.inbox.count == 5)
        try workspace.drop(Self.escalation.replacing("failing", with: "back"), as: "c.json")
        try await workspace.run("run", "--once")
        let rejected = try await workspace.run("rejected", "--json").objects
        #expect(rejected.map { $0["code"] } == ["id_conflict"])
        let status = try #require(try await workspace.run("status", "--json").objects.first)
        #expect(status["duplicates"] == 1)
        await sandbox.stop()
    }

    @Test func explainAndTheRouterAgree() async throws {
        let sandbox = try await Sandbox.forTests()
        let five = """
            routes:
              - {name: first, match: {type: escalation, severity: ">=high"}, to: [payments]}
              - {name: second, match: {type: update}, to: [ops-slack]}
              - {name: third, match: {service: "pay*"}, to: [ops-teams]}
              - {name: fourth, match: {severity: low}, to: [ops-slack]}
              - {name: fifth, match: {labels.region: "eu-*"}, to: [war-room]}
            """
        let workspace = try Workspace(sandbox.configuration(five))
        try workspace.write(Self.escalation, to: "event.json")
        let explained = try await workspace.run("explain", "event.json", "--json")
        #expect(explained.status == 0, "\(explained.errors)")
        let verdicts = explained.objects.filter { $0["route"] != nil }
        #expect(verdicts.map { $0["matched"] } == [true, false, true, false, false])
        #expect(verdicts.dropFirst().first?["condition"]?.string?.contains("type") == true)
        #expect(verdicts[3]["condition"]?.string?.contains("severity") == true)
        #expect(verdicts[4]["condition"]?.string?.contains("labels.region") == true)
        let planned = explained.objects.filter { $0["recipient"] != nil }

        try workspace.drop(Self.escalation)
        try await workspace.run("run", "--once")
        let made = try await workspace.deliveries()
        func key(_ value: JSONValue) -> String { "\(value["channel"]?.string ?? "") \(value["address"]?.string ?? "")" }
        #expect(planned.map(key).sorted() == made.map(key).sorted())
        #expect(made.count == 3)
        await sandbox.stop()
    }

    @Test func anOutageIsWaitedOutAndTheOutcomeIsHonest() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(
            sandbox.configuration("routes: [{name: all, match: {}, to: [ops-slack]}]"))
        sandbox.setFault(.status(503), on: .slack, times: 1)
        try workspace.drop(Self.escalation)
        let first = try await workspace.run("run", "--once")
        #expect(first.status == 75, "something due is still undelivered")
        #expect(try await workspace.deliveries().map { $0["state"] } == ["retrying"])
        try await eventually("the second try is due and made") { try await workspace.run("run", "--once").status == 0 }
        let delivery = try #require(try await workspace.deliveries().first)
        #expect(delivery["state"] == "delivered")
        #expect(delivery["attempts"]?.array?.map { $0["outcome"] } == ["deferred", "accepted"])
        await sandbox.stop()
    }
}
