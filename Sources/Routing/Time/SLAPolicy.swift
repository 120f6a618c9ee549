// What is promised for one severity.

import Foundation
import Incidents

/// The promises for the incidents of one severity: an entry of `sla`.
public struct SLAPolicy: Sendable, Equatable {
    /// Seconds of the calendar; nil: not promised.
    public var acknowledge: TimeInterval?
    public var resolve: TimeInterval?
    public var update: TimeInterval?
    /// The share of the time after which a promise is at risk, from 0.01 to 1.
    public var warnAt: Double
    /// The hours that count; nil: around the clock.
    public var calendar: BusinessCalendar?

    public init(
        acknowledge: TimeInterval? = nil, resolve: TimeInterval? = nil, update: TimeInterval? = nil, warnAt: Double = 0.75,
        calendar: BusinessCalendar? = nil
    ) {
        self.acknowledge = acknowledge
        self.resolve = resolve
        self.update = update
        self.warnAt = warnAt
        self.calendar = calendar
    }

    /// Seconds of the calendar that are promised.
    public func length(_ target: SLATarget) -> TimeInterval? {
        switch target {
        case .acknowledge: acknowledge
        case .resolve: resolve
        case .update: update
        }
    }
}
