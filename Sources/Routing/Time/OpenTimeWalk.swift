// Going forward through time and counting what is open. All numbers are microseconds, so nothing is lost by adding up, and
// a moment found here is the same after the ledger has kept it.

import Foundation

/// A walk through the hours of a calendar.
struct OpenTimeWalk {
    private static let second = 1_000_000
    private static let minute = 60_000_000
    private static let day = 86_400_000_000

    /// Nil: open around the clock.
    private let calendar: BusinessCalendar?
    /// Where it has come to, since 1970.
    private(set) var position: Int
    private var stretch: Stretch?

    init(_ calendar: BusinessCalendar?, from position: Int) {
        self.calendar = calendar
        self.position = position
    }

    /// Goes on until an amount of open time has passed, but not beyond `limit`.
    /// - Returns: what has not passed yet at `limit`; 0 where `position` is the earliest moment at which all has.
    mutating func advance(by amount: Int, until limit: Int) -> Int {
        guard let calendar else {
            let step = min(amount, max(0, limit - position))
            position += step
            return amount - step
        }
        var left = amount
        while left > 0, position < limit {
            let stretch = evenStretch(calendar)
            let end = min(stretch.until * Self.second, limit)
            let offset = stretch.offset * Self.second
            if let found = Self.local(left: &left, calendar, position + offset, end + offset) {
                position = found - offset
                return 0
            }
            position = end
        }
        return left
    }

    /// Goes on without counting.
    mutating func skip(to moment: Int) { position = max(position, moment) }

    /// The same by local time, which runs evenly between the two.
    /// - Returns: where nothing is left; nil where something is, which is what `left` then says.
    private static func local(left: inout Int, _ calendar: BusinessCalendar, _ from: Int, _ until: Int) -> Int? {
        let isOverMidnight = calendar.closes <= calendar.opens
        let length = (calendar.closes - calendar.opens) * minute + (isOverMidnight ? day : 0)
        var number = from.quotient(by: day) - (isOverMidnight ? 1 : 0)
        while true {
            let opens = number * day + calendar.opens * minute
            if opens >= until { return nil }
            let start = max(opens, from)
            let open = min(opens + length, until) - start
            if open > 0, calendar.opens(onDay: number) {
                if open >= left { return start + left }
                left -= open
            }
            number += 1
        }
    }

    /// The stretch in which `position` lies.
    private mutating func evenStretch(_ calendar: BusinessCalendar) -> Stretch {
        let clock = WallClock(calendar.timeZone)
        let second = position.quotient(by: Self.second)
        if let known = stretch, second >= known.from {
            if second < known.until { return known }
            if second == known.until {
                let next = clock.stretch(after: known)
                stretch = next
                return next
            }
        }
        let fresh = clock.stretch(from: second)
        stretch = fresh
        return fresh
    }
}
