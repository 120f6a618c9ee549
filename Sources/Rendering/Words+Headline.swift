// The headline of a message: what happened, in front of the incident's title.

import Foundation
import Incidents
import JSON

extension Words {
    /// What happened, without the title: `Escalated`, `Resolved after 1 h 12 min`, `Severity raised from medium to critical`.
    static func happening(_ facts: Facts) -> String {
        let change = facts.change
        if facts.isDigest { return "Digest" }
        switch facts.request.event.type {
        case .escalation: return escalation(facts)
        case .statusChange: return statusHappening(facts)
        case .severityChange: return severityHappening(facts)
        case .assignment: return assignmentHappening(facts)
        case .acknowledgement: return change.by.map { "Acknowledged by \($0)" } ?? "Acknowledged"
        case .update: return "Update"
        case .broadcast: return facts.payload("corrects") == nil ? "Announcement" : "Correction"
        case .approval: return approvalHappening(facts)
        case .subscription:
            return facts.payload("action")?.lowercased() == "subscribe" ? "Subscribed" : "Subscription ended"
        case .silence: return silenceHappening(facts)
        case .absence: return absenceHappening(facts)
        case .slaWarning: return warning(facts)
        case .slaBreach: return breach(facts)
        case .reminder: return reminder(facts)
        case .statusReport: return "Status report"
        case .operations: return facts.isTest ? test : "Tocsin"
        }
    }

    private static func statusHappening(_ facts: Facts) -> String {
        if facts.request.reopens { return reopened }
        switch facts.status {
        case .resolved: return "Resolved after \(duration(facts.lasted))"
        case .closed: return "Closed"
        case .acknowledged: return facts.change.by.map { "Acknowledged by \($0)" } ?? "Acknowledged"
        case .inProgress: return "Being worked on"
        case .onHold: return "On hold"
        case .escalated: return "Escalated"
        case .open, nil: return "Opened"
        }
    }

    private static func severityHappening(_ facts: Facts) -> String {
        let verb =
            switch facts.severityMove {
            case .some(let move) where move < 0: "raised"
            case .some(let move) where move > 0: "lowered"
            default: "changed"
            }
        switch (facts.change.from, facts.change.to) {
        case (.some(let from), .some(let to)): return "Severity \(verb) from \(from) to \(to)"
        case (nil, .some(let to)): return "Severity \(verb) to \(to)"
        default: return "Severity \(verb)"
        }
    }

    private static func assignmentHappening(_ facts: Facts) -> String {
        let change = facts.change
        if change.field == "communication_lead" {
            return change.to.map { "Communication lead is now \($0)" } ?? "No communication lead any more"
        }
        let members = facts.request.event.incident?.members ?? [:]
        let assignee = change.field == "assignee" ? change.to : facts.line(members["assignee"])
        let team = change.field == "team" ? change.to : facts.line(members["team"])
        if let assignee { return "Assigned to \(assignee)" }
        if let team { return "Now with team \(team)" }
        return "No longer assigned"
    }

    private static func approvalHappening(_ facts: Facts) -> String {
        let name = facts.payload("broadcast").map { "Broadcast \($0)" } ?? "A broadcast"
        let by = facts.payload("by").map { " by \($0)" } ?? ""
        switch facts.payload("decision")?.lowercased() {
        case "approve": return "\(name) approved\(by)"
        case "refuse": return "\(name) refused\(by)"
        default: return "\(name) waits for approval"
        }
    }

    private static func silenceHappening(_ facts: Facts) -> String {
        let by = facts.payload("by").map { " by \($0)" } ?? ""
        if facts.payload("action")?.lowercased() == "end" { return "Silence ended\(by)" }
        return "Silence started\(by)\(facts.payloadTime("until").map { " until \($0)" } ?? "")"
    }

    private static func absenceHappening(_ facts: Facts) -> String {
        let who = facts.payload("who") ?? "Somebody"
        let until = facts.payloadTime("until").map { " until \($0)" } ?? ""
        return "\(who) is away\(until)\(facts.payload("deputy").map { "; deputy is \($0)" } ?? "")"
    }

    /// What the message is about, behind the happening: the title, or what else names it.
    static func topic(_ facts: Facts) -> String? {
        if facts.isDigest { return facts.digest.map(digestTopic) }
        switch facts.request.event.type {
        case .broadcast: if let subject = facts.payload("subject") { return subject }
        case .subscription: return facts.payload("who") ?? facts.payload("id")
        case .silence: return facts.payload("reason") ?? facts.payload("id")
        case .absence: return nil
        case .operations where facts.isTest: return nil
        case .reminder where facts.change.field == "silence": return nil
        default: break
        }
        if let title = facts.title { return title }
        if let incident = facts.request.incident { return "\(unnamed) \(facts.name(incident.id))" }
        if facts.request.event.type == .approval { return nil }
        return facts.firstLineOfMessage
    }

    /// - Parameter topicLimit: the most UTF-16 units of the topic.
    static func headline(_ facts: Facts, topicLimit: Int = Facts.longestLine) -> String {
        guard let topic = topic(facts) else { return happening(facts) }
        return "\(happening(facts)): \(Shortening.cut(topic, to: topicLimit))"
    }
}
