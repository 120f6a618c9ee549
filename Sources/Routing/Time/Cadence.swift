// How often somebody wants to hear.

import Foundation

/// `deliver` of a subscription: at once, or gathered.
public enum Cadence: Sendable, Hashable {
    case immediate
    case hourly
    /// Minutes after midnight.
    case daily(at: Int)
    /// 1 is Monday, 7 is Sunday; minutes after midnight.
    case weekly(day: Int, at: Int)
}

extension Cadence {
    /// `immediate`, `hourly`, `daily HH:MM`, `weekly DAY HH:MM`; nil where the text is none of these.
    public init?(_ text: String) { return nil }

    /// The next time to deliver, later than `now`; nil: at once.
    public func next(after now: Date, in zone: TimeZone) -> Date? { nil }
}
