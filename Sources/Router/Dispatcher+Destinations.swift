// What `tocsin status` shows of destinations, and when the operators hear of one that stays away.

import Delivery
import Foundation
import Ledger
import Logging

extension Dispatcher {
    /// Seconds that a breaker may be open before the operators are told.
    static let tellAfter: TimeInterval = 300

    /// Writes down what has changed about destinations that are not as usual, or were not.
    func noteDestinations() async {
        let now = pipeline.clock()
        var changed: [DestinationState] = []
        for lane in lanes.values {
            tellOperators(of: lane, now: now)
            let state = state(of: lane, now: now)
            if state == noted[lane.name] || (noted[lane.name] == nil && state.isUsual) { continue }
            changed.append(state)
        }
        for (name, state) in noted where lanes[name] == nil && !state.isUsual { changed.append(state.recovered(now: now)) }
        if changed.isEmpty { return }
        do {
            try await pipeline.ledger.noteDestinations(changed)
            for state in changed { noted[state.lane] = state.isUsual ? nil : state }
        } catch {
            complain("what `tocsin status` shows of destinations is not current", error)
        }
    }

    /// Whose destination was away and is back: the most urgent do not wait for the next attempt that was planned meanwhile.
    func hastenWhatIsBack() async {
        for lane in recovered {
            do {
                let count = try await pipeline.ledger.hasten(lane: lane, now: pipeline.clock())
                recovered.remove(lane)
                if count > 0 { change(lane) { $0.lookAgain() } }
            } catch {
                complain("what waits for a destination that is back goes out at its planned time", error)
            }
        }
    }

    private func state(of lane: Lane, now: Date) -> DestinationState {
        let breaker: String
        var retryAt: Date?
        switch lane.breaker.state {
        case .closed: breaker = "closed"
        case .halfOpen: breaker = "half_open"
        case .open(let until):
            breaker = "open"
            retryAt = until
        }
        var state = DestinationState(
            lane: lane.name, channels: lane.channels, breaker: breaker,
            since: lane.breaker.openedAt ?? noted[lane.name]?.since ?? now)
        state.retryAt = retryAt
        state.detail = lane.breaker.isClosed ? nil : lane.lastTrouble
        if let until = lane.pausedUntil, until > now { state.pausedUntil = until }
        if case .rate(let until) = lane.obstacle(now: now), !lane.queue.isEmpty { state.limitedUntil = until }
        let rates = lane.meter.rates.map(\.text)
        state.rate = rates.isEmpty ? nil : rates.joined(separator: ", ")
        return state
    }

    private func tellOperators(of lane: Lane, now: Date) {
        guard let since = lane.breaker.openedAt else {
            toldOfBreaker.remove(lane.name)
            return
        }
        guard now.timeIntervalSince(since) >= Self.tellAfter, toldOfBreaker.insert(lane.name).inserted else { return }
        pipeline.operators.breakerStaysOpen(
            channel: lane.channels.joined(separator: ", "), since: since, why: lane.lastTrouble ?? "no answer")
    }

    func note(_ change: Breaker.Change, of delivery: QueuedDelivery) {
        switch change {
        case .opened:
            logger.warning(
                "does not get through; from now on one at a time is tried",
                metadata: ["channel": "\(delivery.channel)", "lane": "\(delivery.lane)"].merging(delivery.logged) { $1 })
        case .closed(let seconds):
            recovered.insert(delivery.lane)
            logger.notice(
                "gets through again; what waited goes out",
                metadata: ["channel": "\(delivery.channel)", "after_seconds": "\(Int(seconds))"])
            if toldOfBreaker.remove(delivery.lane) != nil { pipeline.operators.breakerClosed(channel: delivery.channel, after: seconds) }
        }
    }
}

extension DestinationState {
    var isUsual: Bool { breaker == "closed" && pausedUntil == nil && limitedUntil == nil }

    func recovered(now: Date) -> DestinationState { DestinationState(lane: lane, channels: channels, breaker: "closed", since: now) }
}
