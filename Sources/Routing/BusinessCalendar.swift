// Business hours.

import Foundation

/// A named calendar: open on some days, between two times, but for holidays.
public struct BusinessCalendar: Sendable, Equatable {
    public var name: String
    /// 1 is Monday, 7 is Sunday.
    public var days: Set<Int>
    /// Minutes after midnight, first included, last excluded; an end at or before the start is on the next day.
    public var opens: Int
    public var closes: Int
    public var timeZone: TimeZone
    /// `YYYY-MM-DD`.
    public var holidays: Set<String>

    public init(name: String, days: Set<Int>, opens: Int, closes: Int, timeZone: TimeZone, holidays: Set<String> = []) {
        self.name = name
        self.days = days
        self.opens = opens
        self.closes = closes
        self.timeZone = timeZone
        self.holidays = holidays
    }
}
