// Who is told beside the routes' search: whom the clock's event is for, subscribers, those who hear of what nobody else
// heard. Pure.

import Foundation
import Incidents

extension RoutingTable {
    /// The subscriptions, where there are any.
    func subscribers(_ facts: MatchFacts, _ surroundings: any Surroundings, isExplaining: Bool = false) throws -> Subscribers? {
        let book = try surroundings.subscriptions
        if book.isEmpty { return nil }
        return Subscribers(book: book, scale: scale, facts: facts, timeZone: rules.timeZone, isExplaining: isExplaining)
    }

    func resolve(
        _ entries: [RecipientEntry], _ facts: MatchFacts, _ subscribers: Subscribers?
    ) -> (reached: [(entry: RecipientEntry, resolved: Resolved)], unreached: [Unreached]) {
        var reached: [(entry: RecipientEntry, resolved: Resolved)] = []
        var unreached: [Unreached] = []
        for entry in entries {
            let found = directory.resolve(
                entry, incident: facts.incident, severity: facts.severity, subscribers: subscribers, presence: facts.presence)
            reached += found.reached.map { (entry, $0) }
            unreached += found.unreached
        }
        return (reached, unreached)
    }

    /// Tells those who hear of an event whatever the routes say.
    func tell(
        _ entries: [RecipientEntry], as name: String, isUrgent: Bool, _ facts: MatchFacts, _ subscribers: Subscribers?,
        _ draft: inout PlanDraft
    ) -> [RouteVerdict] {
        let (reached, unreached) = resolve(entries, facts, subscribers)
        draft.add(reached, of: Route(name: name, match: Match(), to: entries, isUrgent: isUrgent))
        return unreached.isEmpty ? [] : [RouteVerdict(route: name, result: .matched, unreached: unreached)]
    }

    /// Tells those for whom the clock raised an event.
    func tell(_ directed: [Directed], _ facts: MatchFacts, _ subscribers: Subscribers?, _ draft: inout PlanDraft) -> [RouteVerdict] {
        var verdicts: [RouteVerdict] = []
        // Whoever is told again by a route is told on the route's terms.
        var again: Route?
        if case .again(let name) = facts.event.raised { again = routes.first { $0.name == name } }
        for one in directed {
            let route =
                again ?? Route(name: one.name, match: Match(), to: [], isUrgent: one.isUrgent, template: one.template, expire: one.expire)
            var unreached: [Unreached] = []
            switch one.whom {
            case .entry(let entry):
                var found = resolve([entry], facts, subscribers)
                if let subscription = one.subscription {
                    for place in found.reached.indices { found.reached[place].resolved.subscription = subscription }
                }
                draft.add(found.reached, of: route, origin: one.origin)
                unreached = found.unreached
            case .told(let told):
                if let resolved = one.origin == .stillOpen ? present(way(to: told), facts.presence) : way(to: told) {
                    draft.add(told, as: resolved, of: route, origin: one.origin)
                } else {
                    unreached = [told.unreached]
                }
            }
            if unreached.isEmpty { continue }
            if verdicts.last?.route == one.name {
                verdicts[verdicts.count - 1].unreached += unreached
            } else {
                verdicts.append(RouteVerdict(route: one.name, result: .matched, unreached: unreached))
            }
        }
        return verdicts
    }

    /// Tells everyone again whom a route told.
    func tellAgain(_ name: String, _ facts: MatchFacts, _ subscribers: Subscribers?, _ draft: inout PlanDraft) -> [RouteVerdict] {
        guard let route = routes.first(where: { $0.name == name }) else {
            return [
                RouteVerdict(route: name, result: .failed(condition: "route: \(quoted(name))", found: "there is no such route any more"))
            ]
        }
        if let failure = failureOfHours(route, at: facts.now) { return [RouteVerdict(route: name, result: failure)] }
        let (reached, unreached) = resolve(route.to, facts, subscribers)
        draft.add(reached, of: route)
        return [RouteVerdict(route: name, result: .matched, unreached: unreached)]
    }

    /// Tells those whose subscriptions match: each is like a route of their own.
    func tell(_ subscribers: Subscribers, _ draft: inout PlanDraft) -> [RouteVerdict] {
        var verdicts: [RouteVerdict] = []
        for subscription in subscribers.ofEvent(unconfirmed: subscribers.isExplaining) {
            var search = RecipientSearch(
                directory: directory, incident: nil, severity: nil, subscribers: subscribers)
            search.add(subscription, of: subscribers)
            let name = subscription.routeName
            let route = Route(name: name, match: Match(), to: [])
            for resolved in search.reached {
                draft.add(resolved, resolved.key, for: resolved.recipient, of: route, origin: .subscription)
            }
            guard subscribers.isExplaining else { continue }
            let unreached = search.reasons.map { Unreached(entry: subscription.who.text, reason: $0) }
            verdicts.append(RouteVerdict(route: name, result: .matched, unreached: unreached))
        }
        guard subscribers.isExplaining else { return [] }
        for (subscription, problem) in subscribers.problems() {
            verdicts.append(
                RouteVerdict(
                    route: subscription.routeName, result: .failed(condition: "match", found: "it cannot be understood: \(problem)")))
        }
        return verdicts
    }

    /// The same, or the way to whoever stands in for somebody who is away: for what is news to them, and not the end of what
    /// they have heard.
    private func present(_ way: Resolved?, _ presence: Presence) -> Resolved? {
        guard let way, let person = way.person, presence.isAway(person.id) else { return way }
        var search = RecipientSearch(directory: directory, incident: nil, severity: nil, presence: presence)
        search.add(present: person, via: way.channel.name)
        return search.reached.first ?? way
    }

    /// The present way to somebody who was told before: the same one, or their own where its channel is gone. Also where they
    /// are away: an end is owed to whoever heard the beginning.
    func way(to told: ToldAddress) -> Resolved? {
        let person = directory.people[told.recipient]
        if let channel = directory.channels[told.channel], channel.kind == told.kind {
            // A channel that is addressed as itself keeps its name and may change its address.
            let address = channel.takesAddresses ? told.address : channel.ownAddress ?? told.address
            return Resolved(channel: channel, address: address, recipient: told.recipient, person: person)
        }
        guard let person else { return nil }
        var search = RecipientSearch(directory: directory, incident: nil, severity: nil)
        search.add(person: person, via: nil)
        return search.reached.first
    }
}

extension ToldAddress {
    /// Why they cannot be told again.
    var unreached: Unreached { Unreached(entry: `for`, reason: "`\(quoted(channel))`, by which they were told, is gone") }
}
