// `tocsin diff` on what a router has recorded: it names those who lose, and nobody else.

import Foundation
import JSON
import Testing

@Suite struct DiffTests {
    /// The example, with what happened to it on one afternoon, whatever time it is now: at night, who sleeps would not hear of
    /// what is over before the morning, and so would not miss it.
    private func afternoon() async throws -> Workspace {
        let example = try String(contentsOf: repository.appendingPathComponent("examples/routes.yaml"), encoding: .utf8)
        let awake = example.split(separator: "\n", omittingEmptySubsequences: false).filter { !$0.contains("quiet_hours:") }
        let workspace = try Workspace(awake.joined(separator: "\n"))
        let events = [
            #"{"type": "status_change", "id": "1", "source": "t", "incident": {"id": "INC1", "severity": "medium", "status": "open", "title": "Search is slow", "service": "search"}}"#,
            #"{"type": "status_change", "id": "2", "source": "t", "incident": {"id": "INC2", "severity": "low", "status": "open", "service": "mail"}}"#,
            #"{"type": "status_change", "id": "3", "source": "t", "incident": {"id": "INC1", "status": "resolved"}}"#,
        ]
        try workspace.drop(events.joined(separator: "\n"), as: "events.ndjson")
        let once = try await workspace.run("run", "--once", "--sandbox")
        #expect(once.status == 0, "\(once.errors)")
        return workspace
    }

    private func without(_ route: String, _ text: String) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        guard let start = lines.firstIndex(where: { $0.contains("- name: \(route)") }) else { return text }
        let end = lines[(start + 1)...].firstIndex { $0.isEmpty || $0.contains("- name:") } ?? lines.count
        lines.removeSubrange(start..<end)
        return lines.joined(separator: "\n")
    }

    @Test func oneRouteLessNamesThoseWhoLose() async throws {
        let workspace = try await afternoon()
        let old = try String(contentsOfFile: workspace.path + "/routes.yaml", encoding: .utf8)
        let new = without("first-line", old)
        #expect(new != old)
        try workspace.write(new, to: "new.yaml")

        let diff = try await workspace.run("diff", "routes.yaml", "new.yaml", "--json", "--since", "1d")
        #expect(diff.status == 0, "\(diff.errors)")
        let summary = try #require(diff.objects.last)
        #expect(summary["events"] == 3)
        let named = diff.objects.dropLast()
        let recorded = try await workspace.deliveries().filter { delivery in
            delivery["routes"]?.array?.contains("first-line") ?? false || delivery["routes"]?.array?.contains("owed.end") ?? false
        }
        let told = Set(recorded.compactMap { $0["recipient"]?.string })
        #expect(!told.isEmpty)
        #expect(Set(named.compactMap { $0["recipient"]?.string }) == told)
        for one in named {
            #expect(one["gained"]?["count"] == 0)
            #expect(one["lost"]?["count"] == .integer(recorded.count { $0["recipient"] == one["recipient"] }))
        }

        let text = try await workspace.run("diff", "routes.yaml", "new.yaml")
        #expect(text.output.contains("loses 2 messages: 2 status_change (2 medium)"), "\(text.output)")
        #expect(text.output.contains(#"INC1 medium "Search is slow", status_change, "#))
    }

    @Test func theSameFileIsNoDifference() async throws {
        let workspace = try await afternoon()
        let diff = try await workspace.run("diff", "routes.yaml", "routes.yaml")
        #expect(diff.status == 0)
        #expect(diff.output.contains("Nobody would notice."), "\(diff.output)\(diff.errors)")
    }

    @Test func strictFailsWhereSomebodyLosesACriticalOne() async throws {
        let workspace = try await afternoon()
        try workspace.drop(
            #"{"type": "status_change", "id": "4", "source": "t", "incident": {"id": "INC9", "severity": "critical", "status": "open"}}"#)
        #expect(try await workspace.run("run", "--once", "--sandbox").status == 0)
        let old = try String(contentsOfFile: workspace.path + "/routes.yaml", encoding: .utf8)
        try workspace.write(without("first-line", old), to: "new.yaml")
        #expect(try await workspace.run("diff", "routes.yaml", "new.yaml").status == 0)
        #expect(try await workspace.run("diff", "routes.yaml", "new.yaml", "--strict").status == 1)
        #expect(try await workspace.run("diff", "new.yaml", "routes.yaml", "--strict").status == 0)
    }

    @Test func withoutALedgerThereIsNothingToCompare() async throws {
        let workspace = try Workspace("version: 1")
        let diff = try await workspace.run("diff", "routes.yaml", "routes.yaml")
        #expect(diff.status == 66)
        #expect(diff.errors.contains("nothing to compare"))
        #expect(try await workspace.run("diff", "routes.yaml", "missing.yaml").status == 66)
        #expect(try await workspace.run("diff", "routes.yaml", "routes.yaml", "--since", "soon").status == 64)
    }
}
