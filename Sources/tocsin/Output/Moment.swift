// Times and durations for people.

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

    /// `3 s`, `12 min`, `4 h 5 min`, `3 d 2 h`.
    static func words(_ seconds: TimeInterval) -> String {
        let total = Int(max(0, seconds.rounded()))
        switch total {
        case ..<60: return "\(total) s"
        case ..<3_600: return "\(total / 60) min"
        case ..<86_400: return total % 3_600 < 60 ? "\(total / 3_600) h" : "\(total / 3_600) h \(total % 3_600 / 60) min"
        default: return total % 86_400 < 3_600 ? "\(total / 86_400) d" : "\(total / 86_400) d \(total % 86_400 / 3_600) h"
        }
    }
}
