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
            let reach = reach(route.match, during: route.during, outside: route.outside)
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

    /// A severity that no route can match, no step of escalation is for and nobody gets reports of; the two most urgent
    /// also go to `router.unrouted`.
    func checkUnheardSeverities() {
        guard decoded.routesAreWhole, !decoded.routes.isEmpty else { return }
        let hasUnrouted = !decoded.unrouted.isEmpty || (reader.routerSection?.has("unrouted") ?? false)
        for severity in reader.scale.all {
            if decoded.routes.contains(where: { $0.route.map { mayMatch($0.match, severity) } ?? false }) { continue }
            if decoded.escalation.contains(where: { runs($0, for: severity) }) { continue }
            if decoded.reports.contains(where: { $0.severity == severity && $0.rule.to.contains(where: isSure) }) { continue }
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

    /// Whether an incident of this severity can match, as far as that depends on the severity.
    func mayMatch(_ match: Match, _ severity: Severity) -> Bool {
        match.conditions.allSatisfy { $0.member != "severity" || $0.holds(facts(severity: severity)) }
    }

    /// Whether a policy does something about incidents of this severity.
    private func runs(_ policy: DecodedPolicy, for severity: Severity) -> Bool {
        guard let match = policy.match, mayMatch(match, severity) else { return false }
        return policy.policy?.steps.contains { $0.after[severity.rank] != nil } ?? true
    }
}
