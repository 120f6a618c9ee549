// tocsin incidents

import ArgumentParser
import Foundation
import Incidents
import Ledger
import Router
import Settings

struct Incidents: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists incidents: who has them and who speaks for them, their clocks and what is due next, the latest changed first.",
        discussion: """
            Clocks are those of `sla` in routes.yaml that still run; what is due next happens if nobody does anything. The lead \
            is the communication lead. An owner in yellow has not acknowledged.

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
                let now = Date()
                for incident in incidents { Terminal.say(IncidentFacts.line(incident, configuration, now: now).text) }
            } else {
                show(incidents, configuration)
            }
        }
    }

    /// On a narrow terminal the lead, clocks and what is due next have a line of their own below each incident.
    private func show(_ incidents: [Incident], _ configuration: RouterConfiguration) {
        if incidents.isEmpty {
            Terminal.say(all ? "No incident is known." : "No incident is open. (--all lists those that are over)")
            return
        }
        let now = Date()
        let isNarrow = Terminal.width.map { $0 < 160 } ?? false
        var columns: [Table.Column] = [
            .name("INCIDENT"), .init("SEVERITY"), .init("STATUS"), .init("OPEN FOR"), .init("WHO HAS IT", shrinks: isNarrow),
        ]
        // Where nobody speaks for any of them, nobody misses the column.
        let hasLeads = !isNarrow && incidents.contains { Self.lead($0) != nil }
        if hasLeads { columns.append(.init("LEAD")) }
        columns.append(.init("TITLE", shrinks: true))
        if !isNarrow { columns += [.init("CLOCKS", most: 160), .init("NEXT", shrinks: true, most: 160)] }
        var table = Table(columns)
        for incident in incidents {
            let severity = incident.text("severity") ?? "\(configuration.router.assumedSeverity.name) (assumed)"
            var cells: [Table.Cell] = [
                .init(incident.id), .init(severity), .init(incident.status.rawValue + (incident.reopened ? " (again)" : "")),
                .init(incident.isOpen ? Amount.time(now.timeIntervalSince(incident.openedAt)) : "over"),
                .init(Self.owner(incident, isShort: isNarrow), incident.acknowledged || !incident.isOpen ? nil : .yellow),
            ]
            if hasLeads { cells.append(.init(Self.lead(incident) ?? "–")) }
            cells.append(.init(incident.text("title") ?? ""))
            let times = IncidentClocks(incident, by: configuration.table, now: now)
            let clocks = times.lines.map(\.text).joined(separator: ", ")
            if !isNarrow { cells += [.init(clocks.isEmpty ? "–" : clocks, times.colour), .init(times.next ?? "–")] }
            let lead = Self.lead(incident).map { "lead: \($0)" } ?? ""
            let note = [lead, clocks, times.next.map { "next: \($0)" } ?? ""].filter { !$0.isEmpty }.joined(separator: "; ")
            table.add(cells, note: isNarrow && !note.isEmpty ? note : nil)
        }
        table.show()
    }

    private static func lead(_ incident: Incident) -> String? { known("communication_lead", of: incident) }

    private static func known(_ member: String, of incident: Incident) -> String? {
        incident.text(member).flatMap { $0.isEmpty ? nil : $0 }
    }

    private static func owner(_ incident: Incident, isShort: Bool) -> String {
        let assigned = known("assignee", of: incident) ?? known("team", of: incident).map { "team \($0)" }
        if incident.acknowledged { return incident.acknowledgedBy ?? assigned ?? "acknowledged" }
        return assigned.map { $0 + (incident.isOpen && !isShort ? ", not acknowledged" : "") } ?? "nobody"
    }
}
