// Times for people: by the clocks of this machine, and marked with their zone, because whoever reads them may sit elsewhere.

import Foundation
import Incidents
import Router

enum Moment {
    /// `14:05:31 CET` today, `23 Nov 14:05 CET` otherwise, in this machine's time zone.
    static func short(_ date: Date, now: Date = Date()) -> String { "\(plain(date, now: now)) \(zone(at: date))" }

    /// The same for a column that `column` heads: without the zone, but where it is not the one of now (summer time).
    static func cell(_ date: Date, now: Date = Date()) -> String {
        zone(at: date) == zone(at: now) ? plain(date, now: now) : short(date, now: now)
    }

    /// The head of a column of times: `MADE (CET)`.
    static func column(_ title: String, now: Date = Date()) -> Table.Column { .init("\(title) (\(zone(at: now)))") }

    /// `in 4 min`, `14 min ago`, `now`.
    static func relative(_ date: Date, now: Date) -> String {
        let seconds = date.timeIntervalSince(now)
        if abs(seconds) < 1 { return "now" }
        return seconds > 0 ? "in \(Amount.time(seconds))" : "\(Amount.time(-seconds)) ago"
    }

    private static func plain(_ date: Date, now: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_GB_POSIX")
        formatter.dateFormat = Calendar.current.isDate(date, inSameDayAs: now) ? "HH:mm:ss" : "d MMM HH:mm"
        return formatter.string(from: date)
    }

    /// `UTC`, `CET`, `+0530`: what this machine's clocks are called at a moment.
    private static func zone(at date: Date) -> String {
        var seconds = time_t(date.timeIntervalSince1970)
        var parts = tm()
        localtime_r(&seconds, &parts)
        return parts.tm_zone.map { String(cString: $0) } ?? "UTC"
    }
}
