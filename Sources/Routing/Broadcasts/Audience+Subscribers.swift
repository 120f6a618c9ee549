// Who of the subscribers a broadcast means. With an incident: those whose wish fits it. With `match`: of those, the ones
// whose wish overlaps it (`MatchOverlap`). With neither: all of them.

import Foundation
import Incidents
import JSON

/// Tells which subscriptions a broadcast means, and whom they reach.
struct MeantSubscribers {
    private let table: RoutingTable
    private let facts: MatchFacts
    /// Nil: the broadcast has no `match`.
    private let wanted: Match?
    private let isUnderstood: Bool

    init(_ broadcast: Broadcast, _ table: RoutingTable, _ facts: MatchFacts) {
        self.table = table
        self.facts = facts
        wanted = broadcast.match.isEmpty ? nil : try? Match.match(from: broadcast.match, scale: table.scale)
        isUnderstood = broadcast.match.isEmpty || wanted != nil
    }

    /// Those whom some of all subscriptions reach, in their order.
    func reached(among page: [Subscription]) -> [(entry: String, resolved: Resolved, subscription: String?)] {
        if page.isEmpty || !isUnderstood { return [] }
        return reached(among: SubscriptionBook(page)) { _ in true }
    }

    /// The same among all, until `goesOn` says no.
    @discardableResult
    func reached(
        among book: SubscriptionBook, while goesOn: (Resolved) -> Bool
    ) -> [(entry: String, resolved: Resolved, subscription: String?)] {
        if !isUnderstood { return [] }
        let subscribers = Subscribers(
            book: book, scale: table.scale, facts: facts, timeZone: table.rules.timeZone, isExplaining: false)
        var overlaps: [[String: JSONValue]: Bool] = [:]
        var found: [(entry: String, resolved: Resolved, subscription: String?)] = []
        for subscription in facts.incident == nil ? book.elements : subscribers.ofIncident() {
            guard subscription.isActive(at: facts.now), subscription.isConfirmed else { continue }
            if let wanted {
                let overlap = overlaps[subscription.match] ?? overlapping(subscription, wanted)
                overlaps[subscription.match] = overlap
                if !overlap { continue }
            }
            var search = RecipientSearch(directory: table.directory, incident: nil, severity: nil, subscribers: subscribers)
            search.add(subscription, of: subscribers)
            for resolved in search.reached {
                found.append(("subscribers", resolved, subscription.id))
                if !goesOn(resolved) { return found }
            }
        }
        return found
    }

    private func overlapping(_ subscription: Subscription, _ wanted: Match) -> Bool {
        guard let match = try? Match.match(from: subscription.match, scale: table.scale) else { return false }
        return MatchOverlap(table.scale).overlap(match.onIncident, wanted.onIncident)
    }
}
