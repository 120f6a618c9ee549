// How a promise stands, in words: the same in messages, lists and explanations. Pure.

import Foundation
import Incidents

/// Words for clocks.
public enum ClockWords {
    /// How one promise stands, in English: `acknowledge: 2 min left`, `acknowledge: at risk, 1 min left`, `resolve: breached
    /// 14 min ago`, `acknowledge: met in 3 min`, `resolve: met late, 14 min after its time`, `update: stands still (on hold)`.
    ///
    /// - Parameter now: the moment that the clock was read for, or a later one: a running clock that has passed its time
    ///   since then counts as breached.
    public static func line(_ clock: SLAClock, now: Date) -> String { line(clock, now: now, .english) }

    static func line(_ clock: SLAClock, now: Date, _ phrases: Phrases) -> String {
        let target =
            switch clock.target {
            case .acknowledge: phrases.say(.clockAcknowledge)
            case .resolve: phrases.say(.clockResolve)
            case .update: phrases.say(.clockUpdate)
            }
        return phrases.say(.clockLine, (.target, target), (.state, standing(clock, now: now, phrases)))
    }

    /// All promises in one line, in English: `acknowledge: breached 14 min ago · resolve: 3 h 10 min left`; nil where there
    /// are none.
    public static func line(_ clocks: SLAClocks, now: Date) -> String? { line(clocks, now: now, .english) }

    static func line(_ clocks: SLAClocks, now: Date, _ phrases: Phrases) -> String? {
        clocks.clocks.isEmpty ? nil : clocks.clocks.map { line($0, now: now, phrases) }.joined(separator: " · ")
    }

    /// The state at `now`: that of the clock, or breached where its time has passed since it was read.
    public static func state(_ clock: SLAClock, now: Date) -> SLAState {
        guard clock.isRunning, let breachesAt = clock.breachesAt, breachesAt <= now else { return clock.state }
        return .breached
    }

    /// How long until the promised time, `2 min`; nil where it was met, stands still, has passed, or has no end.
    static func left(_ clock: SLAClock, now: Date, _ phrases: Phrases) -> String? {
        guard clock.isRunning, let breachesAt = clock.breachesAt, state(clock, now: now) != .breached else { return nil }
        return Words.duration(breachesAt.timeIntervalSince(now), phrases)
    }

    private static func standing(_ clock: SLAClock, now: Date, _ phrases: Phrases) -> String {
        if let metAt = clock.metAt { return met(clock, at: metAt, phrases) }
        let state = state(clock, now: now)
        if state == .breached {
            let breached = phrases.say(.breached, (.ago, clock.breachesAt.map { Words.relative($0, now: now, phrases) }))
            return clock.isPaused ? phrases.say(.breachedStill, (.state, breached)) : breached
        }
        if clock.isPaused { return phrases.say(.standsStill) }
        let left = left(clock, now: now, phrases).map { phrases.say(.timeLeft, (.duration, $0)) } ?? phrases.say(.running)
        return state == .atRisk ? phrases.say(.atRisk, (.left, left)) : left
    }

    private static func met(_ clock: SLAClock, at metAt: Date, _ phrases: Phrases) -> String {
        if let breachesAt = clock.breachesAt, metAt > breachesAt {
            return phrases.say(.metLateBy, (.duration, Words.duration(metAt.timeIntervalSince(breachesAt), phrases)))
        }
        if clock.state == .breached { return phrases.say(.metLate) }
        let took = metAt.timeIntervalSince(clock.start)
        // In a calendar or with a pause, more time has passed than counts: the number would look like a broken promise.
        return took <= clock.length ? phrases.say(.metIn, (.duration, Words.duration(took, phrases))) : phrases.say(.met)
    }
}
