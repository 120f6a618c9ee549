// A moment to come, as people say it on a command line.

import Foundation
import Incidents
import Routing
import Settings

enum WhenText {
    static let example = "\"mon 08:00\", 08:00, 2026-12-24T00:00:00Z or 4h"

    /// `mon 08:00` and `08:00` by the clocks of a zone, an RFC 3339 time, or a duration from now; nil for everything else.
    /// Whole seconds, and never earlier than what was asked for.
    static func parse(_ text: String, now: Date, in zone: TimeZone) -> Date? {
        if let time = Timestamp.parse(text) { return time }
        if let seconds = DurationText.parse(text), seconds > 0 {
            return Date(timeIntervalSince1970: now.addingTimeInterval(seconds).timeIntervalSince1970.rounded(.up))
        }
        let cadence = Cadence("weekly \(text)") ?? Cadence("daily \(text)")
        return cadence?.next(after: now, in: zone)
    }

    /// - Throws: exit status 64, for what is no time, or not to come.
    static func coming(_ text: String, _ name: String, now: Date, in zone: TimeZone) throws -> Date {
        guard let time = parse(text, now: now, in: zone) else { throw usage("\(name) takes a time: \(example); this is `\(text)`") }
        guard time > now else { throw usage("\(text) is over: \(name) takes a time to come") }
        return time
    }
}
