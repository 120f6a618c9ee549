// A clock that is set while the router runs, or was wrong while it ran last: what waits for a time must not wait for
// hours, and nothing is done twice, because every attempt is in the ledger.

import Delivery
import Foundation
import Ledger
import Logging

/// Holds the wall clock against the one that only goes forwards.
struct Steadiness: Sendable {
    /// Seconds by which the two may part between two looks.
    static let tolerance: TimeInterval = 5

    private var last: (wall: Date, steady: ContinuousClock.Instant)?

    /// By how many seconds the wall clock was set since the last look; nil: it was not.
    mutating func jump(now: Date, steady: ContinuousClock.Instant = .now) -> TimeInterval? {
        defer { last = (now, steady) }
        guard let last else { return nil }
        let passed = (steady - last.steady) / .seconds(1)
        let jump = now.timeIntervalSince(last.wall) - passed
        return abs(jump) > Self.tolerance ? jump : nil
    }
}

extension Dispatcher {
    func clockWasSet(by jump: TimeInterval) async {
        logger.warning("the clock was set; nothing waits longer for that", metadata: ["seconds": "\(Int(jump))"])
        // Forwards, everything is due sooner, once: that does no harm.
        if jump < 0 {
            do {
                try await pipeline.ledger.shiftDues(by: jump, after: pipeline.clock())
            } catch {
                complain("waiting times cannot be adjusted to the clock", error)
            }
        }
        ledgerAlarm = nil
        await readLanes()
    }

    /// At the start: nothing retries later than the longest pause from now.
    func mendDues() async {
        let latest = pipeline.clock().addingTimeInterval(Lane.longestPause + RetryPolicy.longestDelay)
        do {
            try await pipeline.ledger.capDues(at: latest)
        } catch {
            complain("waiting times cannot be checked", error)
        }
    }
}
