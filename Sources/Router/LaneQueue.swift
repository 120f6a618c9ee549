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

    private var heaps: [Int: Heap<Key>] = [:]
    private var waiting: [Int64: QueuedDelivery] = [:]
    private var picks = 0

    var count: Int { waiting.count }
    var isEmpty: Bool { waiting.isEmpty }
    var deliveries: some Collection<QueuedDelivery> { waiting.values }

    func contains(_ id: Int64) -> Bool { waiting[id] != nil }

    /// The urgency of what goes next, mostly; nil where nothing waits.
    var mostUrgent: Int? { heaps.keys.min() }

    mutating func insert(_ delivery: QueuedDelivery) {
        waiting[delivery.id] = delivery
        heaps[delivery.priority, default: Heap()].insert(Key(due: delivery.due, id: delivery.id))
    }

    @discardableResult
    mutating func remove(_ id: Int64) -> QueuedDelivery? {
        let delivery = waiting.removeValue(forKey: id)
        if let delivery { trim(delivery.priority) }
        return delivery
    }

    /// Something more urgent waits behind it.
    mutating func raise(_ id: Int64, priority: Int, isUrgent: Bool) {
        guard var delivery = waiting[id] else { return }
        let before = delivery.priority
        delivery.priority = min(before, priority)
        delivery.isUrgent = delivery.isUrgent || isUrgent
        insert(delivery)
        if before != delivery.priority { trim(before) }
    }

    /// Its next way has been taken, or there is none.
    mutating func fellBack(_ id: Int64) { waiting[id]?.fellBack = true }

    /// The next one: the most urgent, then the longest due, then the oldest.
    mutating func pop() -> QueuedDelivery? {
        picks &+= 1
        let isTurnOfTheLow = picks.isMultiple(of: Self.turnOfTheLow)
        guard let priority = isTurnOfTheLow ? heaps.keys.max() : heaps.keys.min() else { return nil }
        guard let key = heaps[priority]?.popMin() else { return nil }
        defer { trim(priority) }
        return waiting.removeValue(forKey: key.id)
    }

    /// The least urgent, of those the one that is due last.
    mutating func popLast() -> QueuedDelivery? {
        guard let priority = heaps.keys.max() else { return nil }
        while let key = heaps[priority]?.popMax() {
            guard isCurrent(key, priority) else { continue }
            defer { trim(priority) }
            return waiting.removeValue(forKey: key.id)
        }
        return nil
    }

    /// So that the first key of a heap, if there is a heap, is never stale.
    private mutating func trim(_ priority: Int) {
        while let first = heaps[priority]?.min, !isCurrent(first, priority) { _ = heaps[priority]?.popMin() }
        if heaps[priority]?.isEmpty ?? false { heaps[priority] = nil }
    }

    private func isCurrent(_ key: Key, _ priority: Int) -> Bool {
        waiting[key.id].map { $0.priority == priority && $0.due == key.due } ?? false
    }
}
