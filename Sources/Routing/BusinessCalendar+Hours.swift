// Whether a calendar is open. What counts is what a clock on the wall there shows, so daylight saving needs no rule of
// its own: an hour that comes twice is open or closed both times, one that is skipped does not come.

import Foundation
import Incidents

extension BusinessCalendar {
    /// Whether the calendar is open. Hours past midnight belong to the day on which they began: that day must be one of
    /// `days`, and no holiday.
    public func isOpen(at date: Date) -> Bool {
        let second = date.second
        let wall = second + WallClock(timeZone).offset(at: second)
        let day = wall.quotient(by: WallClock.day)
        let minute = wall.remainder(of: WallClock.day) / 60
        if closes > opens { return minute >= opens && minute < closes && opens(onDay: day) }
        return (minute >= opens && opens(onDay: day)) || (minute < closes && opens(onDay: day - 1))
    }

    /// Whether hours begin on a day: it is one of `days`, and no holiday.
    /// - Parameter day: days since 1970-01-01, a Thursday.
    func opens(onDay day: Int) -> Bool {
        let weekday = (day + 3).remainder(of: 7) + 1
        guard days.contains(weekday) else { return false }
        if holidays.isEmpty { return true }
        return !holidays.contains(String(Timestamp.format(Date(timeIntervalSince1970: Double(day * WallClock.day))).prefix(10)))
    }
}
