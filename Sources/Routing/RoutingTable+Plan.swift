// The decision: which routes count for an event, and who is told (interfaces, section 8). Pure.

import Foundation
import Incidents

extension RoutingTable {
    /// Stands among a delivery's routes for `router.unrouted`.
    public static let unroutedName = "router.unrouted"
    /// Stands among a delivery's routes for `router.operators`.
    public static let operatorsName = "router.operators"

    /// The severity of an event's incident; nil where it has none.
    public func severity(of application: Application?) -> Severity? {
        application?.incident.severity(on: scale, assumed: assumedSeverity)
    }

    /// What follows from an event.
    ///
    /// `verdicts` has one for every route, in file order; one for `router.unrouted` or `router.operators` comes after
    /// them only where some of those entries reached nobody.
    ///
    /// - Parameters:
    ///   - application: what the event did to its incident; nil for events without one.
    ///   - now: the time of the decision: deliveries are due then.
    public func plan(_ event: Event, application: Application?, now: Date) -> Plan {
        if let reason = Self.notRouted(event, application) { return Plan(notRouted: reason) }
        let severity = severity(of: application)
        let facts = MatchFacts(
            event: event, incident: application?.incident, severity: severity, previous: application?.previous, now: now)
        let isOperations = event.type == .operations
        var draft = PlanDraft(
            event: event, now: now, priority: isOperations ? 1 : severity?.rank ?? max(0, scale.steps.count - 1))
        var verdicts: [RouteVerdict] = []
        verdicts.reserveCapacity(routes.count)
        var stopper: String?

        for route in routes {
            if let stopper {
                verdicts.append(RouteVerdict(route: route.name, result: .stopped(by: stopper)))
                continue
            }
            if let failure = failure(of: route, facts) {
                verdicts.append(RouteVerdict(route: route.name, result: failure))
                continue
            }
            let (reached, unreached) = resolve(route.to, facts)
            draft.add(reached, of: route)
            verdicts.append(RouteVerdict(route: route.name, result: .matched, unreached: unreached))
            if route.stops, !reached.isEmpty { stopper = route.name }
        }

        var fellThrough = false
        if isOperations {
            verdicts += tell(operators, as: Self.operatorsName, isUrgent: false, facts, &draft)
        } else if draft.deliveries.isEmpty, let severity, scale.mustBeHeard(severity) {
            fellThrough = true
            verdicts += tell(unrouted, as: Self.unroutedName, isUrgent: true, facts, &draft)
        }
        return Plan(verdicts: verdicts, deliveries: draft.deliveries, fellThrough: fellThrough)
    }

    /// Why routes do not see an event at all; nil where they do.
    private static func notRouted(_ event: Event, _ application: Application?) -> String? {
        if application?.isStale ?? false {
            return "stale: `\(quoted(event.source))` has already said something newer about this"
        }
        return switch event.type {
        case .approval: "an approval releases or refuses a broadcast; routes do not see it"
        case .subscription: "a subscription is somebody's own wish; routes do not see it"
        case .silence: "a silence keeps messages back; routes do not see it"
        case .absence: "an absence names a deputy; routes do not see it"
        default: nil
        }
    }

    private func failure(of route: Route, _ facts: MatchFacts) -> RouteVerdict.Result? {
        if facts.event.type == .operations, !route.match.names(.operations) {
            return .failed(condition: "type: operations", found: "the route does not name `operations`")
        }
        if let condition = route.match.firstFailure(facts) {
            return .failed(condition: condition.text, found: condition.found(facts))
        }
        if let calendar = route.during, !calendar.isOpen(at: facts.now) {
            return .failed(condition: "during: \(calendar.name)", found: "\(calendar.name) is closed")
        }
        if let calendar = route.outside, calendar.isOpen(at: facts.now) {
            return .failed(condition: "outside: \(calendar.name)", found: "\(calendar.name) is open")
        }
        return nil
    }

    private func resolve(
        _ entries: [RecipientEntry], _ facts: MatchFacts
    ) -> (reached: [(entry: RecipientEntry, resolved: Resolved)], unreached: [Unreached]) {
        var reached: [(entry: RecipientEntry, resolved: Resolved)] = []
        var unreached: [Unreached] = []
        for entry in entries {
            let found = directory.resolve(entry, incident: facts.incident, severity: facts.severity)
            reached += found.reached.map { (entry, $0) }
            unreached += found.unreached
        }
        return (reached, unreached)
    }

    /// Tells those who hear of an event whatever the routes say.
    private func tell(
        _ entries: [RecipientEntry], as name: String, isUrgent: Bool, _ facts: MatchFacts, _ draft: inout PlanDraft
    ) -> [RouteVerdict] {
        let (reached, unreached) = resolve(entries, facts)
        draft.add(reached, of: Route(name: name, match: Match(), to: entries, isUrgent: isUrgent))
        return unreached.isEmpty ? [] : [RouteVerdict(route: name, result: .matched, unreached: unreached)]
    }
}
