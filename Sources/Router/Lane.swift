// One destination's queue: what shares limits and outages waits here and nowhere else. A value: time comes in, a
// decision goes out, and nothing is read or sent.

import Collections
import Foundation
import Ledger

/// The waiting deliveries of one destination that are in memory, and how many are on their way.
struct Lane: Sendable {
    /// A delivery at the head of its conversation.
    struct Head: Sendable, Comparable {
        var delivery: QueuedDelivery

        private var order: (Int, Date, Int64) { (delivery.priority, delivery.due, delivery.id) }

        static func < (a: Head, b: Head) -> Bool { a.order < b.order }
        static func == (a: Head, b: Head) -> Bool { a.delivery.id == b.delivery.id }
    }

    /// What a lane can do now.
    enum Step: Sendable {
        case send(QueuedDelivery)
        case wait(until: Date)
        case idle
    }

    /// The most that are kept in memory; the rest waits in the ledger.
    static let capacity = 256
    /// Below this a refill is due.
    static let lowWater = 64
    /// What one refill fetches.
    static let refill = 192
    /// The longest pause that a peer can ask for, in seconds; a longer one means that the clock was set back.
    static let longestPause: TimeInterval = 3_600

    let name: String
    /// How many may be on their way at a time.
    var concurrency = 4
    private var heads = Heap<Head>()
    private(set) var inFlight = 0
    /// The peer asked for a pause.
    private(set) var pausedUntil: Date?
    /// The ledger holds, or may hold, more that is ready.
    private var mayHaveMore = true
    /// Something may have become ready that goes before all that is in memory.
    private var mustLook = true
    /// A refill is being fetched.
    private var isRefilling = false
    /// What has been finished since that refill was asked for: it may still show them as waiting.
    private var finishedMeanwhile: Set<Int64> = []

    init(name: String) { self.name = name }

    /// Nothing is left to do or to remember.
    func isQuiet(now: Date) -> Bool { heads.isEmpty && inFlight == 0 && !mayHaveMore && !isRefilling && !isPaused(now) }

    /// Nothing of it can be sent any more without time passing.
    func isSettled(now: Date) -> Bool { inFlight == 0 && !isRefilling && (isPaused(now) || (heads.isEmpty && !mayHaveMore)) }

    private func isPaused(_ now: Date) -> Bool {
        pausedUntil.map { $0 > now && $0 <= now.addingTimeInterval(Self.longestPause + 1) } ?? false
    }

    /// Takes a delivery in. What is over the capacity, the least urgent first, goes back to wait in the ledger.
    ///
    /// - Returns: the delivery that is not kept in memory.
    mutating func offer(_ delivery: QueuedDelivery) -> QueuedDelivery? {
        heads.insert(Head(delivery: delivery))
        guard heads.count > Self.capacity, let last = heads.popMax() else { return nil }
        mayHaveMore = true
        return last.delivery
    }

    mutating func next(now: Date) -> Step {
        guard !heads.isEmpty else { return .idle }
        if isPaused(now), let pausedUntil { return .wait(until: pausedUntil) }
        pausedUntil = nil
        guard inFlight < concurrency, let first = heads.popMin() else { return .idle }
        inFlight += 1
        return .send(first.delivery)
    }

    /// A delivery came back from the peer; its place is free.
    mutating func returned(retryAfter: TimeInterval?, now: Date) {
        inFlight -= 1
        if let retryAfter { pausedUntil = max(pausedUntil ?? now, now.addingTimeInterval(min(retryAfter, Self.longestPause))) }
    }

    /// A delivery's outcome is recorded.
    mutating func finished(_ id: Int64) {
        if isRefilling { finishedMeanwhile.insert(id) }
    }

    /// The ledger holds something for this lane that is not in memory, perhaps something urgent.
    mutating func lookAgain() {
        mayHaveMore = true
        mustLook = true
    }

    /// Whether the ledger should be asked for more; if so, the lane counts as being refilled.
    mutating func beginRefill() -> Bool {
        guard mayHaveMore, !isRefilling, mustLook || heads.count < Self.lowWater else { return false }
        isRefilling = true
        mayHaveMore = false
        mustLook = false
        finishedMeanwhile = []
        return true
    }

    /// Ends a refill.
    ///
    /// - Returns: what of it is news.
    mutating func endRefill(_ fetched: [QueuedDelivery]) -> [QueuedDelivery] {
        isRefilling = false
        if fetched.count >= Self.refill { mayHaveMore = true }
        defer { finishedMeanwhile = [] }
        return fetched.filter { !finishedMeanwhile.contains($0.id) }
    }
}
