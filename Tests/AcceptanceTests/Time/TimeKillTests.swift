// `kill -9` on both sides of the commit of an alarm, and of a release: each thing that time does is in the ledger once,
// and reaches its receiver.

import CrashPoints
import Foundation
import Glibc
import JSON
import Sandbox
import Testing

@Suite(.serialized) struct TimeKillTests {
    static let rules = """
        sla:
          critical: {acknowledge: 1s, warn_at: 100%}
        escalation:
          default:
            match: {severity: critical}
            steps:
              - {after: 2s, to: [ops-teams]}
        routes:
          - {name: breach, match: {type: sla_breach}, to: [war-room]}
          - {name: news, match: {type: update, severity: medium}, to: [ops-slack], throttle: 1 per 4s}
        """

    @Test(arguments: [CrashPoint.beforeRingCommit, .afterRingCommit, .beforeReleaseCommit, .afterReleaseCommit])
    func eachHappensOnce(at point: CrashPoint) async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.rules))
        try workspace.drop(
            """
            {"id": "a", "type": "status_change", "incident": {"id": "INC1", "severity": "critical", "status": "open"}}
            {"id": "b", "type": "update", "message": "one", "incident": {"id": "INC2", "severity": "medium"}}
            {"id": "c", "type": "update", "message": "two", "incident": {"id": "INC3", "severity": "medium"}}
            {"id": "d", "type": "update", "message": "three", "incident": {"id": "INC4", "severity": "medium"}}
            """, as: "a.ndjson")
        let dying = try workspace.start(["run"], input: nil, environment: ["TOCSIN_CRASH_AT": point.rawValue])
        #expect(await dying.wait() == -SIGKILL, "\(dying.errors)")
        let router = try await workspace.router()
        try await eventually("all of it has happened: \(router.errors)") {
            let all = try await workspace.deliveries()
            let done = all.filter { $0["state"] == "delivered" }
            // The step, the breach, the first update, the digest, and the two that it holds.
            return done.count == 6 && all.count == 6
        }
        #expect(await router.stop() == 0)
        let all = try await workspace.deliveries()
        #expect(all.count { $0["type"] == "sla_breach" } == 1)
        #expect(all.count { $0["type"] == "escalation" } == 1)
        let digest = try #require(all.first { $0["template"] == "digest" })
        #expect(all.count { $0["digest"] == digest["id"] || $0["digest"]?.string == digest["id"]?.scalarText } == 2)
        let texts = sandbox.inbox.all().map { "\($0.title) \($0.text)" }
        #expect(texts.count { $0.contains("INC3") && $0.contains("INC4") } >= 1, "the digest arrives: \(texts)")
        let verify = try await workspace.run("verify")
        #expect(verify.status == 0, "\(verify.output)")
        await sandbox.stop()
    }
}
