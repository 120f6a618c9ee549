// A moment to come, as people say it.

import Foundation
import Incidents
import Routing
import Settings

/// Times and durations as people write them.
public enum WhenText {
    public static let example = "\"mon 08:00\", 08:00, 2026-12-24T00:00:00Z or 4h"

    /// `mon 08:00` and `08:00` by the clocks of a zone, an RFC 3339 time, or a duration from now; nil for everything else.
    /// Whole seconds, and never earlier than what was asked for.
    public static func parse(_ text: String, now: Date, in zone: TimeZone) -> Date? {
        if let time = Timestamp.parse(text) { return time }
        if let seconds = DurationText.parse(text), seconds > 0 {
            return Date(timeIntervalSince1970: now.addingTimeInterval(seconds).timeIntervalSince1970.rounded(.up))
        }
        let cadence = Cadence("weekly \(text)") ?? Cadence("daily \(text)")
        return cadence?.next(after: now, in: zone)
    }
}
