// What follows from one event: who is told, and why each route did or did not count. `explain` and the router read
// the same plan.

import Foundation
import Incidents

/// One message for one address through one channel, decided but not yet recorded.
public struct PlannedDelivery: Sendable, Equatable {
    public var channel: String
    public var kind: ChannelKind
    /// For a channel addressed as itself, its `ownAddress`.
    public var address: String
    /// A person's id, a channel's name, or the address.
    public var recipient: String
    /// The entry of `to` that it came from (the first one).
    public var `for`: String
    /// Every route that asked for it, in file order; then what else did, by name: a step, `subscription ID`, `owed.end`;
    /// `router.unrouted` and `router.operators` stand for those two.
    public var routes: [String]
    /// The template's name: of the first route in the file, or else the event's type.
    public var template: String
    public var language: String?
    public var timezone: String?
    public var isUrgent: Bool
    /// Severity rank: 0 goes first.
    public var priority: Int
    public var due: Date
    /// Not worth sending later than this; the longest of the routes'.
    public var expires: Date?
    /// How long failed attempts are repeated, in seconds; nil: as long as the channel says.
    public var retryFor: TimeInterval?
    public var origin: Origin
    public var intent: Intent
    /// It counts towards its address's throttle.
    public var isThrottled: Bool
    /// It counts towards the limit of whoever hears it.
    public var isLimited: Bool
    /// The subscription by which they hear of it, which they can leave; nil where they were named.
    public var subscription: String?

    public init(
        channel: String, kind: ChannelKind, address: String, recipient: String, for entry: String, routes: [String], template: String,
        language: String? = nil, timezone: String? = nil, isUrgent: Bool = false, priority: Int, due: Date, expires: Date? = nil,
        retryFor: TimeInterval? = nil, origin: Origin = .route, intent: Intent = .send, isThrottled: Bool = false,
        isLimited: Bool = false, subscription: String? = nil
    ) {
        self.channel = channel
        self.kind = kind
        self.address = address
        self.recipient = recipient
        self.for = entry
        self.routes = routes
        self.template = template
        self.language = language
        self.timezone = timezone
        self.isUrgent = isUrgent
        self.priority = priority
        self.due = due
        self.expires = expires
        self.retryFor = retryFor
        self.origin = origin
        self.intent = intent
        self.isThrottled = isThrottled
        self.isLimited = isLimited
        self.subscription = subscription
    }
}

/// Why one route did or did not count.
public struct RouteVerdict: Sendable, Equatable {
    public enum Result: Sendable, Equatable {
        case matched
        /// The first condition that failed, and what was found instead, in words.
        case failed(condition: String, found: String)
        /// An earlier route, named here, ended the search.
        case stopped(by: String)
    }

    public var route: String
    public var result: Result
    /// Entries of `to` that reached nobody, and why, in words.
    public var unreached: [Unreached]

    public init(route: String, result: Result, unreached: [Unreached] = []) {
        self.route = route
        self.result = result
        self.unreached = unreached
    }
}

/// An entry of `to` that reached nobody.
public struct Unreached: Sendable, Equatable {
    public var entry: String
    public var reason: String

    public init(entry: String, reason: String) {
        self.entry = entry
        self.reason = reason
    }
}

/// Whether one silence keeps the messages of an event back.
public struct SilenceVerdict: Sendable, Equatable {
    public var silence: String
    /// Of a silence that matches, all but the one that is named as the reason suppress nothing, but match nevertheless.
    public var result: RouteVerdict.Result

    public init(silence: String, result: RouteVerdict.Result) {
        self.silence = silence
        self.result = result
    }
}

/// Everything that follows from one event.
public struct Plan: Sendable, Equatable {
    public var verdicts: [RouteVerdict]
    public var deliveries: [PlannedDelivery]
    /// Why nothing was routed at all, in words (a stale event, a kind of event that routes do not see); nil normally.
    public var notRouted: String?
    /// The routes reached nobody and the severity asks that somebody hears: `router.unrouted` was told.
    public var fellThrough: Bool
    /// One for each silence that has not ended, for `explain`.
    public var silences: [SilenceVerdict]
    /// What else has a part in it, in words, for `explain`: that the event is late, that the incident comes and goes, how
    /// much of a throttle is used up.
    public var notes: [String]

    public init(
        verdicts: [RouteVerdict] = [], deliveries: [PlannedDelivery] = [], notRouted: String? = nil, fellThrough: Bool = false,
        silences: [SilenceVerdict] = [], notes: [String] = []
    ) {
        self.verdicts = verdicts
        self.deliveries = deliveries
        self.notRouted = notRouted
        self.fellThrough = fellThrough
        self.silences = silences
        self.notes = notes
    }
}
