// When a person is left alone. What counts is what a clock on the wall shows: an hour that comes twice is quiet both times
// or never, one that is skipped does not come.

import Foundation

/// A person's quiet hours, by a clock on the wall where they are.
public struct QuietHours: Sendable, Equatable {
    /// Minutes after midnight, first included, last excluded; an end before the start is on the next day, an end equal to
    /// the start is all day.
    public var from: Int
    public var until: Int

    public init(from: Int, until: Int) {
        self.from = from
        self.until = until
    }
}

extension QuietHours {
    /// When they end: the first moment after `now` that is not quiet. Where clocks jump over the end, that is the moment of
    /// the jump. All day, it is when the clocks next show the time at which the day begins.
    /// - Returns: nil where it is not quiet at `now`.
    public func end(at now: Date, in zone: TimeZone) -> Date? {
        let clock = WallClock(zone)
        var second = now.second
        if (until - from).remainder(of: 1_440) == 0 {
            return Date(second: clock.next(every: WallClock.day, phase: until * 60, after: second))
        }
        var stretch = clock.stretch(from: second)
        while isQuiet(local: second + stretch.offset) {
            let local = second + stretch.offset
            let end = local + (until * 60 - local).remainder(of: WallClock.day)
            if end < stretch.until + stretch.offset { return Date(second: end - stretch.offset) }
            second = stretch.until
            stretch = clock.stretch(after: stretch)
        }
        return second == now.second ? nil : Date(second: second)
    }

    private func isQuiet(local: Int) -> Bool {
        let minute = local.remainder(of: WallClock.day) / 60
        return from < until ? minute >= from && minute < until : minute >= from || minute < until
    }
}
