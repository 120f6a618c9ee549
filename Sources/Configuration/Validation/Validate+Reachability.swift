// Routes that never count, and severities that nobody hears of.

import Foundation
import Incidents
import Routing

extension Validation {
    /// A route after one that stops the search and matches everything that this one does.
    func checkUnreachableRoutes() {
        var stopping: [(route: DecodedRoute, reach: Reach)] = []
        for later in decoded.routes {
            guard let route = later.route else { continue }
            let reach = reach(route)
            if let impossible = reach.conditions.first(where: { $0.cases?.isEmpty ?? false }) {
                findings.warning(
                    "route `\(route.name.shortened)` can never match: `\(impossible.text)` holds for nothing", at: later.place)
                continue
            }
            if let earlier = stopping.first(where: { $0.reach.covers(reach) })?.route {
                findings.warning(
                    "route `\(route.name.shortened)` is never reached: `\(earlier.name.shortened)` (line \(earlier.place.line)) matches everything "
                        + "that it does, and stops the search", at: later.place)
            } else if route.stops, route.to.contains(where: isSure) {
                stopping.append((later, reach))
            }
        }
    }

    /// `stop` counts only where somebody was reached: roles may be nobody.
    private func isSure(_ entry: RecipientEntry) -> Bool {
        switch entry.subject {
        case .name, .address: true
        case .role, .subscribers: false
        }
    }

    /// What a route matches, ready to be compared.
    private struct Reach {
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

    private func reach(_ route: Route) -> Reach {
        let parts = route.match.conditions.map { condition in
            let cases = cases(condition)
            return Reach.Part(
                member: condition.member, text: condition.text, cases: cases, words: Set(condition.values.map { $0.lowercased() }),
                isPositive: !condition.values.contains { $0.hasPrefix("!") },
                isAlwaysTrue: condition.member == "type" && cases?.count == EventType.allCases.count)
        }
        return Reach(conditions: parts, during: route.during, outside: route.outside)
    }

    /// For members with few values: those for which the condition holds.
    private func cases(_ condition: Condition) -> Set<String>? {
        switch condition.member {
        case "severity": Set(reader.scale.all.filter { condition.holds(facts(severity: $0)) }.map(\.name))
        case "type": Set(EventType.allCases.filter { condition.holds(facts(type: $0)) }.map(\.rawValue))
        default: nil
        }
    }

    private func facts(type: EventType = .escalation, severity: Severity? = nil) -> MatchFacts {
        let now = Date(timeIntervalSince1970: 0)
        var incident = Incident(id: "any", firstSeen: now)
        if let severity { incident.members["severity"] = .string(severity.name) }
        let event = Event(id: "any", source: "any", type: type, time: now, incident: IncidentPatch(id: "any"))
        return MatchFacts(event: event, incident: incident, severity: severity, now: now)
    }

    /// A severity that no route and no escalation policy can match; the two most urgent also go to `router.unrouted`.
    func checkUnheardSeverities() {
        guard decoded.routesAreWhole, !decoded.routes.isEmpty else { return }
        let matches = decoded.routes.compactMap { $0.route?.match } + decoded.escalation
        let hasUnrouted = !decoded.unrouted.isEmpty || (reader.routerSection?.has("unrouted") ?? false)
        for severity in reader.scale.all {
            let isHeard = matches.contains { match in
                match.conditions.allSatisfy { $0.member != "severity" || $0.holds(facts(severity: severity)) }
            }
            if isHeard { continue }
            let place = reader.severityPlaces[severity.name] ?? decoded.routes.first?.place
            if !reader.scale.mustBeHeard(severity) {
                findings.warning(
                    "no route can match severity `\(severity.name)`: nobody hears of such an incident (`router.unrouted` is for the two most "
                        + "urgent)", at: place)
            } else if !hasUnrouted {
                findings.warning(
                    "no route can match severity `\(severity.name)`, one of the two most urgent, and `router.unrouted` is empty: such an "
                        + "incident would go unheard", at: place)
            }
        }
    }
}
