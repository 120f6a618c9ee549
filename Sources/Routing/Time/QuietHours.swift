// When a person is left alone.

import Foundation

/// A person's quiet hours, by a clock on the wall where they are.
public struct QuietHours: Sendable, Equatable {
    /// Minutes after midnight, first included, last excluded; an end at or before the start is on the next day.
    public var from: Int
    public var until: Int

    public init(from: Int, until: Int) {
        self.from = from
        self.until = until
    }
}

extension QuietHours {
    /// When they end; nil where it is not quiet at `now`.
    public func end(at now: Date, in zone: TimeZone) -> Date? { nil }
}
