// Subscriptions that stand as they are, with what they are found by. Never changed: what follows is another segment.

import Foundation
import Incidents
import JSON
import Synchronization

/// One subscription at its place, or that it is gone.
final class SubscriptionEntry: Sendable {
    let id: String
    /// Ascending with age: the oldest comes first.
    let place: Int
    /// Nil: it is gone.
    let subscription: Subscription?
    let wish: CompiledWish

    init(id: String, place: Int, subscription: Subscription?, wish: CompiledWish) {
        self.id = id
        self.place = place
        self.subscription = subscription
        self.wish = wish
    }
}

/// What somebody wants to hear, understood once for as long as the severities stay. Those who want the same share it.
final class CompiledWish: Sendable {
    struct Compiled: Sendable {
        var scale: SeverityScale
        /// Nil: it cannot be understood.
        var match: Match?
        /// Without what it asks of the event.
        var onIncident: Match?
        var problem: String?
    }

    let members: [String: JSONValue]
    private let known = Mutex<Compiled?>(nil)

    init(_ members: [String: JSONValue]) { self.members = members }

    func compiled(_ scale: SeverityScale) -> Compiled {
        known.withLock { known in
            if let known, known.scale == scale { return known }
            var compiled = Compiled(scale: scale)
            do throws(MatchError) {
                let match = try Match.match(from: members, scale: scale)
                compiled.match = match
                compiled.onIncident = match.onIncident
            } catch {
                compiled.problem = error.message
            }
            known = compiled
            return compiled
        }
    }
}

/// Some subscriptions. Numbers are places in `entries`.
final class SubscriptionSegment: Sendable {
    /// Ascending by place; each id once.
    let entries: [SubscriptionEntry]
    private let byID: [String: Int32]
    private let byWho: [Subscription.Who: [Int32]]
    private let followers: [String: [Int32]]
    private let byMark: [Int64: [Int32]]
    /// Each wish once, with those that have it.
    private let wishes: [(wish: CompiledWish, entries: [Int32])]
    private let index = Mutex<Index?>(nil)

    private struct Index: Sendable {
        var scale: SeverityScale
        /// Those that stand under a word as it is written; understood only when an event has the word.
        var byWord: MatchIndex
        var wordPlaces: [Int32]
        /// The others.
        var onEvent: MatchIndex
        var onIncident: MatchIndex
        /// Of each match in the two, its place in `wishes`.
        var places: [Int32]
    }

    /// All of one reading: each match is kept once.
    convenience init(_ subscriptions: [Subscription]) {
        var wishes: [[String: JSONValue]: CompiledWish] = [:]
        self.init(
            subscriptions.enumerated().map { place, subscription in
                let wish = wishes[subscription.match] ?? CompiledWish(subscription.match)
                wishes[subscription.match] = wish
                var subscription = subscription
                subscription.match = wish.members
                return SubscriptionEntry(id: subscription.id, place: place, subscription: subscription, wish: wish)
            }, areDistinct: true)
    }

    /// - Parameter keepsGone: whether it says of what is gone that it is.
    convenience init(_ older: SubscriptionSegment, _ newer: SubscriptionSegment, keepsGone: Bool) {
        var entries = older.entries.filter { newer[$0.id] == nil }
        let isAscending = (entries.last?.place ?? -1) < (newer.entries.first?.place ?? 0)
        entries += newer.entries
        if !keepsGone { entries.removeAll { $0.subscription == nil } }
        if !isAscending { entries.sort { $0.place < $1.place } }
        self.init(entries)
    }

