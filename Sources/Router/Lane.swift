// One destination's queue: what shares limits and outages waits here and nowhere else. A value: time comes in, a
// decision goes out, and nothing is read or sent.
//
// Invariant: a delivery is in `claimed` from the moment it is in memory until its outcome is durable, so it is never on
// its way twice.

import Delivery
import Foundation
import Ledger
import Settings

/// The waiting deliveries of one destination that are in memory, what is on its way, and what holds the lane up.
struct Lane: Sendable {
    /// What a lane can do now.
    enum Step: Sendable {
        case send(QueuedDelivery)
        case wait(until: Date)
        case idle
    }

    /// Why nothing may leave for now.
    enum Obstacle: Equatable {
        /// The peer asked for a pause.
        case pause(until: Date)
        case breaker(until: Date)
        case rate(until: Date)
    }

    /// The most that are kept in memory; the rest waits in the ledger.
    static let capacity = 256
    /// The same while memory is plenty.
    static let ample = 1_024
    /// Below this a refill is due.
    static let lowWater = 64
    /// What one refill fetches, the most urgent first.
    static let refill = 192
    /// What it fetches besides of the least urgent, so that they get their turn.
    static let lowest = 24
    /// The longest pause that a peer can ask for, in seconds; a longer one means that the clock was set back.
    static let longestPause: TimeInterval = 3_600

    let name: String
    /// How many may be on their way at a time.
    var concurrency = 4
    var breaker = Breaker()
    var meter = RateMeter([])
    /// The channels whose deliveries came through here, with the limits of each: all of them hold.
    private(set) var limits: [String: ChannelLimits] = [:]
    var channels: [String] { limits.keys.sorted() }
    /// When it will be looked at again, because it must wait until then.
    var alarm: Date?
    /// What the last attempt that did not get through said.
    var lastTrouble: String?
    private(set) var queue = LaneQueue()
    private(set) var claimed: Set<Int64> = []
    private(set) var inFlight = 0
    /// Of those, how many are of broadcasts.
    private(set) var broadcastsInFlight = 0
    /// The peer asked for a pause.
    private(set) var pausedUntil: Date?
    /// The ledger holds, or may hold, more that is ready.
    private var mayHaveMore = true
    /// Something may have become ready that goes before all that is in memory.
    private var mustLook = true
    /// A refill is being fetched.
    private(set) var isRefilling = false
    /// What has been finished since that refill was asked for: it may still show them as waiting.
    private var finishedMeanwhile: Set<Int64> = []

    init(name: String) { self.name = name }

    // MARK: What it can do

    /// Nothing is left to do or to remember. Failures in a row are remembered though everything waits for its next attempt: few
    /// deliveries in large intervals are an outage as well.
    func isQuiet(now: Date) -> Bool {
        claimed.isEmpty && inFlight == 0 && !mayHaveMore && !isRefilling && !isPaused(now) && breaker == Breaker() && meter.isIdle(now: now)
    }

    /// Nothing of it can be sent any more unless something else changes than our own rate.
    func isSettled(now: Date) -> Bool {
        if inFlight > 0 || isRefilling { return false }
        return switch obstacle(now: now) {
        case .pause, .breaker: true
        case .rate, nil: queue.isEmpty && !mayHaveMore
        }
    }

    private func isPaused(_ now: Date) -> Bool {
        pausedUntil.map { $0 > now && $0 <= now.addingTimeInterval(Self.longestPause + 1) } ?? false
    }

    func obstacle(now: Date) -> Obstacle? {
        if isPaused(now), let pausedUntil { return .pause(until: pausedUntil) }
        if let until = breaker.wait(now: now) { return .breaker(until: until) }
        return meter.wait(now: now).map { .rate(until: $0) }
    }

    mutating func next(now: Date) -> Step {
        guard !queue.isEmpty, inFlight < concurrency else { return .idle }
        switch obstacle(now: now) {
        case .pause(let until), .breaker(let until), .rate(let until): return until == .distantFuture ? .idle : .wait(until: until)
        case nil: break
        }
        pausedUntil = nil
        // Where there are several places, one is kept free of broadcasts: what is urgent never waits behind them.
        guard let delivery = queue.pop(broadcasts: concurrency < 2 || broadcastsInFlight < concurrency - 1) else { return .idle }
        inFlight += 1
        if delivery.isBroadcast { broadcastsInFlight += 1 }
        return .send(delivery)
    }

