// A calendar, a moment and a length, drawn by chance around a change of clocks, and made simpler.

import Foundation
import Incidents

@testable import Routing

struct CalendarCase: CustomStringConvertible {
    var change: ZoneChange
    var days: Set<Int>
    var opens: Int
    var closes: Int
    /// Days since 1970.
    var holidays: Set<Int>
    /// Seconds from the change on, before and after it.
    var start: Int
    /// Seconds of open time.
    var amount: Int

    static let hours = (before: 30, after: 42)

    init(_ zone: String, _ chance: inout Chance) {
        change = ZoneChanges.draw(zone, &chance)
        days = Set((1...7).filter { _ in chance.next(5) > 0 })
        // Mostly hours that the clocks are changed in.
        let minutes = [0, 0, 30, 60, 90, 105, 120, 150, 180, 240, 1_320, 1_380, 1_410, chance.next(1_440)]
        opens = chance.pick(minutes)
        closes = chance.next(3) == 0 ? chance.pick(minutes + [1_440]) : (opens + 1 + chance.next(400)) % 1_440
        holidays = chance.next(3) == 0 ? [change.at / 86_400 - 1 + chance.next(3)] : []
        start = chance.next(30 * 3_600) - 28 * 3_600
        amount = chance.next(chance.pick([3_600, 4 * 3_600, 30 * 3_600]))
        if chance.next(3) == 0 {
            // Whole days of it, so that the deadline is at closing time, if the clocks are not changed meanwhile.
            let length = (closes - opens + 1_440) % 1_440
            amount = length * 60 * (1 + chance.next(2))
        }
    }

    var calendar: BusinessCalendar {
        BusinessCalendar(
            name: "c", days: days, opens: opens, closes: closes, timeZone: TimeZone(identifier: change.zone) ?? .gmt,
            holidays: Set(holidays.map { String(Timestamp.format(Date(timeIntervalSince1970: Double($0 * 86_400))).prefix(10)) }))
    }

    var smaller: [CalendarCase] {
        var list: [CalendarCase] = []
        func with(_ change: (inout CalendarCase) -> Void) {
            var copy = self
            change(&copy)
            if copy.description != description { list.append(copy) }
        }
        with { $0.holidays = [] }
        with { $0.days = Set(1...7) }
        with { $0.amount /= 2 }
        with { $0.start /= 2 }
        with { $0.amount = $0.amount / 3_600 * 3_600 }
        with { $0.amount = $0.amount / 60 * 60 }
        with { $0.start = $0.start / 3_600 * 3_600 }
        with { $0.start = $0.start / 60 * 60 }
        with { $0.opens = $0.opens / 60 * 60 }
        with { $0.closes = $0.closes / 60 * 60 }
        with { $0.amount = max(0, $0.amount - 60) }
        return list
    }

    var description: String {
        "\(change), days \(days.sorted()), \(opens)-\(closes), off \(holidays.sorted()), from \(start) s for \(amount) s"
    }
}
