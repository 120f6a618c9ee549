// Times for people.

import Foundation
import Incidents
import Router

enum Moment {
    /// `14:05:31` today, `23 Nov 14:05` otherwise, in this machine's time zone.
    static func short(_ date: Date, now: Date = Date()) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_GB_POSIX")
        formatter.dateFormat = Calendar.current.isDate(date, inSameDayAs: now) ? "HH:mm:ss" : "d MMM HH:mm"
        return formatter.string(from: date)
    }

    /// `in 4 min`, `14 min ago`, `now`.
    static func relative(_ date: Date, now: Date) -> String {
        let seconds = date.timeIntervalSince(now)
        if abs(seconds) < 1 { return "now" }
        return seconds > 0 ? "in \(Amount.time(seconds))" : "\(Amount.time(-seconds)) ago"
    }
}
