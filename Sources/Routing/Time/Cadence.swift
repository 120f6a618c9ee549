// How often somebody wants to hear.

import Foundation

/// `deliver` of a subscription: at once, or gathered.
public enum Cadence: Sendable, Hashable {
    case immediate
    case hourly
    /// Minutes after midnight.
    case daily(at: Int)
    /// 1 is Monday, 7 is Sunday; minutes after midnight.
    case weekly(day: Int, at: Int)
}

extension Cadence {
    /// The next time to deliver, later than `now`; nil: at once.
    ///
    /// Hours and days are those of a clock on the wall. `hourly` is whenever it shows a full hour. A day's time that comes
    /// twice counts the first time only; where clocks jump over a time, it is the moment of the jump.
    public func next(after now: Date, in zone: TimeZone) -> Date? {
        let clock = WallClock(zone)
        switch self {
        case .immediate: return nil
        case .hourly: return Date(second: clock.next(every: 3_600, phase: 0, after: now.second))
        case .daily(let minute): return Self.next(after: now.second, clock, weekday: nil, minute)
        case .weekly(let weekday, let minute): return Self.next(after: now.second, clock, weekday: weekday, minute)
        }
    }

    private static func next(after second: Int, _ clock: WallClock, weekday: Int?, _ minute: Int) -> Date {
        let today = (second + clock.offset(at: second)).quotient(by: WallClock.day)
        // Days since 1970-01-01, a Thursday; a weekday that is none would never come.
        let wanted = weekday.map { ($0 - 1).remainder(of: 7) }
        var day = today + (wanted.map { ($0 - (today + 3)).remainder(of: 7) } ?? 0)
        while true {
            let moment = clock.moment(showing: day * WallClock.day + minute * 60)
            if moment > second { return Date(second: moment) }
            day += wanted == nil ? 1 : 7
        }
    }
}
