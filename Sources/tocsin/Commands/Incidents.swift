// tocsin incidents

import ArgumentParser
import Configuration
import Foundation
import Incidents
import JSON
import Ledger
import Router

struct Incidents: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists what is known of incidents, the latest changed first.",
        discussion: """
              tocsin incidents
              tocsin incidents --all --json
            """)

    @Flag(help: "Those that are over, too.")
    var all = false

    @Option(help: "Only this severity.")
    var severity: String?

    @Flag(help: "One JSON object a line.")
    var json = false

    @OptionGroup var option: ConfigOption

    func run() async throws {
        try await option.withLedger { ledger, configuration in
            var filter = IncidentFilter(openOnly: !all)
            if let severity {
                guard let known = configuration.scale.severity(severity) else {
                    let names = configuration.scale.steps.map(\.name)
                    throw usage("there is no severity `\(severity)`\(Suggestion.clause(for: severity, among: names))")
                }
                filter.severity = known.name
            }
            let incidents = try await ledger.incidents(filter)
            if json {
                for incident in incidents { Terminal.say(Self.line(incident).text) }
            } else {
                show(incidents, configuration)
            }
        }
    }

    private func show(_ incidents: [Incident], _ configuration: RouterConfiguration) {
        if incidents.isEmpty {
            Terminal.say(all ? "No incident is known." : "No incident is open. (--all lists those that are over)")
            return
        }
        let now = Date()
        var table = Table([
            .init("INCIDENT"), .init("SEVERITY"), .init("STATUS"), .init("OPEN FOR"), .init("WHO HAS IT"), .init("TITLE", shrinks: true),
        ])
        for incident in incidents {
            let severity = incident.text("severity") ?? "\(configuration.router.assumedSeverity.name) (assumed)"
            table.add([
                .init(incident.id), .init(severity), .init(incident.status.rawValue + (incident.reopened ? " (again)" : "")),
                .init(incident.isOpen ? Amount.time(now.timeIntervalSince(incident.openedAt)) : "over"),
                .init(Self.owner(incident), incident.acknowledged || !incident.isOpen ? nil : .yellow), .init(incident.text("title") ?? ""),
            ])
        }
        table.show()
    }

    private static func owner(_ incident: Incident) -> String {
        let assigned = incident.text("assignee") ?? incident.text("team").map { "team \($0)" }
        if incident.acknowledged { return incident.acknowledgedBy ?? assigned ?? "acknowledged" }
        return assigned.map { $0 + (incident.isOpen ? ", not acknowledged" : "") } ?? "nobody"
    }

    private static func line(_ incident: Incident) -> JSONLine {
        var line = JSONLine(["id": .string(incident.id)])
        line.add("status", .string(incident.status.rawValue))
        line.add("opened_at", .string(Timestamp.format(incident.openedAt)))
        line.add("acknowledged", .bool(incident.acknowledged))
        line.add("acknowledged_by", incident.acknowledgedBy.map(JSONValue.string) ?? .null)
        line.add("reopened", .bool(incident.reopened))
        line.add("level", .integer(incident.level))
        line.add("updated_at", .string(Timestamp.format(incident.updated)))
        for name in incident.members.keys.sorted() where !["id", "status", "opened_at"].contains(name) {
            line.add(name, incident.members[name] ?? .null)
        }
        return line
    }
}
