// Counting the time during which the clocks of an incident run. Pure.

import Foundation
import Incidents

extension Course {
    /// The moment at which `seconds` have passed since `start`, without the pauses.
    ///
    /// - Parameter calendar: counts its open hours alone; nil: around the clock.
    /// - Returns: nil where a pause without an end comes first, or the calendar does not get that far.
    func date(after seconds: TimeInterval, from start: Date, calendar: BusinessCalendar? = nil) -> Date? {
        var from = start
        var rest = seconds
        for pause in pauses {
            if let until = pause.until, until <= from { continue }
            let stop = max(pause.from, from)
            let passed = calendar?.openTime(from: from, to: stop) ?? stop.timeIntervalSince(from)
            if passed >= rest { break }
            guard let until = pause.until else { return nil }
            rest -= passed
            from = until
        }
        return calendar.map { $0.date(after: rest, from: from) } ?? from.addingTimeInterval(rest)
    }
}
