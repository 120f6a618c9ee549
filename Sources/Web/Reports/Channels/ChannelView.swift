// One channel as it stands, from what the ledger knows of it. Pure.

import Foundation
import Ledger
import Settings

struct ChannelView: Sendable {
    enum Breaker: Sendable, Equatable {
        /// Nothing was sent by it since the router started.
        case unused
        case closed
        case halfOpen(since: Date)
        case open(since: Date, retry: Date?, why: String?)
    }

    var name: String
    /// Nil: it is in routes.yaml no more.
    var settings: ChannelSettings?
    /// Its own, or that of all.
    var pause: Pause?
    var isPausedByName: Bool
    /// The worst of its destinations'.
    var breaker = Breaker.unused
    var askedToWait: Date?
    var rate: String?
    var isLimited = false
    /// Pending and retrying.
    var waiting: Int
    var states: [(state: DeliveryState, count: Int)]
    /// The mean of each five minutes, milliseconds; nil: nothing was accepted.
    var latency: [Double?]
    var mean: Int?
    var most = 0
    var trouble: ChannelTrouble?

    /// - Parameters:
    ///   - slots: its figures by five minutes, since `since`.
    init(
        name: String, settings: ChannelSettings?, summary: LedgerSummary, slots: [Figure], trouble: ChannelTrouble?, now: Date, since: Date
    ) {
        self.name = name
        self.settings = settings
        self.trouble = trouble
        let own = summary.pauses.first { $0.channel == name }
        pause = own ?? summary.pauses.first { $0.channel == nil }
        isPausedByName = own != nil
        waiting = summary.unfinished(through: name)
        let counts = summary.channels[name] ?? [:]
        states = DeliveryState.allCases.compactMap { state in counts[state].flatMap { $0 > 0 ? (state, $0) : nil } }

        let span = Double(FigureKind.slot.span)
        let first = (since.timeIntervalSince1970 / span).rounded(.down)
        let count = max(1, Int((now.timeIntervalSince1970 / span).rounded(.down) - first) + 1)
        var sums = [(count: Int, total: Int)](repeating: (0, 0), count: count)
        for slot in slots where slot.part == DeliveryState.delivered.rawValue {
            let place = Int(slot.start.timeIntervalSince1970 / span - first)
            guard sums.indices.contains(place) else { continue }
            sums[place] = (sums[place].count + slot.count, sums[place].total + slot.total)
            most = max(most, slot.most)
        }
        latency = sums.map { $0.count > 0 ? Double($0.total) / Double($0.count) : nil }
        let all = sums.reduce((count: 0, total: 0)) { ($0.count + $1.count, $0.total + $1.total) }
        mean = all.count > 0 ? all.total / all.count : nil

        // A lane of which nothing is to be said is not kept.
        if mean != nil || counts[.delivered] ?? 0 > 0 { breaker = .closed }
        for destination in summary.destinations where destination.channels.contains(name) { add(destination, now: now) }
    }

    private mutating func add(_ destination: DestinationState, now: Date) {
        switch destination.breaker {
        case "open": breaker = .open(since: destination.since, retry: destination.retryAt, why: destination.detail)
        case "half_open": if !isOpen { breaker = .halfOpen(since: destination.since) }
        default: if breaker == .unused { breaker = .closed }
        }
        if let until = destination.pausedUntil, until > now { askedToWait = max(until, askedToWait ?? until) }
        rate = destination.rate ?? rate
        if let until = destination.limitedUntil, until > now { isLimited = true }
    }

    private var isOpen: Bool { if case .open = breaker { true } else { false } }
}
