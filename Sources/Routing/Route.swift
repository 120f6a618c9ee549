// A rule: which events, to whom, with which template, under which conditions.

import Foundation

/// One entry of `routes`.
public struct Route: Sendable {
    public var name: String
    public var match: Match
    public var to: [RecipientEntry]
    /// Not held by quiet hours.
    public var isUrgent: Bool
    /// Ends the search for later routes, where this one reached somebody.
    public var stops: Bool
    /// The template's name; the event's type where nil.
    public var template: String?
    /// Only while this calendar is open.
    public var during: BusinessCalendar?
    /// Only while this calendar is closed.
    public var outside: BusinessCalendar?
    /// Seconds after which a message is not worth sending any more.
    public var expire: TimeInterval?
    /// Seconds for which a delivery that fails is tried again; the channel's where nil.
    public var retryFor: TimeInterval?
    public var group: GroupRule?
    public var throttle: ThrottleRule?
    /// Seconds after which it is told again, while the incident is open and nobody has it.
    public var repeatEvery: TimeInterval?

    public init(
        name: String, match: Match, to: [RecipientEntry], isUrgent: Bool = false, stops: Bool = false, template: String? = nil,
        during: BusinessCalendar? = nil, outside: BusinessCalendar? = nil, expire: TimeInterval? = nil,
        retryFor: TimeInterval? = nil, group: GroupRule? = nil, throttle: ThrottleRule? = nil, repeatEvery: TimeInterval? = nil
    ) {
        self.name = name
        self.match = match
        self.to = to
        self.isUrgent = isUrgent
        self.stops = stops
        self.template = template
        self.during = during
        self.outside = outside
        self.expire = expire
        self.retryFor = retryFor
        self.group = group
        self.throttle = throttle
        self.repeatEvery = repeatEvery
    }

    /// Whether its calendars let it count.
    func isInItsHours(at date: Date) -> Bool {
        (during?.isOpen(at: date) ?? true) && !(outside?.isOpen(at: date) ?? false)
    }
}
