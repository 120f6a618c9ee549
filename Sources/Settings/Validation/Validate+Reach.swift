// What a match holds for, ready to be compared with that of another.

import Foundation
import Incidents
import Routing

extension Validation {
    /// What a route or a policy matches.
    struct Reach {
        struct Part {
            var member: String
            var text: String
            /// Of members with few values: those for which the condition holds.
            var cases: Set<String>?
            var words: Set<String>
            var isPositive: Bool
            var isAlwaysTrue: Bool

            /// Whether `other` holds wherever this does.
            func implies(_ other: Part) -> Bool {
                guard member == other.member else { return false }
                if let cases, let wide = other.cases { return cases.isSubset(of: wide) }
                // More alternatives are wider; more negations are narrower.
                return words == other.words || isPositive && other.isPositive && words.isSubset(of: other.words)
            }
        }

        var conditions: [Part]
        var during: BusinessCalendar?
        var outside: BusinessCalendar?

        func covers(_ later: Reach) -> Bool {
            guard during == nil && outside == nil || during == later.during && outside == later.outside else { return false }
            return conditions.allSatisfy { condition in
                condition.isAlwaysTrue || later.conditions.contains { $0.implies(condition) }
            }
        }
    }

    /// - Parameter isOfIncidents: nothing but incidents is matched, and each of them has a severity.
    func reach(
        _ match: Match, during: BusinessCalendar? = nil, outside: BusinessCalendar? = nil, isOfIncidents: Bool = false
    ) -> Reach {
        let parts = match.conditions.map { condition in
            let cases = cases(condition)
            return Reach.Part(
                member: condition.member, text: condition.text, cases: cases, words: Set(condition.values.map { $0.lowercased() }),
                isPositive: !condition.values.contains { $0.hasPrefix("!") },
                isAlwaysTrue: condition.member == "type" && cases?.count == EventType.allCases.count
                    || isOfIncidents && condition.member == "severity" && cases?.count == reader.scale.all.count)
        }
        return Reach(conditions: parts, during: during, outside: outside)
    }

    /// For members with few values: those for which the condition holds.
    private func cases(_ condition: Condition) -> Set<String>? {
        switch condition.member {
        case "severity": Set(reader.scale.all.filter { condition.holds(facts(severity: $0)) }.map(\.name))
        case "type": Set(EventType.allCases.filter { condition.holds(facts(type: $0)) }.map(\.rawValue))
        default: nil
        }
    }

    func facts(type: EventType = .escalation, severity: Severity? = nil) -> MatchFacts {
        let now = Date(timeIntervalSince1970: 0)
        var incident = Incident(id: "any", firstSeen: now)
        if let severity { incident.members["severity"] = .string(severity.name) }
        let event = Event(id: "any", source: "any", type: type, time: now, incident: IncidentPatch(id: "any"))
        return MatchFacts(event: event, incident: incident, severity: severity, now: now)
    }
}
