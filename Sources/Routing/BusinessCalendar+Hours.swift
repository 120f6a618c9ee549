// Whether a calendar is open. What counts is what a clock on the wall there shows, so daylight saving needs no rule of
// its own: an hour that comes twice is open or closed both times, one that is skipped does not come.

import Foundation
import Incidents

extension BusinessCalendar {
    /// Whether the calendar is open. Hours past midnight belong to the day on which they began: that day must be one of
    /// `days`, and no holiday.
    public func isOpen(at date: Date) -> Bool {
        let wall = Int((date.timeIntervalSince1970 + Double(timeZone.secondsFromGMT(for: date))).rounded(.down))
        let day = Self.floorDivide(wall, 86_400)
        let minute = (wall - day * 86_400) / 60
        if closes > opens { return minute >= opens && minute < closes && opens(onDay: day) }
        return (minute >= opens && opens(onDay: day)) || (minute < closes && opens(onDay: day - 1))
    }

    /// - Parameter day: days since 1970-01-01, a Thursday.
    private func opens(onDay day: Int) -> Bool {
        let weekday = day + 3 - Self.floorDivide(day + 3, 7) * 7 + 1
        guard days.contains(weekday) else { return false }
        if holidays.isEmpty { return true }
        return !holidays.contains(String(Timestamp.format(Date(timeIntervalSince1970: Double(day) * 86_400)).prefix(10)))
    }

    private static func floorDivide(_ value: Int, _ by: Int) -> Int { Int((Double(value) / Double(by)).rounded(.down)) }
}
