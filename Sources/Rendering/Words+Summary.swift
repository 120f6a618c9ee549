// The lines under the headline: how bad and since when; what changed, by whom and why; who has it.

import Incidents

extension Words {
    /// `critical, open since 04:50 BST, 8 min ago, payments`.
    static func summary(_ facts: Facts) -> String? {
        if facts.isDigest { return facts.digest.map(digestSummary) }
        guard let incident = facts.request.incident else { return nil }
        var parts: [String] = []
        if let severity = facts.request.severity?.name ?? incident.text("severity") { parts.append(facts.name(severity)) }
        let opened = incident.openedAt
        if incident.isOpen {
            parts.append("\(status(incident.status)) since \(moment(opened, clock: facts.clock, now: facts.request.now))")
        } else {
            parts.append(
                "\(status(incident.status)), lasted \(duration(facts.lasted)) from \(time(opened, clock: facts.clock, now: facts.request.now))"
            )
        }
        if let service = facts.line(incident.members["service"]) { parts.append(service) }
        if incident.reopened, incident.isOpen, !facts.request.reopens { parts.append("reopened before") }
        return parts.joined(separator: " · ")
    }

    /// `open → escalated, by duty-engineer: no acknowledgement within 10 min`.
    static func changeLine(_ facts: Facts) -> String? {
        if facts.isDigest { return nil }
        if let line = clockLine(facts) { return line }
        let change = facts.change
        let type = facts.request.event.type
        var line = ""
        if let from = change.from, let to = change.to, type != .severityChange {
            let isOwn = change.field == nil || change.field == "status"
            line = "\(isOwn ? "" : "\((change.field ?? "").replacing("_", with: " ")): ")\(from) → \(to)"
        }
        let saysBy = type == .acknowledgement || (type == .statusChange && facts.status == .acknowledged && !facts.request.reopens)
        if let by = change.by, !saysBy { line += line.isEmpty ? "By \(by)" : ", by \(by)" }
        if let reason = change.reason { line += line.isEmpty ? reason : ": \(reason)" }
        return line.isEmpty ? nil : line
    }

    /// Who has the incident, and whether they have said so.
    static func owner(_ facts: Facts) -> String? {
        guard let incident = facts.request.incident, !facts.isDigest else { return nil }
        let team = facts.line(incident.members["team"])
        let assignee = facts.line(incident.members["assignee"])
        let inTeam = team.map { " (team \($0))" } ?? ""
        if incident.acknowledged, let by = incident.acknowledgedBy.map(facts.line) { return "\(by), acknowledged\(inTeam)" }
        if let assignee { return "\(assignee)\(incident.acknowledged || !incident.isOpen ? "" : ", not acknowledged yet")\(inTeam)" }
        if let team { return "team \(team)\(incident.acknowledged || !incident.isOpen ? "" : ", not acknowledged yet")" }
        return incident.isOpen ? (incident.acknowledged ? "acknowledged" : "nobody yet") : nil
    }

    /// `[critical] INC1 `: what a subject and a short message begin with; never cut away.
    static func prefix(_ facts: Facts) -> String {
        guard let incident = facts.request.incident, !facts.isDigest else { return "" }
        let severity = (facts.request.severity?.name ?? incident.text("severity")).map { "[\(facts.name($0))] " } ?? ""
        return "\(severity)\(facts.name(incident.id))"
    }

    /// The subject of a mail: prefix and headline.
    static func subject(_ facts: Facts) -> String {
        let prefix = prefix(facts)
        return prefix.isEmpty ? headline(facts) : "\(prefix) \(headline(facts))"
    }
}
