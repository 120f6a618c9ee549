// Counting in business hours. Pure. It counts the seconds that really pass while the calendar is open, and it is open when
// the clock on the wall says so (BusinessCalendar+Hours.swift): an hour that comes twice counts twice, one that is skipped
// does not count.

import Foundation

extension BusinessCalendar {
    /// How far a deadline is looked for, in microseconds: ten years.
    static let horizon = 3_653 * 86_400_000_000

    /// The earliest moment at which `seconds` of open time have passed since `start`, to the microsecond. What is over at
    /// closing time is over then, not at the next opening.
    ///
    /// - Parameter seconds: nothing and less is over at `start`.
    /// - Returns: nil where it does not come within ten years.
    public func date(after seconds: TimeInterval, from start: Date) -> Date? {
        guard let amount = seconds.wholeMicroseconds else { return nil }
        var walk = OpenTimeWalk(self, from: start.microseconds)
        let left = walk.advance(by: amount, until: walk.position + Self.horizon)
        return left == 0 ? Date(microseconds: walk.position) : nil
    }

    /// The seconds of open time between two moments, to the microsecond; 0 where `end` is not after `start`.
    public func openTime(from start: Date, to end: Date) -> TimeInterval {
        var walk = OpenTimeWalk(self, from: start.microseconds)
        let endless = Int.max / 2
        return Double(endless - walk.advance(by: endless, until: end.microseconds)) / 1_000_000
    }
}

extension TimeInterval {
    /// The length in microseconds; 0 for less than nothing, nil for what is no number or longer than ten thousand years.
    var wholeMicroseconds: Int? {
        guard self < 315_576_000_000 else { return nil }
        return Int((Swift.max(0, self) * 1_000_000).rounded())
    }
}
