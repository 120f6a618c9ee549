// All subscriptions. There may be 100,000, and they change one at a time while events go through: a change costs about its
// own size, an event what matches it, and neither looks at the others.
//
// It is a value. What has changed last stands in a small table; when that is full it becomes a segment, and segments of
// about one size become one, as in a log-structured merge tree: there are few of them, and each subscription moves a few
// times in all. Segments never change, so that copies share them, and what is taken back leaves no trace.

import Foundation
import Incidents
import JSON

/// Subscriptions, found by id, by whose they are, by the incident they follow, and by what an event matches.
public struct SubscriptionBook: Sendable {
    /// The oldest and largest first.
    private var segments: [SubscriptionSegment] = []
    /// What has changed last, by id.
    private var recent: [String: SubscriptionEntry] = [:]
    private var nextPlace = 0
    /// How many there are.
    public private(set) var count = 0

    /// Changes that are looked through one by one.
    private static let few = 64
    /// A segment takes in its older neighbour that is less than so many times larger.
    private static let growth = 4

    /// - Parameter subscriptions: the oldest first; of one id, the last counts.
    public init(_ subscriptions: [Subscription] = []) {
        guard subscriptions.count > Self.few else {
            for subscription in subscriptions { set(subscription) }
            return
        }
        var places: [String: Int] = [:]
        var kept: [Subscription] = []
        for subscription in subscriptions {
            if let place = places[subscription.id] {
                kept[place] = subscription
            } else {
                places[subscription.id] = kept.count
                kept.append(subscription)
            }
        }
        segments = [SubscriptionSegment(kept)]
        count = kept.count
        nextPlace = kept.count
    }

    /// Takes them in one by one as they are read, so that they are not all in memory twice.
    ///
    /// - Parameter read: hands over each, the oldest first; no two of one id.
    public init(reading read: ((Subscription) -> Void) throws -> Void) rethrows {
        var entries: [SubscriptionEntry] = []
        var wishes: [[String: JSONValue]: CompiledWish] = [:]
        try read { subscription in
            let wish = wishes[subscription.match] ?? CompiledWish(subscription.match)
            wishes[subscription.match] = wish
            var subscription = subscription
            subscription.match = wish.members
            entries.append(SubscriptionEntry(id: subscription.id, place: entries.count, subscription: subscription, wish: wish))
        }
        if !entries.isEmpty { segments = [SubscriptionSegment(entries, areDistinct: true)] }
        count = entries.count
        nextPlace = entries.count
    }

    public var isEmpty: Bool { count == 0 }

    /// All, the oldest first. Looks at each of them.
    public var elements: [Subscription] {
        living(segments.enumerated().flatMap { level, segment in segment.entries.filter { isCurrent($0, in: level) } } + recent.values)
    }

    public subscript(id: String) -> Subscription? { entry(id)?.subscription }

    /// Those of a person or an address, the oldest first.
    public func of(_ who: Subscription.Who) -> [Subscription] {
        let who = who.compared
        let settled = segments.enumerated().flatMap { level, segment in segment.of(who).filter { isCurrent($0, in: level) } }
        return living(settled + recent.values.filter { $0.subscription?.who.compared == who })
    }

    /// Those that end with an incident, the oldest first.
    public func following(_ incident: String) -> [Subscription] {
        let settled = segments.enumerated().flatMap { level, segment in
            segment.following(incident).filter { isCurrent($0, in: level) }
        }
        return living(settled + recent.values.filter { $0.subscription?.follows == incident })
    }

    /// Those whose code has a mark, the oldest first.
    public func marked(_ mark: Int64) -> [Subscription] {
        let settled = segments.enumerated().flatMap { level, segment in segment.marked(mark).filter { isCurrent($0, in: level) } }
        return living(settled + recent.values.filter { $0.subscription?.mark == mark })
    }

    /// Adds one, or puts it in the place of the one with the same id.
    public mutating func set(_ subscription: Subscription) {
        let known = entry(subscription.id)
        let isThere = known?.subscription != nil
        if !isThere { count += 1 }
        // What is left as it was need not be understood again.
        let wish = known.flatMap { $0.wish.members == subscription.match ? $0.wish : nil } ?? CompiledWish(subscription.match)
        put(
            SubscriptionEntry(
                id: subscription.id, place: isThere ? known?.place ?? nextPlace : nextPlace, subscription: subscription, wish: wish))
    }

    public mutating func remove(_ id: String) {
        guard let known = entry(id), known.subscription != nil else { return }
        count -= 1
        put(SubscriptionEntry(id: id, place: known.place, subscription: nil, wish: known.wish))
    }

    private mutating func put(_ entry: SubscriptionEntry) {
        recent[entry.id] = entry
        nextPlace = max(nextPlace, entry.place + 1)
        guard recent.count >= Self.few else { return }
        var newest = SubscriptionSegment(recent.values.sorted { $0.place < $1.place })
        recent = [:]
        while let last = segments.last, last.entries.count < Self.growth * newest.entries.count {
            segments.removeLast()
            // What is gone need be known only where something older may say otherwise.
            newest = SubscriptionSegment(last, newest, keepsGone: !segments.isEmpty)
        }
        segments.append(newest)
    }

    private func entry(_ id: String) -> SubscriptionEntry? {
        if let entry = recent[id] { return entry }
        for segment in segments.reversed() { if let entry = segment[id] { return entry } }
        return nil
    }

    /// Whether nothing newer says otherwise.
    private func isCurrent(_ entry: SubscriptionEntry, in level: Int) -> Bool {
        if recent[entry.id] != nil { return false }
        return !segments[(level + 1)...].contains { $0[entry.id] != nil }
    }

    private func living(_ entries: [SubscriptionEntry]) -> [Subscription] {
        entries.sorted { $0.place < $1.place }.compactMap(\.subscription)
    }
}

extension SubscriptionBook {
    /// Makes ready what the first event would have to. Its copies share it.
    public func prepare(_ scale: SeverityScale) {
        for segment in segments { segment.prepare(scale) }
    }

    /// Those whose match holds for the event, the oldest first.
    func matching(_ facts: MatchFacts, scale: SeverityScale) -> [Subscription] { holding(facts, scale, onIncident: false) }

    /// Those whose match fits the incident, whatever has happened to it: what they say of the event itself does not count.
    func fitting(_ facts: MatchFacts, scale: SeverityScale) -> [Subscription] { holding(facts, scale, onIncident: true) }

    private func holding(_ facts: MatchFacts, _ scale: SeverityScale, onIncident: Bool) -> [Subscription] {
        var found: [SubscriptionEntry] = []
        for (level, segment) in segments.enumerated() {
            found += segment.holding(facts, scale, onIncident: onIncident).filter { isCurrent($0, in: level) }
        }
        for entry in recent.values where entry.subscription != nil {
            let compiled = entry.wish.compiled(scale)
            if (onIncident ? compiled.onIncident : compiled.match)?.holds(facts) ?? false { found.append(entry) }
        }
        return living(found)
    }

    /// Those that cannot be understood, and why, the oldest first. Looks at each of them.
    func problems(scale: SeverityScale) -> [(subscription: Subscription, problem: String)] {
        let settled = segments.enumerated().flatMap { level, segment in
            segment.misunderstood(scale).filter { isCurrent($0, in: level) }
        }
        return (settled + recent.values.filter { $0.wish.compiled(scale).problem != nil }).sorted { $0.place < $1.place }
            .compactMap { entry in
                guard let subscription = entry.subscription, let problem = entry.wish.compiled(scale).problem else { return nil }
                return (subscription, problem)
            }
    }
}
