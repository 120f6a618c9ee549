// The event that a rule makes, member by member.

import Incidents
import JSON

/// What a member takes.
enum MemberKind: Sendable {
    /// Text.
    case text
    /// Text of one line, up to 200 characters; what is longer ends with a digest of the rest.
    case name
    case time
    case severity
    case status
    case type
    /// `http://` or `https://`.
    case link
    /// Whatever stands there.
    case any
}

/// The members of an event, of its `incident` and of its `change`.
struct Shape: Sendable, Equatable {
    var event: [String: Source] = [:]
    var incident: [String: Source] = [:]
    var change: [String: Source] = [:]
    var labels: [String: Source] = [:]

    /// Name of the label whose value is a map of labels.
    static let allLabels = "*"

    /// This one where it says something, else the other.
    func over(_ other: Shape) -> Shape {
        Shape(
            event: event.merging(other.event) { own, _ in own }, incident: incident.merging(other.incident) { own, _ in own },
            change: change.merging(other.change) { own, _ in own }, labels: labels.merging(other.labels) { own, _ in own })
    }

    static let eventMembers: [String: MemberKind] = ["type": .type, "id": .name, "time": .time, "source": .name, "message": .text]
    static let changeMembers: [String: MemberKind] = ["field": .text, "from": .text, "to": .text, "reason": .text, "by": .text]
    static let incidentMembers: [String: MemberKind] = {
        var members: [String: MemberKind] = [
            "id": .name, "severity": .severity, "status": .status, "url": .link, "runbook": .link, "opened_at": .time, "eta": .time,
            "next_update_at": .time,
        ]
        for name in [
            "title", "description", "service", "category", "impact", "next_steps", "root_cause", "resolution", "team", "assignee",
            "reporter",
            "communication_lead",
        ] { members[name] = .text }
        return members
    }()

    static func changeKind(_ name: String, of field: String?) -> MemberKind {
        guard name == "to" || name == "from" else { return changeMembers[name] ?? .text }
        switch field {
        case "severity": return name == "to" ? .severity : .text
        case "status": return name == "to" ? .status : .text
        default: return .text
        }
    }
}
