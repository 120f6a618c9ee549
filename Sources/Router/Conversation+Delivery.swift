// What a delivery is in the conversation about its incident; and the channel that the incident has of its own, as it is to
// be when the delivery goes out.

import Delivery
import Foundation
import Incidents
import Ledger
import Rendering
import Routing
import Settings

extension QueuedDelivery {
    /// Where its message belongs.
    func part(by scale: SeverityScale) -> Part {
        switch origin {
        case .digest, .confirmation: return .apart
        case .broadcast: return .announcement
        case .reminder, .responsibility: return .word
        case .route, .subscription, .step, .owed, .stillOpen, .report, .room, .toldSeverity: break
        }
        if template == "ping" || template == "digest" { return .apart }
        switch event.event.type {
        case .operations, .approval, .subscription, .silence, .absence: return .apart
        case .broadcast: return .announcement
        case .reminder: return .word
        case .escalation, .slaBreach: return .news
        case .statusChange: return event.isTurn ? .news : .state
        case .severityChange: return event.isWorse(by: scale) ? .news : .state
        case .assignment, .acknowledgement, .update, .slaWarning, .statusReport: return .state
        }
    }
}

extension StoredEvent {
    /// It ended its incident, or opened it again.
    fileprivate var isTurn: Bool {
        if reopens { return true }
        guard let incident, !incident.isOpen else { return false }
        return !(previous.flatMap(IncidentStatus.init(word:))?.isEnded ?? false)
    }

    fileprivate func isWorse(by scale: SeverityScale) -> Bool {
        guard let now = severity.flatMap(scale.severity), let before = previous.flatMap(scale.severity) else { return false }
        return now.rank < before.rank
    }
}

extension RouterConfiguration {
    /// The longest topic that Slack takes, in characters.
    static let longestTopic = 250

    /// The channel of the incident's own that a delivery goes to; nil where it goes anywhere else.
    func room(of delivery: QueuedDelivery, absences: [Absence], now: Date) -> Room? {
        guard delivery.for == RoutingTable.roomName, let rule = table.people.incidentChannel, rule.channel == delivery.channel,
            delivery.address.hasPrefix("#"), let incident = delivery.event.incident
        else { return nil }
        let severity = delivery.event.severity.flatMap(scale.severity)
        return Room(
            name: String(delivery.address.dropFirst()), topic: topic(of: incident, severity: severity),
            invite: members(rule.invite, incident, severity, table.presence(absences: absences, now: now)),
            isOver: incident.status == .closed)
    }

    /// `critical · open · Payments API failing · Duty Engineer has it · https://…`.
    func topic(of incident: Incident, severity: Severity?) -> String {
        let owner = incident.text("assignee") ?? incident.acknowledgedBy ?? incident.text("team")
        let name = owner.map { table.names[$0] ?? $0 }
        let last = [name.map { "\(Self.harmless($0)) has it" }, incident.text("url").flatMap(SafeLink.make)].compactMap(\.self)
        let first = [
            severity.map { Self.harmless($0.name) }, incident.status.rawValue.replacing("_", with: " "),
        ].compactMap(\.self)
        var topic = first.joined(separator: " · ")
        let room = Self.longestTopic - topic.count - last.reduce(0) { $0 + min($1.count, 150) + 3 } - 3
        if let title = incident.text("title").map(Self.harmless), !title.isEmpty, room > 10 {
            topic += " · " + (title.count <= room ? title : title.prefix(room - 1) + "…")
        }
        for part in last where topic.count + part.count + 3 <= Self.longestTopic { topic += " · " + part }
        return String(topic.prefix(Self.longestTopic))
    }

    /// Member ids, of whom the entries reach.
    private func members(_ entries: [RecipientEntry], _ incident: Incident, _ severity: Severity?, _ presence: Presence) -> [String] {
        var found: [String] = []
        for resolved in entries.flatMap({ table.directory.resolve($0, incident: incident, severity: severity, presence: presence).reached })
        {
            let id = resolved.person?.addresses[.slack] ?? (resolved.channel.kind == .slack ? resolved.address : "")
            let isMember = id.utf8.count <= 32 && (id.hasPrefix("U") || id.hasPrefix("W"))
            if isMember, id.utf8.allSatisfy({ (48...57).contains($0) || (65...90).contains($0) }), !found.contains(id) { found.append(id) }
        }
        return found
    }

    /// In one line, and without what Slack takes for a mention.
    private static func harmless(_ text: String) -> String {
        let line = text.unicodeScalars.prefix(500).map { scalar -> Character in
            switch scalar {
            case "<": "‹"
            case ">": "›"
            default: scalar.properties.generalCategory == .control || scalar.properties.isWhitespace ? " " : Character(scalar)
            }
        }
        return String(line).split(separator: " ").joined(separator: " ")
    }
}
