// When a promised time is over: a walk through the hours of its calendar that leaves out the pauses. Pure.

import Foundation
import Incidents

/// A walk through the time that counts for a promise.
struct PromiseWalk {
    private var walk: OpenTimeWalk
    /// What has not been passed yet, oldest first.
    private var pauses: ArraySlice<Course.Pause>
    private let horizon: Int

    /// - Parameter pauses: oldest first.
    init(_ calendar: BusinessCalendar?, from start: Date, pauses: [Course.Pause]) {
        walk = OpenTimeWalk(calendar, from: start.microseconds)
        self.pauses = pauses[...]
        horizon = walk.position + BusinessCalendar.horizon
    }

    /// Goes on until an amount of the time that counts has passed.
    /// - Parameter amount: microseconds.
    /// - Returns: the earliest moment at which it has; nil where a pause without an end comes first, or ten years.
    mutating func reach(_ amount: Int) -> Date? {
        var left = amount
        while left > 0 {
            while let pause = pauses.first, pause.from.microseconds <= walk.position {
                guard let until = pause.until else { return nil }
                walk.skip(to: until.microseconds)
                pauses.removeFirst()
            }
            if walk.position >= horizon { return nil }
            left = walk.advance(by: left, until: min(pauses.first?.from.microseconds ?? horizon, horizon))
        }
        return Date(microseconds: walk.position)
    }
}
