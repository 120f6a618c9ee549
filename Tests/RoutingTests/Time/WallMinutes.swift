// The slow, obvious way: what the clock on the wall shows in each minute of a few days, one after the other.

import Foundation

@testable import Routing

/// The minutes around a change of clocks.
struct WallMinutes {
    /// Of the first minute, seconds since 1970.
    let start: Int
    /// What the clock shows at the start of each, in minutes since the local 1970-01-01T00:00.
    let local: [Int]

    var end: Int { start + local.count * 60 }

    /// - Parameter hours: before and after the change.
    init(_ change: ZoneChange, hours: (before: Int, after: Int)) throws {
        guard let zone = TimeZone(identifier: change.zone) else { throw MatchError(message: "no zone \(change.zone)") }
        let first = change.at / 60 * 60 - hours.before * 3_600
        start = first
        local = (0..<(hours.before + hours.after) * 60).map { number in
            let second = first + number * 60
            return (second + zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(second)))) / 60
        }
    }

    /// Whether a calendar is open in each of them; `holidays` are days since 1970.
    func open(days: Set<Int>, opens: Int, closes: Int, holidays: Set<Int>) -> [Bool] {
        // 1970-01-01 was a Thursday.
        func isWorked(_ day: Int) -> Bool { days.contains((day + 3) % 7 + 1) && !holidays.contains(day) }
        return local.map { minute in
            let (day, ofDay) = (minute / 1_440, minute % 1_440)
            if opens < closes { return ofDay >= opens && ofDay < closes && isWorked(day) }
            return ofDay >= opens ? isWorked(day) : ofDay < closes && isWorked(day - 1)
        }
    }

    /// The seconds between two moments that lie in minutes for which `counts` holds.
    func seconds(_ counts: [Bool], from: Int, to: Int) -> Int {
        var sum = 0
        for (number, isCounted) in counts.enumerated() where isCounted {
            let second = start + number * 60
            sum += max(0, min(to, second + 60) - max(from, second))
        }
        return sum
    }

    /// The earliest moment at which that many have passed; nil: not in these minutes.
    func moment(_ counts: [Bool], after amount: Int, from: Int) -> Int? {
        if amount <= 0 { return from }
        var left = amount
        for (number, isCounted) in counts.enumerated() where isCounted {
            let second = start + number * 60
            let begin = max(from, second)
            let length = second + 60 - begin
            if length <= 0 { continue }
            if length >= left { return begin + left }
            left -= length
        }
        return nil
    }

    /// What comes first after a moment, of the starts of minutes; nil: none in these.
    func first(after second: Int, where holds: (Int) -> Bool) -> Int? {
        local.indices.first { start + $0 * 60 > second && holds($0) }.map { start + $0 * 60 }
    }

    /// The number of the minute that a moment lies in.
    func number(of second: Int) -> Int { (second - start) / 60 }
}
