// What a condition can look at, and what an event has there.

import Foundation
import Incidents

/// A member of `match`.
enum MatchMember: Sendable, Hashable {
    case type, severity, status, from, to, service, category, team, assignee, source, id, field, age, reopened
    /// A promise; nil: the worst of them.
    case sla(SLATarget?)
    case label(String)

    /// Every name that may stand in `match`; labels have a name of their own after `labels.`.
    static let names = [
        "type", "severity", "status", "from", "to", "service", "category", "team", "assignee", "source", "id", "field", "sla",
        "sla.acknowledge", "sla.resolve", "sla.update", "age", "reopened", "labels.NAME",
    ]

    init(_ name: String) throws(MatchError) {
        switch name {
        case "type": self = .type
        case "severity": self = .severity
        case "status": self = .status
        case "from": self = .from
        case "to": self = .to
        case "service": self = .service
        case "category": self = .category
        case "team": self = .team
        case "assignee": self = .assignee
        case "source": self = .source
        case "id": self = .id
        case "field": self = .field
        case "sla": self = .sla(nil)
        case "sla.acknowledge": self = .sla(.acknowledge)
        case "sla.resolve": self = .sla(.resolve)
        case "sla.update": self = .sla(.update)
        case "age": self = .age
        case "reopened": self = .reopened
        case "labels", "labels.":
            throw MatchError(message: "`\(name)` in `match` needs the label's name, for instance `labels.region`")
        default:
            if name.hasPrefix("labels.") {
                self = .label(String(name.dropFirst("labels.".count)))
                return
            }
            var message = "unknown member `\(quoted(name))` in `match`"
            let hint = Suggestion.clause(for: name, among: Self.names)
            message += hint.isEmpty ? " (known: \(Self.names.joined(separator: ", ")))" : hint
            throw MatchError(message: message)
        }
    }

    /// What stands there as text, where it is a text; empty counts as absent. Severity and age are compared by
    /// themselves, but have words here as well.
    func text(_ facts: MatchFacts) -> String? {
        let text: String? =
            switch self {
            case .type: facts.event.type.rawValue
            case .severity: facts.severity?.name
            case .status: facts.incident.map { $0.text("status") ?? IncidentStatus.open.rawValue }
            case .from: facts.event.change.from ?? facts.previous
            case .to: facts.event.change.to ?? facts.event.subjectMember.flatMap { facts.incident?.members[$0]?.scalarText }
            case .service: facts.incident?.text("service")
            case .category: facts.incident?.text("category")
            case .team: facts.incident?.text("team")
            case .assignee: facts.incident?.text("assignee")
            case .source: facts.event.source
            case .id: facts.incident?.id ?? facts.event.incident?.id
            case .field: facts.event.change.field ?? facts.event.subjectMember
            case .age: Self.age(facts).map(AgeText.text)
            case .reopened: facts.incident.map { $0.reopened ? "true" : "false" }
            case .label(let name): facts.incident?.label(name)
            case .sla(let target): (target.map { facts.sla?[$0]?.state } ?? facts.sla?.worst)?.rawValue
            }
        return text?.isEmpty ?? true ? nil : text
    }

    /// Seconds since the incident opened.
    static func age(_ facts: MatchFacts) -> TimeInterval? { facts.incident.map { facts.now.timeIntervalSince($0.openedAt) } }

    /// The words that may stand there, where they are few and known.
    func vocabulary(_ scale: SeverityScale) -> [String]? {
        switch self {
        case .type: EventType.allCases.map(\.rawValue)
        case .severity: scale.steps.map(\.name)
        case .status: IncidentStatus.allCases.map(\.rawValue)
        case .sla: SLAState.allCases.map(\.rawValue)
        case .reopened: ["true", "false"]
        default: nil
        }
    }

    /// The known word that a word means, where the words are few and known; nil where it means none.
    func canonical(_ word: String, _ scale: SeverityScale) -> String? {
        switch self {
        case .severity: scale.severity(word)?.name
        case .status: IncidentStatus(word: word)?.rawValue
        default: vocabulary(scale)?.first { $0 == word.lowercased() }
        }
    }
}
