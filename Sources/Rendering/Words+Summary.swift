// The lines under the headline: how bad and since when; what changed, by whom and why; who has it.

import Foundation
import Incidents

extension Words {
    /// `critical, open since 04:50 BST, 8 min ago, payments`.
    static func summary(_ facts: Facts) -> String? {
        let phrases = facts.phrases
        if facts.isDigest { return facts.digest.map { digestSummary($0, phrases) } }
        guard let incident = facts.request.incident else { return nil }
        var parts: [String] = []
        if let severity = facts.request.severity?.name ?? incident.text("severity") { parts.append(facts.name(severity)) }
        let opened = incident.openedAt
        if incident.isOpen {
            parts.append(phrases.say(.summaryOpen, (.state, status(incident.status, phrases)), (.time, since(opened, facts))))
        } else {
            parts.append(
                phrases.say(
                    .summaryEnded, (.state, status(incident.status, phrases)), (.duration, duration(facts.lasted, phrases)),
                    (.time, time(opened, clock: facts.clock, now: facts.request.now))))
        }
        if let service = facts.line(incident.members["service"]) { parts.append(service) }
        if incident.reopened, incident.isOpen, !facts.request.reopens { parts.append(phrases.say(.reopenedBefore)) }
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
            let field = change.field ?? ""
            let name = facts.phrases.label("field_\(field)") ?? field.replacing("_", with: " ")
            line = facts.phrases.say(.changeMove, (.what, isOwn ? nil : name), (.from, from), (.to, to))
        }
        let saysBy = type == .acknowledgement || (type == .statusChange && facts.status == .acknowledged && !facts.request.reopens)
        if let by = change.by, !saysBy { line = facts.phrases.say(line.isEmpty ? .by : .changeOf, (.what, line), (.by, by)) }
        if let reason = reason(facts) { line = line.isEmpty ? reason : facts.phrases.say(.because, (.what, line), (.reason, reason)) }
        return line.isEmpty ? nil : line
    }

    /// Who has the incident, and whether they have said so.
    static func owner(_ facts: Facts) -> String? {
        guard let incident = facts.request.incident, !facts.isDigest else { return nil }
        let team = facts.line(incident.members["team"])
        let assignee = facts.who(incident.members["assignee"])
        let phrases = facts.phrases
        let isQuiet = incident.acknowledged || !incident.isOpen
        if incident.acknowledged, let by = facts.who(incident.acknowledgedBy) {
            return phrases.say(.ownerAcknowledged, (.name, by), (.team, team))
        }
        if let assignee { return phrases.say(isQuiet ? .ownerQuiet : .ownerOpen, (.name, assignee), (.team, team)) }
        if let team { return phrases.say(isQuiet ? .teamQuiet : .teamOpen, (.team, team)) }
        return incident.isOpen ? phrases.say(incident.acknowledged ? .ownerSomebody : .ownerNobody) : nil
    }

    /// `[critical] INC1 `: what a subject and a short message begin with; never cut away.
    static func prefix(_ facts: Facts) -> String {
        guard let incident = facts.request.incident, !facts.isDigest else { return "" }
        let severity = (facts.request.severity?.name ?? incident.text("severity")).map { "[\(facts.name($0))] " } ?? ""
        if headlineNamesIncident(facts) { return severity.trimmingCharacters(in: .whitespaces) }
        return "\(severity)\(facts.name(incident.id))"
    }

    /// What all messages about one incident are called in a mailbox, so that they stay together: `[INC1] Payments API failing`;
    /// the subject of a message of its own where there is no incident, or much more than one.
    static func threadSubject(_ facts: Facts) -> String {
        guard let incident = facts.request.incident, !facts.isDigest, facts.request.event.type != .broadcast, !facts.isTest else {
            return subject(facts)
        }
        let topic = facts.title ?? facts.phrases.say(.unnamed, (.id, facts.name(incident.id)))
        return "[\(facts.name(incident.id))] \(topic)"
    }

    /// Prefix and headline.
    static func subject(_ facts: Facts) -> String {
        let prefix = prefix(facts)
        return prefix.isEmpty ? headline(facts) : "\(prefix) \(headline(facts))"
    }
}
