// People who take turns at being on duty.

import Foundation

/// An entry of `rotations`: usable wherever a name is.
public struct Rotation: Sendable, Equatable {
    /// A turn that a calendar file gives.
    public struct Shift: Sendable, Equatable {
        public var person: String
        public var from: Date
        public var until: Date

        public init(person: String, from: Date, until: Date) {
            self.person = person
            self.from = from
            self.until = until
        }
    }

    public var name: String
    /// In the order of their turns.
    public var people: [String]
    /// Seconds; whole days are counted by the clock on the wall.
    public var every: TimeInterval
    /// 1 is Monday, 7 is Sunday; nil: any day.
    public var handoverDay: Int?
    /// Minutes after midnight.
    public var handoverMinute: Int
    public var timeZone: TimeZone
    /// When the first of `people` began; nil: see `Rotation+Turns`.
    public var start: Date?
    /// From an iCalendar file, instead of turns; sorted by `from`.
    public var shifts: [Shift]?
    /// Urgent messages reach whoever is on duty also at an address that is suppressed.
    public var reachesSuppressed: Bool

    public init(
        name: String, people: [String] = [], every: TimeInterval = 7 * 86_400, handoverDay: Int? = nil, handoverMinute: Int = 0,
        timeZone: TimeZone = .gmt, start: Date? = nil, shifts: [Shift]? = nil, reachesSuppressed: Bool = false
    ) {
        self.name = name
        self.people = people
        self.every = every
        self.handoverDay = handoverDay
        self.handoverMinute = handoverMinute
        self.timeZone = timeZone
        self.start = start
        self.shifts = shifts
        self.reachesSuppressed = reachesSuppressed
    }
}
