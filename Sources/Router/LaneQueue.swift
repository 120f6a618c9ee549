// What waits in one lane's memory, by urgency. A value.
//
// Invariant: `waiting` says what is there; a key in a heap whose delivery is gone, or has another urgency by now, is
// stale, and is skipped when it comes up.

import Collections
import Foundation
import Ledger

/// Deliveries at the heads of their conversations.
struct LaneQueue: Sendable {
    /// One pick in so many takes the longest due of the least urgent: low ones get on, however much urgent there is.
    static let turnOfTheLow = 8

    private struct Key: Sendable, Comparable {
        var due: Date
        var id: Int64

        static func < (a: Key, b: Key) -> Bool { (a.due, a.id) < (b.due, b.id) }
    }

    /// An urgency: of the same severity, a broadcast comes after what is about an incident.
    private struct Rank: Sendable, Hashable, Comparable {
        var priority: Int
        var isBroadcast: Bool

        init(_ delivery: QueuedDelivery) {
            priority = delivery.priority
            isBroadcast = delivery.isBroadcast
        }

        func hash(into hasher: inout Hasher) { hasher.combine(priority) }

        static func < (a: Rank, b: Rank) -> Bool {
            a.priority == b.priority ? !a.isBroadcast && b.isBroadcast : a.priority < b.priority
        }
    }

    private var heaps: [Rank: Heap<Key>] = [:]
    private var waiting: [Int64: QueuedDelivery] = [:]
    private var picks = 0

    var count: Int { waiting.count }
    var isEmpty: Bool { waiting.isEmpty }
    var deliveries: some Collection<QueuedDelivery> { waiting.values }

    func contains(_ id: Int64) -> Bool { waiting[id] != nil }

    /// The urgency of what goes next, mostly; nil where nothing waits.
    var mostUrgent: Int? { heaps.keys.min()?.priority }

    mutating func insert(_ delivery: QueuedDelivery) {
        waiting[delivery.id] = delivery
        heaps[Rank(delivery), default: Heap()].insert(Key(due: delivery.due, id: delivery.id))
    }

    @discardableResult
    mutating func remove(_ id: Int64) -> QueuedDelivery? {
        let delivery = waiting.removeValue(forKey: id)
        if let delivery { trim(Rank(delivery)) }
        return delivery
    }

    /// Something more urgent waits behind it.
    mutating func raise(_ id: Int64, priority: Int, isUrgent: Bool) {
        guard var delivery = waiting[id] else { return }
        let before = Rank(delivery)
        delivery.priority = min(delivery.priority, priority)
        delivery.isUrgent = delivery.isUrgent || isUrgent
        insert(delivery)
        if before.priority != delivery.priority { trim(before) }
    }

    /// Its next way has been taken, or there is none.
    mutating func fellBack(_ id: Int64) { waiting[id]?.fellBack = true }

    /// The next one: the most urgent, then the longest due, then the oldest.
    ///
    /// - Parameter broadcasts: whether one of a broadcast may be taken.
    mutating func pop(broadcasts: Bool = true) -> QueuedDelivery? {
        picks &+= 1
        let ranks = heaps.keys.lazy.filter { broadcasts || !$0.isBroadcast }
        guard let rank = picks.isMultiple(of: Self.turnOfTheLow) ? ranks.max() : ranks.min() else { return nil }
        guard let key = heaps[rank]?.popMin() else { return nil }
        defer { trim(rank) }
        return waiting.removeValue(forKey: key.id)
    }

    /// The least urgent, of those the one that is due last.
    mutating func popLast() -> QueuedDelivery? {
        guard let rank = heaps.keys.max() else { return nil }
        while let key = heaps[rank]?.popMax() {
            guard isCurrent(key, rank) else { continue }
            defer { trim(rank) }
            return waiting.removeValue(forKey: key.id)
        }
        return nil
    }

    /// So that the first key of a heap, if there is a heap, is never stale.
    private mutating func trim(_ rank: Rank) {
        while let first = heaps[rank]?.min, !isCurrent(first, rank) { _ = heaps[rank]?.popMin() }
        if heaps[rank]?.isEmpty ?? false { heaps[rank] = nil }
    }

    private func isCurrent(_ key: Key, _ rank: Rank) -> Bool {
        guard let place = waiting.index(forKey: key.id) else { return false }
        // Looked at where they lie: a copy costs more than the question.
        let values = waiting.values
        return values[place].priority == rank.priority && values[place].isBroadcast == rank.isBroadcast && values[place].due == key.due
    }
}

extension QueuedDelivery {
    /// One of many with the same message: they have a share of a lane, never all of it.
    var isBroadcast: Bool { origin == .broadcast }
}
