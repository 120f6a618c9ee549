// How a promise stands, in words: the same in messages, lists and explanations. Pure.

import Foundation
import Incidents

/// Words for clocks.
public enum ClockWords {
    /// How one promise stands: `acknowledge: 2 min left`, `acknowledge: at risk, 1 min left`, `resolve: breached 14 min
    /// ago`, `acknowledge: met in 3 min`, `resolve: met late, 14 min after its time`, `update: stands still (on hold)`.
    ///
    /// - Parameter now: the moment that the clock was read for, or a later one: a running clock that has passed its time
    ///   since then counts as breached.
    public static func line(_ clock: SLAClock, now: Date) -> String {
        "\(clock.target.rawValue): \(standing(clock, now: now))"
    }

    /// All promises in one line: `acknowledge: breached 14 min ago · resolve: 3 h 10 min left`; nil where there are none.
    public static func line(_ clocks: SLAClocks, now: Date) -> String? {
        clocks.clocks.isEmpty ? nil : clocks.clocks.map { line($0, now: now) }.joined(separator: " · ")
    }

    /// The state at `now`: that of the clock, or breached where its time has passed since it was read.
    public static func state(_ clock: SLAClock, now: Date) -> SLAState {
        guard clock.isRunning, let breachesAt = clock.breachesAt, breachesAt <= now else { return clock.state }
        return .breached
    }

    /// How long until the promised time, `2 min`; nil where it was met, stands still, has passed, or has no end.
    static func left(_ clock: SLAClock, now: Date) -> String? {
        guard clock.isRunning, let breachesAt = clock.breachesAt, state(clock, now: now) != .breached else { return nil }
        return Words.duration(breachesAt.timeIntervalSince(now))
    }

    private static func standing(_ clock: SLAClock, now: Date) -> String {
        if let metAt = clock.metAt { return met(clock, at: metAt) }
        let state = state(clock, now: now)
        if state == .breached {
            let breached = clock.breachesAt.map { "breached \(Words.relative($0, now: now))" } ?? "breached"
            return clock.isPaused ? "\(breached), stands still (on hold)" : breached
        }
        if clock.isPaused { return "stands still (on hold)" }
        let left = left(clock, now: now).map { "\($0) left" } ?? "running"
        return state == .atRisk ? "at risk, \(left)" : left
    }

    private static func met(_ clock: SLAClock, at metAt: Date) -> String {
        if let breachesAt = clock.breachesAt, metAt > breachesAt {
            return "met late, \(Words.duration(metAt.timeIntervalSince(breachesAt))) after its time"
        }
        if clock.state == .breached { return "met late" }
        let took = metAt.timeIntervalSince(clock.start)
        // In a calendar or with a pause, more time has passed than counts: the number would look like a broken promise.
        return took <= clock.length ? "met in \(Words.duration(took))" : "met"
    }
}
