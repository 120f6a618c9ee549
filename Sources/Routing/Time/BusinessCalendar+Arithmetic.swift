// Counting in business hours. Pure.

import Foundation

extension BusinessCalendar {
    /// The moment at which `seconds` of open time have passed since `start`; nil where it does not come within ten years.
    public func date(after seconds: TimeInterval, from start: Date) -> Date? { nil }

    /// The seconds of open time between two moments.
    public func openTime(from start: Date, to end: Date) -> TimeInterval { 0 }
}