    /// What was picked is really sent: it counts.
    mutating func started(now: Date) {
        meter.take(now: now)
        breaker.started()
    }

    // MARK: What happens to it

    /// Takes over what bounds it for one of its channels.
    mutating func adopt(_ limits: ChannelLimits, of channel: String) {
        if self.limits[channel] == limits { return }
        self.limits[channel] = limits
        concurrency = self.limits.values.map(\.concurrency).min() ?? concurrency
        var rates: [Rate] = []
        for channel in channels { rates += (self.limits[channel]?.rates ?? []).filter { !rates.contains($0) } }
        meter.adopt(rates)
    }

    /// Takes a delivery in, unless it is here already. What is over the capacity, the least urgent first, goes back to
    /// wait in the ledger.
    mutating func offer(_ delivery: QueuedDelivery, capacity: Int = Self.capacity) {
        guard claimed.insert(delivery.id).inserted else { return }
        queue.insert(delivery)
        guard queue.count > capacity, let last = queue.popLast() else { return }
        claimed.remove(last.id)
        mayHaveMore = true
    }

    /// A delivery came back from the peer, or was not sent after all; its place is free.
    ///
    /// - Parameter isHealthy: what it says of the destination; nil: nothing.
    mutating func returned(
        retryAfter: TimeInterval?, isHealthy: Bool?, isBroadcast: Bool = false, now: Date, random: Double
    ) -> Breaker.Change? {
        inFlight -= 1
        if isBroadcast { broadcastsInFlight -= 1 }
        if let retryAfter { pausedUntil = max(pausedUntil ?? now, now.addingTimeInterval(min(retryAfter, Self.longestPause))) }
        guard let isHealthy else {
            if inFlight == 0 { breaker.abandoned(now: now) }
            return nil
        }
        return breaker.ended(isHealthy: isHealthy, now: now, random: random)
    }

    /// Picks one without sending it: it ends here.
    mutating func take(_ id: Int64) -> QueuedDelivery? { queue.remove(id) }

    /// A delivery's outcome is recorded, or somebody else finished it.
    mutating func finished(_ id: Int64) {
        queue.remove(id)
        claimed.remove(id)
        if isRefilling { finishedMeanwhile.insert(id) }
    }

    /// A delivery that was picked goes back to the ledger, to be looked at anew.
    mutating func putBack(_ delivery: QueuedDelivery) {
        inFlight -= 1
        if delivery.isBroadcast { broadcastsInFlight -= 1 }
        claimed.remove(delivery.id)
        lookAgain()
    }

    mutating func raise(_ head: RaisedHead) {
        if queue.contains(head.id) {
            queue.raise(head.id, priority: head.priority, isUrgent: head.isUrgent)
        } else if !claimed.contains(head.id) {
            lookAgain()
        }
    }

    mutating func fellBack(_ id: Int64) { queue.fellBack(id) }

    /// Lets go of what waits for these channels.
    mutating func release(where isPaused: (String) -> Bool) {
        for delivery in Array(queue.deliveries) where isPaused(delivery.channel) {
            queue.remove(delivery.id)
            claimed.remove(delivery.id)
            mayHaveMore = true
        }
    }

    // MARK: Refills

    /// The ledger holds something for this lane that is not in memory, perhaps something urgent.
    mutating func lookAgain() {
        mayHaveMore = true
        mustLook = true
    }

    /// Whether the ledger should be asked for more; if so, the lane counts as being refilled. A lane that is held up has
    /// enough with what it has: it is asked once the lane can go on.
    mutating func beginRefill(now: Date) -> Bool {
        if !queue.isEmpty, obstacle(now: now) != nil { return false }
        guard mayHaveMore, !isRefilling, mustLook || queue.count < Self.lowWater else { return false }
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
