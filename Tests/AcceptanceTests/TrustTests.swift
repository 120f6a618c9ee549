// `router.trust`: who may drop which types.

import Foundation
import Glibc
import JSON
import Sandbox
import Testing

@Suite struct TrustTests {
    @Test(.enabled(if: geteuid() == 0, "only root can give files to others"))
    func onlyWhatTheOwnerMayDropIsAccepted() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(
            sandbox.configuration("routes: [{name: all, match: {}, to: [ops-slack]}]", router: "  trust: {nobody: [update]}"))
        try workspace.drop(StoryTests.escalation, as: "root.json")
        for name in ["update", "escalation"] {
            let text = StoryTests.escalation.replacing("escalation\"", with: "\(name)\", \"message\": \"m\"").replacing("e1", with: name)
            try workspace.write(text, to: "\(name).json")
            #expect(chown("\(workspace.path)/\(name).json", 65_534, 65_534) == 0)
            #expect(rename("\(workspace.path)/\(name).json", "\(workspace.path)/queue/nobody-\(name).json") == 0)
        }
        #expect(try await workspace.run("run", "--once").status == 0)
        let rejected = try await workspace.run("rejected", "--json").objects
        #expect(rejected.map { $0["file"] } == ["nobody-escalation.json", "root.json"])
        #expect(rejected.allSatisfy { $0["code"] == "forbidden_type" && $0["pointer"] == "/type" })
        #expect(try await workspace.deliveries().map { $0["type"] } == ["update"])
        await sandbox.stop()
    }

    @Test func anUnknownUserIsAWarning() async throws {
        let workspace = try Workspace(
            """
            version: 1
            router: {trust: {nobody-by-this-name: [update]}}
            channels: {room: {type: slack, webhook: "${env:HOOK}"}}
            routes: [{name: all, match: {}, to: room}]
            """)
        let check = try await workspace.run("check", environment: ["HOOK": "https://hooks.slack.com/services/T/B/x"])
        #expect(check.status == 0, "\(check.output)")
        #expect(check.output.contains("warning") && check.output.contains("no such user"))
    }
}
