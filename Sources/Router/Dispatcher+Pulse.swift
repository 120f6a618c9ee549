// A sign that the way out gets on with its work, and how its channels are.

import Foundation

extension Dispatcher {
    /// What one turn of the way out says of itself.
    struct Pulse: Sendable {
        /// Channels whose breakers are not closed.
        var failing: Set<String> = []
        /// Attempts on their way.
        var underWay = 0
    }

    /// Waits for the next turn. At once where the router does not run, or stops.
    func pulse() async -> Pulse {
        if isTurning {
            await withCheckedContinuation { continuation in
                waitingForTurn.append(continuation)
                bell.ring()
            }
        }
        var pulse = Pulse(underWay: underWay)
        for lane in lanes.values where !lane.breaker.isClosed { pulse.failing.formUnion(lane.channels) }
        return pulse
    }

    /// Tells those who wait that it has turned.
    func tellOfTurn() {
        let waiting = waitingForTurn
        waitingForTurn = []
        for one in waiting { one.resume() }
    }
}
