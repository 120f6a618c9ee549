// A slip in routes.yaml, or in a producer's file, while all else goes on: what is said of it, and what works all the same.

import Foundation
import JSON
import Sandbox
import Testing

@Suite struct SlipTests {
    private static let routes = "severities: {page: [p1], ticket: [p3]}\nroutes: [{name: all, match: {}, to: [ops-slack]}]"

    @Test func aMisspeltSectionNamesItselfAndStopsNoSend() async throws {
        let sandbox = try await Sandbox.forTests()
        let good = sandbox.configuration(Self.routes)
        let workspace = try Workspace(good)
        let router = try await workspace.router()
        try workspace.drop(#"{"type": "update", "incident": {"id": "INC1", "severity": "page"}, "message": "down"}"#)
        try await eventually("the first is told") { sandbox.inbox.count == 1 }

        try workspace.write(good.replacing("\nchannels:", with: "\nchanels:"), to: "routes.yaml")
        try await eventually("the cause is said, not what follows from it: \(router.errors)") {
            let status = try await workspace.run("status", "--json")
            return status.objects.first?["reload_refused"]?["why"]?.string?.contains("unknown member `chanels`; did you mean `channels`?")
                == true
        }
        // It is in force in the router that runs.
        let status = try await workspace.run("status").output
        #expect(status.contains("ops-slack") && !status.contains("(gone)"), "\(status)")

        let sent = try await workspace.run("send", "update", "--incident", "INC1", "--severity", "ticket", "--message", "still down")
        #expect(sent.status == 0 && sent.errors.contains("routes.yaml has mistakes"), "\(sent.errors)")
        #expect(!sent.output.isEmpty)
        try await eventually("the second is told as well") { sandbox.inbox.count == 2 }
        // Which severities there are cannot be read: the router that runs knows.
        try workspace.write(good.replacing("severities:", with: "severites:"), to: "routes.yaml")
        let third = try await workspace.run("send", "update", "--incident", "INC1", "--severity", "page", "--message", "and still")
        #expect(third.status == 0 && third.errors.contains("its severity cannot be checked"), "\(third.errors)")
        try await eventually("the third is told as well") { sandbox.inbox.count == 3 }
        // What is no event is none.
        #expect(try await workspace.run("send", "nonsense", "--incident", "INC1").status == 65)
        #expect(await router.stop() == 0)
        await sandbox.stop()
    }

    @Test func aLongTitleDoesNotBreakTheTable() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        let title = String(repeating: "long ", count: 1_800)
        let sent = try await workspace.run(
            "send", "update", "--incident", "INC1", "--title", title, "--set", "assignee=\(title)", "--message", "x")
        #expect(sent.status == 0, "\(sent.errors)")
        #expect(try await workspace.run("run", "--once").status == 0)
        let table = try await workspace.run("incidents")
        #expect(table.lines.count == 2 && table.lines.allSatisfy { $0.count < 400 } && table.output.contains("…"), "\(table.output)")
        let incident = try await workspace.run("incidents", "--json").objects.first
        #expect((incident?["title"]?.string?.count ?? 0) > 8_000)
        await sandbox.stop()
    }

    @Test func aFileThatEndsTooEarlyIsSeen() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.routes))
        let router = try await workspace.router()
        try workspace.drop(#"{"type":"update","incident":{"id":"L1""#, as: "half.json")
        try workspace.drop("", as: "empty.json")
        let status = try await workspace.run("status")
        #expect(status.output.contains("2 waiting, 2 incomplete"), "\(status.output)")
        #expect(status.output.contains("what ends too early is rejected after 10 min"), "\(status.output)")
        let queue = try await workspace.run("status", "--json").objects.first?["queue"]
        #expect(queue?["incomplete"] == 2 && queue?["oldest_at"]?.string != nil)
        #expect(await router.stop() == 0)
        await sandbox.stop()
    }
}
