// Somebody's quiet hours or cadence and a moment, drawn by chance around a change of clocks, and made simpler.

import Foundation

@testable import Routing

struct PersonTimeCase: CustomStringConvertible {
    var change: ZoneChange
    /// Minutes after midnight.
    var from: Int
    var until: Int
    /// 1 is Monday; 0: every day.
    var weekday: Int
    /// Seconds from the change on, before and after it.
    var now: Int

    static let hours = (before: 56, after: 56)

    init(_ zone: String, _ chance: inout Chance) {
        change = ZoneChanges.draw(zone, &chance)
        let minutes = [0, 0, 30, 60, 61, 90, 105, 120, 135, 150, 180, 240, 420, 1_320, 1_380, 1_410, chance.next(1_440)]
        from = chance.pick(minutes)
        until = chance.pick(minutes)
        weekday = chance.next(8)
        now = chance.next(10) == 0 ? 0 : chance.next(30 * 3_600) - 26 * 3_600
    }

    var smaller: [PersonTimeCase] {
        var list: [PersonTimeCase] = []
        func with(_ change: (inout PersonTimeCase) -> Void) {
            var copy = self
            change(&copy)
            if copy.description != description { list.append(copy) }
        }
        with { $0.now = 0 }
        with { $0.now /= 2 }
        with { $0.weekday = 0 }
        with { $0.now = $0.now / 3_600 * 3_600 }
        with { $0.now = $0.now / 60 * 60 }
        with { $0.from = $0.from / 60 * 60 }
        with { $0.until = $0.until / 60 * 60 }
        return list
    }

    var description: String { "\(change), \(from)-\(until), weekday \(weekday), at \(now) s from the change" }
}
