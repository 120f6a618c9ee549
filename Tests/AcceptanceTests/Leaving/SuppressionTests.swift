// Addresses that are lost, as the providers say it: a number that opted out, a mailbox that is not there, mail that comes back.

import Foundation
import Glibc
import JSON
import Sandbox
import Testing

@Suite struct SuppressionTests {
    static func event(_ incident: String) -> String {
        #"{"type": "escalation", "id": "\#(incident)", "incident": {"id": "\#(incident)", "severity": "critical", "title": "Payments down"}}"#
    }

    @Test func aNumberThatOptedOutIsLeftAloneAndItsOwnerHears() async throws {
        let sandbox = try await Sandbox.forTests { $0.optedOut = ["+447700900123"] }
        let workspace = try Workspace(
            sandbox.configuration(
                "routes: [{name: all, match: {}, to: [duty-engineer via sms]}]", router: "  operators: [ops-slack]"))
        try workspace.drop(Self.event("INC1"))
        #expect(try await workspace.run("run", "--once").status == 0)
        let listed = try await workspace.run("suppressions", "--json").objects
        #expect(listed.map { $0["address"]?.string } == ["+447700900123"])
        #expect(listed.first?["cause"] == "opted_out" && listed.first?["suppressed"] == .bool(true))
        #expect(listed.first?["reason"]?.string?.contains("21610") == true)
        try workspace.drop(Self.event("INC2"))
        #expect(try await workspace.run("run", "--once").status == 0)
        let rows = try await workspace.deliveries("--incident", "INC2")
        #expect(rows.map { $0["state"]?.string } == ["suppressed", "delivered"])
        #expect(rows.map { $0["channel"]?.string } == ["sms", "mail"])
        #expect(rows.first?["reason"]?.string?.hasPrefix("opted out at the provider since") == true)
        let told = try await workspace.deliveries().filter { $0["type"] == "operations" && $0["recipient"] == "duty-engineer" }
        #expect(told.map { $0["channel"]?.string } == ["mail"], "told once, by another channel")
        #expect(sandbox.inbox.all().contains { $0.receiver == .slack && $0.text.contains("+447700900123") })

        let lifted = try await workspace.run("suppressions", "lift", "+447700900123", "--reason", "texted START")
        #expect(lifted.status == 0, "\(lifted.errors)")
        #expect(try await workspace.run("run", "--once").status == 0)
        #expect(try await workspace.run("suppressions", "--json").objects.isEmpty)
        #expect(try await workspace.run("suppressions", "lift", "+447700900123", "--reason", "again").status == 1)
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }

    @Test func anAddressThatTheServerRefusesThriceIsLeftAlone() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration("routes: [{name: all, match: {}, to: [\"mail:Gone@example.com\"]}]"))
        for number in 1...4 {
            sandbox.setFault(.reply(.rcpt, code: 550, text: "5.1.1 no such user"), on: .smtp)
            try workspace.drop(Self.event("INC\(number)"))
            #expect(try await workspace.run("run", "--once").status == 0)
        }
        #expect(try await workspace.deliveries().map { $0["state"]?.string } == ["dead", "dead", "dead", "suppressed"])
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
    }
}

@Suite(.serialized, .enabled(if: geteuid() == 0, "Postfix runs as root only"))
struct PostfixBounceTests {
    private static func routes(_ postfix: Postfix, to address: String) -> String {
        PostfixTests.routes(postfix, dkim: false).replacing("cto@example.com", with: address)
    }

    @Test func postfixRefusesARecipient() async throws {
        let postfix = try await Postfix()
        let workspace = try Workspace(Self.routes(postfix, to: "gone@example.com"))
        for number in 1...3 {
            try workspace.drop(SuppressionTests.event("INC\(number)"))
            let run = try await workspace.run("run", "--once", environment: PostfixTests.password)
            #expect(run.status == 0, "\(run.errors)\(postfix.log)")
        }
        let listed = try await workspace.run("suppressions", "--json").objects
        #expect(listed.first?["suppressed"] == .bool(true) && listed.first?["cause"] == "bounces", "\(listed)\(postfix.log)")
        #expect(
            listed.first?["reason"]?.string?.contains("Recipient address rejected") == true,
            "\(listed.map(\.text)) \(postfix.log.suffix(600))")
        await postfix.stop()
    }

    /// Postfix accepts the mail, cannot deliver it, and sends a report: as it writes it.
    @Test func aRealReportCountsOnce() async throws {
        let postfix = try await Postfix()
        let workspace = try Workspace(Self.routes(postfix, to: "later@example.com"))
        try workspace.drop(SuppressionTests.event("INC1"))
        #expect(try await workspace.run("run", "--once", environment: PostfixTests.password).status == 0)
        try await eventually("the report has come: \(postfix.log)") { postfix.mails().count == 1 }
        let report = try #require(postfix.mails().first)
        let text = try String(contentsOfFile: report, encoding: .utf8)
        // A pipe is never told that the mail is bad: it is to be kept where nothing can be done now.
        try FileManager.default.moveItem(atPath: workspace.path + "/queue", toPath: workspace.path + "/aside")
        #expect(try await workspace.run("bounce", "-", input: text, environment: PostfixTests.password).status == 75)
        try FileManager.default.moveItem(atPath: workspace.path + "/aside", toPath: workspace.path + "/queue")
        let first = try await workspace.run("bounce", "-", input: text, environment: PostfixTests.password)
        #expect(first.status == 0 && first.output.contains("mail to later@example.com came back"), "\(first.output)\(first.errors)")
        let second = try await workspace.run("bounce", "-", input: text, environment: PostfixTests.password)
        #expect(second.status == 0 && second.errors.contains("has been counted already"), "\(second.output)\(second.errors)")
        #expect(try await workspace.run("bounce", report).status == 0)
        #expect(try await workspace.run("run", "--once", environment: PostfixTests.password).status == 0)
        let listed = try await workspace.run("suppressions", "--json").objects
        #expect(listed.count == 1 && listed.first?["address"] == "later@example.com")
        #expect(listed.first?["suppressed"] == .bool(false) && listed.first?["bounces"]?.array?.count == 1)
        #expect(workspace.files(in: "queue/rejected").isEmpty)

        #expect(try await workspace.run("bounce", "-", input: "no mail").status == 0)
        try workspace.write("version: 9\n", to: "routes.yaml")
        #expect(try await workspace.run("bounce", "-", input: text).status == 75)
        #expect(try await workspace.run("bounce", "nowhere.eml").status == 66)
        await postfix.stop()
    }
}
