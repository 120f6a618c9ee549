// Times for people.

import Foundation
import Incidents

enum Moment {
    /// `14:05:31` today, `23 Nov 14:05` otherwise, in this machine's time zone.
    static func short(_ date: Date, now: Date = Date()) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_GB_POSIX")
        formatter.dateFormat = Calendar.current.isDate(date, inSameDayAs: now) ? "HH:mm:ss" : "d MMM HH:mm"
        return formatter.string(from: date)
    }
}
