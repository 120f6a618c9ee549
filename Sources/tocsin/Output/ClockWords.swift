// Promises in words.

import Foundation
import Incidents
import Router

enum ClockWords {
    /// `acknowledge: 2 min left`, `resolve: breached 14 min ago`, `update: paused`.
    static func line(_ clock: SLAClock, now: Date) -> String { "\(clock.target.rawValue): \(words(clock, now: now))" }

    private static func words(_ clock: SLAClock, now: Date) -> String {
        if let met = clock.metAt {
            guard clock.state == .breached, let end = clock.breachesAt, met > end else { return "met" }
            return "met \(Amount.time(met.timeIntervalSince(end))) late"
        }
        guard let end = clock.breachesAt else { return "paused" }
        if end <= now { return "breached \(Amount.time(now.timeIntervalSince(end))) ago" }
        return "\(Amount.time(end.timeIntervalSince(now))) left"
    }
}
