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
    /// `verdicts` has one for every route, in file order. After them come those of whoever is told beside the routes: of
    /// `directed` where an entry reached nobody, of subscriptions that count or cannot be understood, of `router.unrouted`
    /// and `router.operators` where an entry reached nobody.
    ///
    /// - Parameters:
    ///   - application: what the event did to its incident; nil for events without one.
    ///   - now: the time of the decision: deliveries are due then.
    ///   - surroundings: what is known beside the incident.
    ///   - directed: who is told whatever the routes say.
    ///   - withheld: why routes are not asked; nil: they are.
    ///   - explaining: every route is asked, and says why it does not count. Otherwise there are no verdicts and notes, and
    ///     only the routes that can match are looked at; everything else is the same.
    /// - Throws: only what the surroundings throw.
    public func plan(
        _ event: Event, application: Application?, now: Date, surroundings: any Surroundings = NoSurroundings(),
        directed: [Directed] = [], withheld: String? = nil, explaining: Bool = true
    ) throws -> Plan {
        let notRouted = Self.notRouted(event, application) ?? withheld
        if notRouted != nil, directed.isEmpty { return Plan(notRouted: notRouted) }
        let severity = severity(of: application)
        var facts = MatchFacts(
            event: event, incident: application?.incident, severity: severity, previous: application?.previous, now: now)
        facts.presence = try presence(surroundings, now: now)
        if !rules.sla.isEmpty, let incident = facts.incident { facts.sla = clocks(of: incident, now: now) }
        let isOperations = event.type == .operations
        if let notRouted {
            return try plan(only: directed, facts, because: notRouted, surroundings, isExplaining: explaining)
        }
        let directed = directed + concerned(facts, application)
        let subscribers = try subscribers(facts, surroundings, isExplaining: explaining)
        var draft = PlanDraft(
            event: event, now: now, priority: isOperations ? 1 : severity?.rank ?? max(0, scale.steps.count - 1),
            keepsTerms: try subscribers != nil || hasTerms(surroundings))
        var verdicts: [RouteVerdict] = []

        // A reminder is for whom it is meant alone.
        if event.type != .reminder {
            if explaining {
                verdicts = askEveryRoute(facts, subscribers, &draft)
            } else {
                askCandidates(facts, subscribers, &draft)
            }
        }
        var beside: [RouteVerdict] = []
        if !directed.isEmpty { beside += tell(directed, facts, subscribers, &draft) }
        beside += try tellRoom(facts, application, surroundings, &draft)
        if case .again(let route) = event.raised, directed.isEmpty { beside += tellAgain(route, facts, subscribers, &draft) }
        // Whom a broadcast reaches is its author's choice, and handed over in parts.
        if let subscribers, !isOperations, event.type != .reminder, event.type != .broadcast { beside += tell(subscribers, &draft) }
        let debt = try Debt(event, application, self, surroundings)
        if let debt, !(debt.isTurn && facts.incident?.isMuted(event, by: rules.flap) ?? false) { pay(debt, &draft) }
        beside += try tellRejudged(facts, application, surroundings, &draft)

        var fellThrough = false
        if isOperations {
            let isUrgent = event.raised?.isUrgent ?? false
            beside += tell(operators, as: Self.operatorsName, isUrgent: isUrgent, facts, subscribers, &draft)
        } else if draft.tellsNobodyNow(), mustBeHeard(event), let severity, scale.mustBeHeard(severity) {
            fellThrough = true
            beside += tell(unrouted, as: Self.unroutedName, isUrgent: true, facts, subscribers, &draft)
        }

        var holds = try Holds(self, facts, debt, surroundings, isExplaining: explaining)
        try draft.settle { try holds.settle(&$0, $1) }
        if !holds.lost.isEmpty { try tellOtherwise(&draft, &holds) }
        // All whom the routes named have left, or are lost: that is nobody.
        if !holds.lost.isEmpty, !isOperations, !fellThrough, mustBeHeard(event), let severity, scale.mustBeHeard(severity),
            draft.tellsNobodyNow(besides: Set(holds.lost.map(\.destination)))
        {
            fellThrough = true
            let count = draft.deliveries.count
            beside += tell(unrouted, as: Self.unroutedName, isUrgent: true, facts, subscribers, &draft)
            try draft.settle(from: count) { try holds.settle(&$0, $1) }
        }
        var plan = Plan(deliveries: draft.deliveries, fellThrough: fellThrough)
        if explaining {
            plan.verdicts = verdicts + beside
            plan.silences = try holds.silenceVerdicts()
            plan.notes = draft.notes + holds.notes + responsibilityNotes(facts.incident)
        }
        return plan
    }

    /// Whether a message may have to wait by the terms of a route or of whoever hears it.
    private func hasTerms(_ surroundings: any Surroundings) throws -> Bool { try hasTerms || !surroundings.snoozes.elements.isEmpty }

    /// Tells those alone whom an event that routes do not see is for.
    private func plan(
        only directed: [Directed], _ facts: MatchFacts, because reason: String, _ surroundings: any Surroundings, isExplaining: Bool
    ) throws -> Plan {
        var draft = PlanDraft(
            event: facts.event, now: facts.now, priority: facts.severity?.rank ?? max(0, scale.steps.count - 1),
            keepsTerms: try hasTerms(surroundings))
        let verdicts = tell(directed, facts, nil, &draft)
        var holds = try Holds(self, facts, nil, surroundings, isExplaining: isExplaining)
        try draft.settle { try holds.settle(&$0, $1) }
        if !holds.lost.isEmpty { try tellOtherwise(&draft, &holds) }
        return Plan(
            verdicts: isExplaining ? verdicts : [], deliveries: draft.deliveries, notRouted: reason,
            notes: isExplaining ? draft.notes + holds.notes : [])
    }

    /// Whether `router.unrouted` is told where nobody else is: a reminder, a status report, a broadcast have recipients of their own,
    /// and a warning that the breach has overtaken is news no more.
    private func mustBeHeard(_ event: Event) -> Bool {
        if case .missedWarning = event.raised { return false }
        return event.type != .reminder && event.type != .statusReport && event.type != .broadcast
    }

    /// Goes through all routes, without the index and what was found beforehand, and says of each what became of it.
    private func askEveryRoute(
        _ facts: MatchFacts, _ subscribers: Subscribers?, _ draft: inout PlanDraft
    ) -> [RouteVerdict] {
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
            let (reached, unreached) = resolve(route.to, facts, subscribers)
            draft.add(reached, of: route)
            verdicts.append(RouteVerdict(route: route.name, result: .matched, unreached: unreached))
            if route.stops, !reached.isEmpty { stopper = route.name }
        }
        return verdicts
    }

    /// The same deliveries, from the routes that can match alone.
    private func askCandidates(_ facts: MatchFacts, _ subscribers: Subscribers?, _ draft: inout PlanDraft) {
        let isOperations = facts.event.type == .operations
        for number in index.candidates(facts) {
            let route = routes[number]
            guard route.match.holds(facts), !isOperations || route.match.names(.operations), route.isInItsHours(at: facts.now)
            else { continue }
            var hasReached = false
            for reach in reach[number] {
                let entry: RecipientEntry
                switch reach {
                case .fixed(let fixed) where !fixed.namesPeople || facts.presence.absences.isEmpty:
                    for (resolved, key) in fixed.reached { draft.add(resolved, key, for: fixed.entry.text, of: route) }
                    if !fixed.reached.isEmpty { hasReached = true }
                    continue
                case .fixed(let fixed): entry = fixed.entry
                case .byIncident(let other): entry = other
                }
                let reached = resolve([entry], facts, subscribers).reached
                draft.add(reached, of: route)
                if !reached.isEmpty { hasReached = true }
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
        return failureOfHours(route, at: facts.now)
    }

    func failureOfHours(_ route: Route, at now: Date) -> RouteVerdict.Result? {
        if let calendar = route.during, !calendar.isOpen(at: now) {
            return .failed(condition: "during: \(calendar.name)", found: "\(calendar.name) is closed")
        }
        if let calendar = route.outside, calendar.isOpen(at: now) {
            return .failed(condition: "outside: \(calendar.name)", found: "\(calendar.name) is open")
        }
        return nil
    }
}
