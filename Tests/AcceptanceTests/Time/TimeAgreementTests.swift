// The daemon does in real time what `tocsin test` says for the same file and events: seconds for minutes, and at least
// three seconds between any two moments whose order matters.

import Foundation
import JSON
import Sandbox
import Testing

@Suite(.serialized) struct TimeAgreementTests {
    static let rules = """
        sla:
          critical: {acknowledge: 9s, warn_at: 40%}
        escalation:
          default:
            match: {severity: critical}
            steps:
              - {after: 6s, to: [ops-teams]}
              - {after: 16s, to: ["sms:+447700900777"]}
        status_reports:
          critical: {every: 13s, to: [war-room]}
        routes:
          - {name: room, match: {severity: ">=high"}, to: [ops-slack]}
          - {name: search, match: {service: search}, to: ["mail:search@example.com"], group: {by: [service], wait: 5s, interval: 60s}}
          - {name: news, match: {type: update}, to: ["mail:news@example.com"], throttle: 1 per 12s}
        """

    /// Seconds from the start, and the event; `UNTIL` stands for 18 s after the start.
    static let events: [(at: Int, text: String)] = [
        (
            0,
            #"{"id": "s", "type": "silence", "silence": {"id": "x1", "action": "start", "match": {"service": "quiet"}, "until": "UNTIL", "reason": "maintenance", "by": "service-owner"}}"#
        ),
        (
            0,
            #"{"id": "a", "type": "status_change", "incident": {"id": "INC1", "severity": "critical", "status": "open", "service": "payments", "title": "Payments"}}"#
        ),
        (0, #"{"id": "b", "type": "status_change", "incident": {"id": "INC2", "severity": "low", "status": "open", "service": "search"}}"#),
        (0, #"{"id": "c", "type": "status_change", "incident": {"id": "INC3", "severity": "low", "status": "open", "service": "search"}}"#),
        (0, #"{"id": "d", "type": "update", "message": "one", "incident": {"id": "INC4", "severity": "medium"}}"#),
        (0, #"{"id": "e", "type": "update", "message": "two", "incident": {"id": "INC5", "severity": "medium"}}"#),
        (0, #"{"id": "f", "type": "update", "message": "three", "incident": {"id": "INC6", "severity": "medium"}}"#),
        (1, #"{"id": "g", "type": "status_change", "incident": {"id": "INC7", "severity": "high", "status": "open", "service": "quiet"}}"#),
        (12, #"{"id": "h", "type": "acknowledgement", "incident": {"id": "INC1"}, "change": {"by": "duty-engineer"}}"#),
        (22, #"{"id": "i", "type": "status_change", "incident": {"id": "INC1", "status": "resolved"}}"#),
    ]
    static let until = 25

    /// One message that left: what of it must agree, and when it was, in seconds from the start.
    struct Leaving: Hashable {
        var what: String
        var at: Double
    }

    @Test func theDaemonDoesWhatTheScenarioSays() async throws {
        let sandbox = try await Sandbox.forTests()
        let workspace = try Workspace(sandbox.configuration(Self.rules))
        let predicted = try await scenario(in: workspace)
        #expect(predicted.count > 10, "\(predicted)")

        let router = try await workspace.router()
        let start = Date()
        for moment in Set(Self.events.map(\.at)).sorted() {
            try await Task.sleep(for: .seconds(max(0, start.addingTimeInterval(Double(moment)).timeIntervalSinceNow)))
            let lines = Self.events.filter { $0.at == moment }.map { Self.text($0.text, start: start) }
            try workspace.drop(lines.joined(separator: "\n"), as: "\(moment).ndjson")
        }
        try await Task.sleep(for: .seconds(max(0, start.addingTimeInterval(Double(Self.until)).timeIntervalSinceNow)))
        try await eventually("everything has left: \(router.errors)") { try await daemon(workspace, start).count >= predicted.count }
        let happened = try await daemon(workspace, start)
        #expect(await router.stop() == 0)

        #expect(happened.map(\.what).sorted() == predicted.map(\.what).sorted())
        for (one, other) in zip(predicted.sorted { $0.what < $1.what }, happened.sorted { $0.what < $1.what }) {
            // Never early; late by as much as this machine is slow.
            #expect(other.at > one.at - 1.5 && other.at < one.at + 10, "\(one.what): said \(one.at), was \(other.at)")
        }
        let verify = try await workspace.run("verify")
        #expect(verify.status == 0, "\(verify.output)")
        await sandbox.stop()
    }

    private static func text(_ text: String, start: Date) -> String {
        text.replacing("UNTIL", with: start.addingTimeInterval(18).formatted(.iso8601))
    }

    private func scenario(in workspace: Workspace) async throws -> [Leaving] {
        let start = Date(timeIntervalSince1970: (Date().timeIntervalSince1970).rounded())
        let events = Self.events.map { "  - {at: +\($0.at)s, event: \(Self.text($0.text, start: start))}" }.joined(separator: "\n")
        try workspace.write(
            """
            config: routes.yaml
            start: \(start.formatted(.iso8601))
            events:
            \(events)
            until: +\(Self.until)s
            expect:
              - {at: +6s, incident: INC1, type: escalation, to: ops-teams}
              - {incident: INC1, to: "+447700900777", never: true}
            """, to: "scenario.yaml")
        let result = try await workspace.run("test", "scenario.yaml", "--timeline", "--json")
        #expect(result.status == 0, "\(result.output)\(result.errors)")
        let lines = result.objects.filter { $0["action"] != nil }
        let byID = Dictionary(lines.compactMap { line in line["id"].map { ($0, line) } }, uniquingKeysWith: { first, _ in first })
        return lines.compactMap { line -> Leaving? in
            guard let action = line["action"]?.string, action == "send" || action == "release" else { return nil }
            let contents = (line["contains"]?.array ?? []).compactMap { byID[$0] }
            return Leaving(what: Self.words(line, contents), at: line["offset"]?.scalarText.flatMap(Double.init) ?? -1)
        }
    }

    private func daemon(_ workspace: Workspace, _ start: Date) async throws -> [Leaving] {
        let all = try await workspace.deliveries()
        return all.compactMap { one -> Leaving? in
            guard one["state"] == "delivered", one["digest"]?.scalarText == nil else { return nil }
            let contents = all.filter { $0["digest"]?.scalarText == one["id"]?.scalarText && one["id"] != nil }
            let at =
                one["due_at"]?.string.flatMap {
                    try? Date($0, strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true))
                }
                ?? one["due_at"]?.string.flatMap { try? Date($0, strategy: .iso8601) }
            return Leaving(what: Self.words(one, contents), at: at?.timeIntervalSince(start) ?? -1)
        }
    }

    private static func words(_ line: JSONValue, _ contents: [JSONValue]) -> String {
        let held = contents.map { "\($0["incident"]?.string ?? "-") \($0["type"]?.string ?? "-")" }.sorted()
        let about = held.isEmpty ? "\(line["incident"]?.string ?? "-") \(line["type"]?.string ?? "-")" : "\(held)"
        return "\(line["channel"]?.string ?? "-") \(line["recipient"]?.string ?? "-"): \(about)"
    }
}
