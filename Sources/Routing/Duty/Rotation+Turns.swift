// Whose turn it is. Turns are counted by the clock on the wall, whatever their length: a hand-over at 09:00 stays at 09:00
// when the clocks are changed, and the turn over that night is an hour shorter or longer.

import Foundation

extension Rotation {
    /// Somebody's time of being on duty, by the plan: whether they are away is for `Presence`.
    public struct Turn: Sendable, Equatable {
        public var person: String
        public var from: Date
        /// Excluded.
        public var until: Date

        public init(person: String, from: Date, until: Date) {
            self.person = person
            self.from = from
            self.until = until
        }
    }

    /// Monday, 1 January 2024, in days since 1970: without `start`, the turns of the first of `people` are counted from the first
    /// hand-over on or after it. So everybody who reads the same file comes to the same.
    static let firstMonday = 19_723

    /// Whose turn it is at a moment; nil: nobody's, in a gap of a calendar file, or where there are no people.
    public func turn(at now: Date) -> Turn? {
        if let shifts {
            // The last that has begun; they do not overlap.
            let place = Self.firstPlace(of: shifts) { $0.from > now } - 1
            guard shifts.indices.contains(place), now < shifts[place].until else { return nil }
            return Turn(shifts[place])
        }
        if people.isEmpty { return nil }
        let count = Count(self)
        let number = count.number(at: now.second)
        return Turn(
            person: people[number.remainder(of: people.count)], from: Date(second: count.begin(of: number)),
            until: Date(second: count.begin(of: number + 1)))
    }

    /// The turn after the present one; in a gap, the next. Nil: there is none to come.
    public func turn(after now: Date) -> Turn? {
        if let shifts {
            let place = Self.firstPlace(of: shifts) { $0.from > now }
            return shifts.indices.contains(place) ? Turn(shifts[place]) : nil
        }
        return turn(at: now).flatMap { turn(at: $0.until) }
    }

    /// In a gap of a calendar file: the last turn before it. Nil where it is somebody's turn, or nobody has had one.
    func turn(beforeGapAt now: Date) -> Turn? {
        guard let shifts, turn(at: now) == nil else { return nil }
        let place = Self.firstPlace(of: shifts) { $0.from > now } - 1
        return shifts.indices.contains(place) ? Turn(shifts[place]) : nil
    }

    /// The next moment at which a turn begins or ends; nil: never.
    public func nextChange(after now: Date) -> Date? { turn(at: now)?.until ?? turn(after: now)?.from }

    private static func firstPlace(of shifts: [Shift], where isBehind: (Shift) -> Bool) -> Int {
        var (low, high) = (0, shifts.count)
        while low < high {
            let middle = (low + high) / 2
            if isBehind(shifts[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension Rotation.Turn {
    fileprivate init(_ shift: Rotation.Shift) { self.init(person: shift.person, from: shift.from, until: shift.until) }
}

/// Turns as numbers: 0 is the first turn of the first of `people`; those before it are negative.
private struct Count {
    let clock: WallClock
    /// Seconds on the wall.
    let period: Int
    /// When turn 0 begins, on the wall.
    let anchor: Int

    init(_ rotation: Rotation) {
        clock = WallClock(rotation.timeZone)
        period = max(60, Int(min(rotation.every.rounded(), 1e9)))
        let minute = rotation.handoverMinute * 60
        var day = Rotation.firstMonday
        if let start = rotation.start {
            let local = start.second + clock.offset(at: start.second)
            day = local.quotient(by: WallClock.day)
            if local.remainder(of: WallClock.day) > minute { day += 1 }
        }
        // Day 0 was a Thursday.
        if let wanted = rotation.handoverDay { day += (wanted - 1 - (day + 3)).remainder(of: 7) }
        anchor = day * WallClock.day + minute
    }

    /// Where the clocks are put forward over it, the moment of the jump.
    func begin(of number: Int) -> Int { clock.moment(showing: anchor + number * period) }

    /// The turn at a moment. One that the clocks jump over as a whole never is.
    func number(at second: Int) -> Int {
        var number = (second + clock.offset(at: second) - anchor).quotient(by: period)
        while begin(of: number) > second { number -= 1 }
        while begin(of: number + 1) <= second { number += 1 }
        return number
    }
}
