// When one way does not get through: the next one, once, and honest about it.

import Foundation
import JSON
import Sandbox
import Testing

@Suite struct FailoverTests {
    static func event(_ id: String, _ type: String = "update", incident: String = "INC1", severity: String = "critical", more: String = "")
        -> String
    {
        #"{"type": "\#(type)", "id": "\#(id)", "incident": {"id": "\#(incident)", "severity": "\#(severity)", "title": "Payments down"}\#(more), "message": "news \#(id)"}"#
    }

    @Test func aPersonIsReachedByTheirNextWayWhenTheFirstRefuses() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration("routes: [{name: all, match: {}, to: [duty-engineer]}]"))
        sandbox.setFault(.status(400), on: .twilio)
        try workspace.drop(Self.event("u1"))
        let once = try await workspace.run("run", "--once")
        #expect(once.status == 0, "\(once.errors)")
        let mail = try #require(sandbox.inbox.all().first { $0.receiver == .smtp })
        #expect(mail.to.contains("duty@example.com"))
        #expect(mail.text.contains("sms"), "it says that it came by the second way: \(mail.text)")
        let deliveries = try await workspace.deliveries()
        #expect(deliveries.map { $0["state"]?.string } == ["dead", "delivered"])
        #expect(deliveries.map { $0["channel"]?.string } == ["sms", "mail"])
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }

    @Test func aChannelsFallbackIsTakenAfterItsPatienceAndTheFirstWayDoesNotRepeatIt() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(
            sandbox.configuration("routes: [{name: all, match: {}, to: [ops-slack]}]", fallback: (to: "mail:ops@example.com", after: "1s")))
        sandbox.setFault(.status(503), on: .slack)
        let router = try await workspace.router()
        try workspace.drop(Self.event("u1"))
        try await eventually("the mail has come: \(router.errors)") { sandbox.inbox.count(.smtp) == 1 }
        try await eventually("the first way has ended") {
            try await workspace.deliveries().map { $0["state"]?.string } == ["superseded", "delivered"]
        }
        sandbox.setFault(nil, on: .slack)
        // Something else gets through the same way, so the first would have had its turn.
        try workspace.drop(Self.event("u2", incident: "INC2"))
        try await eventually("Slack works again") { sandbox.inbox.count(.slack) == 1 }
        #expect(sandbox.inbox.all().filter { $0.receiver == .slack }.allSatisfy { $0.text.contains("u2") })
        #expect(await router.stop() == 0)
        let rows = try await workspace.deliveries("--incident", "INC1")
        #expect(rows.first?["successor"] == rows.last?["id"])
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }

    @Test func beforeAnOpenBreakerTheNextWayIsTakenWithoutAnAttempt() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(
            sandbox.configuration("routes: [{name: all, match: {}, to: [ops-slack]}]", fallback: (to: "mail:ops@example.com", after: "1s")))
        sandbox.setFault(.status(503), on: .slack)
        let router = try await workspace.router()
        for number in 1...8 { try workspace.drop(Self.event("u\(number)", incident: "INC\(number)")) }
        try await eventually("all came by mail: \(router.errors)") { sandbox.inbox.count(.smtp) == 8 }
        try workspace.drop(Self.event("u9", incident: "INC9"))
        try await eventually("the ninth did as well") { sandbox.inbox.count(.smtp) == 9 }
        let status = try await workspace.run("status").output
        #expect(status.contains("open"), "\(status)")
        sandbox.setFault(nil, on: .slack)
        #expect(await router.stop() == 0)
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }

    @Test func theFirstWayThatGetsThroughInTimeIsTheOnlyOne() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(
            sandbox.configuration("routes: [{name: all, match: {}, to: [ops-slack]}]", fallback: (to: "mail:ops@example.com", after: "1h")))
        sandbox.setFault(.status(503), on: .slack, times: 1)
        let router = try await workspace.router()
        try workspace.drop(Self.event("u1"))
        try await eventually("Slack has it") { sandbox.inbox.count(.slack) == 1 }
        #expect(await router.stop() == 0)
        #expect(try await workspace.deliveries().count == 1)
        await sandbox.stop()
    }
}

@Suite struct CollapseTests {
    @Test func whatWasOvertakenWhileItFailedIsToldInTheNewest() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration("routes: [{name: all, match: {}, to: [ops-slack]}]"))
        sandbox.setFault(.status(503), on: .slack)
        let router = try await workspace.router()
        try workspace.drop(FailoverTests.event("u1"))
        try await eventually("the first has failed") { sandbox.inbox.refusedCount >= 1 }
        for number in 2...4 { try workspace.drop(FailoverTests.event("u\(number)")) }
        try await eventually("three were overtaken: \(router.errors)") {
            try await workspace.deliveries().map { $0["state"]?.string }.prefix(3) == ["superseded", "superseded", "superseded"]
        }
        sandbox.setFault(nil, on: .slack)
        try await eventually("the newest has come") { sandbox.inbox.count(.slack) == 1 }
        #expect(await router.stop() == 0)
        let text = try #require(sandbox.inbox.all().first?.text)
        #expect(text.contains("3 earlier updates"), "\(text)")
        for id in ["u1", "u2", "u3", "u4"] { #expect(text.contains("news \(id)"), "\(text)") }
        let rows = try await workspace.deliveries()
        #expect(rows.count == 4)
        #expect(rows[3]["state"] == "delivered")
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }

    @Test func aPageThatNobodyGotIsNotSentOnceTheIncidentIsOver() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(
            sandbox.configuration("routes: [{name: pages, match: {type: escalation}, to: [ops-slack]}]"))
        sandbox.setFault(.status(503), on: .slack)
        let router = try await workspace.router()
        try workspace.drop(FailoverTests.event("u1", "escalation"))
        try await eventually("it has failed") { sandbox.inbox.refusedCount >= 1 }
        try workspace.drop(#"{"type": "status_change", "id": "u2", "incident": {"id": "INC1", "status": "resolved"}}"#)
        // Nor is the end, which is owed only to whoever heard of the beginning.
        try await eventually("neither is sent any more") {
            try await workspace.deliveries().map { $0["state"]?.string } == ["superseded", "superseded"]
        }
        let reason = try #require(try await workspace.deliveries().last?["reason"]?.string)
        #expect(reason.contains("nothing of the incident had been told"))
        sandbox.setFault(nil, on: .slack)
        #expect(await router.stop() == 0)
        #expect(sandbox.inbox.count(.slack) == 0)
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }

    @Test func theRateIsKeptAndRunOnceWaitsForIt() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(
            sandbox.configuration("routes: [{name: all, match: {}, to: [ops-slack]}]", rate: "4/s"))
        for number in 1...12 { try workspace.drop(FailoverTests.event("u\(number)", incident: "INC\(number)")) }
        let once = try await workspace.run("run", "--once")
        #expect(once.status == 0, "\(once.errors)")
        let times = sandbox.inbox.all().map(\.at).sorted()
        #expect(times.count == 12)
        for (index, time) in times.enumerated() {
            // A message may take longer on its way than the next one: so much less than a second is enough.
            #expect(times[index...].prefix { $0 < time.addingTimeInterval(0.5) }.count <= 4)
        }
        await sandbox.stop()
    }
}