    /// - Parameter areDistinct: no two of their wishes are equal, but for the same one.
    init(_ entries: [SubscriptionEntry], areDistinct: Bool = false) {
        self.entries = entries
        var byID = [String: Int32](minimumCapacity: entries.count)
        var byWho: [Subscription.Who: [Int32]] = [:]
        var followers: [String: [Int32]] = [:]
        var byMark: [Int64: [Int32]] = [:]
        var wishes: [(wish: CompiledWish, entries: [Int32])] = []
        var known: [ObjectIdentifier: Int] = [:]
        var equal: [[String: JSONValue]: Int] = [:]
        for (number, entry) in zip(Int32(0)..., entries) {
            byID[entry.id] = number
            guard let subscription = entry.subscription else { continue }
            byWho[subscription.who.compared, default: []].append(number)
            if let incident = subscription.follows { followers[incident, default: []].append(number) }
            if let mark = subscription.mark { byMark[mark, default: []].append(number) }
            let object = ObjectIdentifier(entry.wish)
            let place: Int
            if let found = known[object] {
                place = found
            } else if !areDistinct, let found = equal[entry.wish.members] {
                place = found
                known[object] = found
            } else {
                place = wishes.count
                wishes.append((entry.wish, []))
                known[object] = place
                if !areDistinct { equal[entry.wish.members] = place }
            }
            wishes[place].entries.append(number)
        }
        self.byID = byID
        self.byWho = byWho
        self.followers = followers
        self.byMark = byMark
        self.wishes = wishes
    }

    subscript(id: String) -> SubscriptionEntry? { byID[id].map { entries[Int($0)] } }

    func of(_ who: Subscription.Who) -> [SubscriptionEntry] { at(byWho[who]) }

    func following(_ incident: String) -> [SubscriptionEntry] { at(followers[incident]) }

    func marked(_ mark: Int64) -> [SubscriptionEntry] { at(byMark[mark]) }

    func prepare(_ scale: SeverityScale) { _ = indexed(scale) }

    /// Those whose match holds, in no order.
    func holding(_ facts: MatchFacts, _ scale: SeverityScale, onIncident: Bool) -> [SubscriptionEntry] {
        let index = indexed(scale)
        var found: [SubscriptionEntry] = []
        let places =
            index.byWord.candidates(facts).map { index.wordPlaces[$0] }
            + (onIncident ? index.onIncident : index.onEvent).candidates(facts).map { index.places[$0] }
        for place in places {
            let (wish, entries) = wishes[Int(place)]
            let compiled = wish.compiled(scale)
            if (onIncident ? compiled.onIncident : compiled.match)?.holds(facts) ?? false { found += at(entries) }
        }
        return found
    }

    func misunderstood(_ scale: SeverityScale) -> [SubscriptionEntry] {
        wishes.filter { $0.wish.compiled(scale).problem != nil }.flatMap { at($0.entries) }
    }

    private func at(_ numbers: [Int32]?) -> [SubscriptionEntry] { (numbers ?? []).map { entries[Int($0)] } }

    private func indexed(_ scale: SeverityScale) -> Index {
        index.withLock { known in
            if let known, known.scale == scale { return known }
            var (matches, reduced): ([Match], [Match]) = ([], [])
            var (places, wordPlaces): ([Int32], [Int32]) = ([], [])
            var words: [[Set<IndexKey>]] = []
            for (place, wish) in wishes.enumerated() {
                let plain = IndexKey.plain(of: wish.wish.members)
                if !plain.isEmpty {
                    words.append(plain)
                    wordPlaces.append(Int32(place))
                    continue
                }
                let compiled = wish.wish.compiled(scale)
                guard let match = compiled.match, let onIncident = compiled.onIncident else { continue }
                matches.append(match)
                reduced.append(onIncident)
                places.append(Int32(place))
            }
            let isSame = zip(matches, reduced).allSatisfy { $0.conditions.count == $1.conditions.count }
            let onEvent = MatchIndex(matches)
            let made = Index(
                scale: scale, byWord: MatchIndex(keys: words), wordPlaces: wordPlaces, onEvent: onEvent,
                onIncident: isSame ? onEvent : MatchIndex(reduced), places: places)
            known = made
            return made
        }
    }
}
