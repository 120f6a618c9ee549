// Times that people read are by the clocks of this machine, and say so; those for programs are UTC.

import JSON
import Testing

@Suite struct ZoneTests {
    private let berlin = ["TZ": "Europe/Berlin"]

    @Test func timesSayTheirZone() async throws {
        let workspace = try Workspace(
            """
            version: 1
            channels: {room: {type: slack, webhook: "${env:SLACK_WEBHOOK}"}}
            routes: [{name: all, to: [room]}]
            """)
        try workspace.drop(#"{"type": "escalation", "incident": {"id": "INC1", "severity": "high"}}"#)
        try await workspace.run("run", "--once", "--sandbox")
        let table = try await workspace.run("deliveries", environment: berlin).lines
        #expect(table.first?.contains("MADE (CE") == true, "\(table)")
        let made = try #require(try await workspace.run("deliveries", "--json", environment: berlin).objects.first?["created_at"]?.string)
        #expect(made.hasSuffix("Z"))
        try await workspace.run("pause", "room")
        let status = try await workspace.run("status", environment: berlin).output
        #expect(try Regex(#"since .* CES?T,"#).firstMatch(in: status) != nil, "\(status)")
    }
}
