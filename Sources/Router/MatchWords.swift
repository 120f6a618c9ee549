// `service=search severity=">=high" labels.region=eu`: conditions as people write them, and back into words.

import Foundation
import Incidents
import JSON
import Routing

/// The conditions of a silence, a subscription or an audience as people write them, checked.
public struct MatchWords: Sendable {
    public private(set) var conditions: [Condition] = []
    /// As it stands in an event: member to value, or values.
    public private(set) var json: [String: JSONValue] = [:]

    /// - Parameter words: `member=value`; commas separate the values of a list, but in a regular expression. A comparison
    ///   may stand without the `=`: `severity>=high`.
    /// - Throws: `MatchError`, whose message says what would be right.
    public init(_ words: [String], scale: SeverityScale) throws(MatchError) {
        for word in words {
            let (member, values) = try Self.split(word)
            if json[member] != nil {
                throw MatchError(
                    message:
                        "`\(member)` is there twice; for one of several values write \(member)=A,B, for a comparison \(member)=\">=A\"")
            }
            conditions.append(try Condition(member: member, values: values, scale: scale))
            json[member] = values.count == 1 ? .string(values[0]) : .array(values.map(JSONValue.string))
        }
    }

    public var match: Match { Match(conditions: conditions) }

    private static func split(_ word: String) throws(MatchError) -> (member: String, values: [String]) {
        guard let mark = word.firstIndex(where: { "=<>".contains($0) }), mark != word.startIndex else {
            throw MatchError(message: "a condition is member=value, for instance service=search; this is `\(word)`")
        }
        let member = word[..<mark].trimmingCharacters(in: .whitespaces)
        let value = String(word[mark] == "=" ? word[word.index(after: mark)...] : word[mark...]).trimmingCharacters(in: .whitespaces)
        if value.hasPrefix("~") || value.hasPrefix("!~") { return (member, [value]) }
        let values = value.split(separator: ",", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
        if value.isEmpty || values.contains("") {
            throw MatchError(message: "`\(word)` has an empty value; write \(member)=value, or \(member)=value,value")
        }
        return (member, values)
    }

    /// The members that an incident alone can answer: the others look at the event.
    private static let ofIncident: Set<String> = [
        "severity", "status", "service", "category", "team", "assignee", "id", "age", "reopened", "sla", "sla.acknowledge", "sla.resolve",
        "sla.update",
    ]

    /// Those of the conditions that an incident alone cannot answer, as they stand in routes.yaml.
    public var aboutEvents: [String] { conditions.filter { !Self.isAboutIncident($0) }.map(\.text) }

    private static func isAboutIncident(_ condition: Condition) -> Bool {
        ofIncident.contains(condition.member) || condition.member.hasPrefix("labels.")
    }

    /// Whether the conditions on the incident hold; those on the event are left aside.
    public func holds(for incident: Incident, by table: RoutingTable, now: Date) -> Bool {
        let event = Event(id: "", source: "", type: .update, time: now, incident: IncidentPatch(id: incident.id))
        let facts = MatchFacts(
            event: event, incident: incident, severity: incident.severity(on: table.scale, assumed: table.assumedSeverity), now: now,
            sla: table.clocks(of: incident, now: now))
        return Match(conditions: conditions.filter(Self.isAboutIncident)).holds(facts)
    }
}

/// A match as words.
public enum MatchText {
    /// `service=search severity=>=high`, as it is written, the members in the order of their names; `everything` where there is none.
    public static func words(_ match: [String: JSONValue]) -> String {
        if match.isEmpty { return "everything" }
        return match.keys.sorted().map { member in
            let values = match[member]?.array ?? match[member].map { [$0] } ?? []
            let words = values.map { $0.string ?? $0.text }
            return "\(member)=\(words.joined(separator: ","))"
        }
        .joined(separator: " ")
    }
}
