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
    ///   - surroundings: what is known beside the incident.
    ///   - directed: who is told whatever the routes say.
    ///   - explaining: every route is asked, and says why it does not count. Otherwise there are no verdicts, and only
    ///     the routes that can match are looked at; everything else is the same.
    public func plan(
        _ event: Event, application: Application?, now: Date, surroundings: any Surroundings = NoSurroundings(),
        directed: [Directed] = [], explaining: Bool = true
    ) throws -> Plan {
        if let reason = Self.notRouted(event, application) { return Plan(notRouted: reason) }
        let severity = severity(of: application)
        let facts = MatchFacts(
            event: event, incident: application?.incident, severity: severity, previous: application?.previous, now: now)
        let isOperations = event.type == .operations
        var draft = PlanDraft(
            event: event, now: now, priority: isOperations ? 1 : severity?.rank ?? max(0, scale.steps.count - 1))
        var verdicts: [RouteVerdict] = []
        if explaining {
            verdicts = askEveryRoute(facts, &draft)
        } else {
            askCandidates(facts, &draft)
        }

        var fellThrough = false
        if isOperations {
            let more = tell(operators, as: Self.operatorsName, isUrgent: false, facts, &draft)
            if explaining { verdicts += more }
        } else if draft.deliveries.isEmpty, let severity, scale.mustBeHeard(severity) {
            fellThrough = true
            let more = tell(unrouted, as: Self.unroutedName, isUrgent: true, facts, &draft)
            if explaining { verdicts += more }
        }
        return Plan(verdicts: verdicts, deliveries: draft.deliveries, fellThrough: fellThrough)
    }

    /// Goes through all routes, without the index and what was found beforehand, and says of each what became of it.
    private func askEveryRoute(_ facts: MatchFacts, _ draft: inout PlanDraft) -> [RouteVerdict] {
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
        return verdicts
    }

    /// The same deliveries, from the routes that can match alone.
    private func askCandidates(_ facts: MatchFacts, _ draft: inout PlanDraft) {
        let isOperations = facts.event.type == .operations
        for number in index.candidates(facts) {
            let route = routes[number]
            guard route.match.holds(facts), !isOperations || route.match.names(.operations), route.isInItsHours(at: facts.now)
            else { continue }
            var hasReached = false
            for reach in reach[number] {
                switch reach {
                case .fixed(let fixed):
                    for (resolved, key) in fixed.reached { draft.add(resolved, key, for: fixed.entry, of: route) }
                    if !fixed.reached.isEmpty { hasReached = true }
                case .byIncident(let entry):
                    let reached = directory.resolve(entry, incident: facts.incident, severity: facts.severity).reached
                    draft.add(reached.map { (entry, $0) }, of: route)
                    if !reached.isEmpty { hasReached = true }
                }
            }
            if route.stops, hasReached { return }
        }
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
