// One message that is to go out, with everything that sending it needs.

import Foundation
import Incidents
import Routing

/// A delivery that is not finished.
public struct QueuedDelivery: Sendable, Identifiable {
    public var id: Int64
    /// Minted once, the same on every attempt: 32 hexadecimal digits.
    public var token: String
    public var event: StoredEvent
    public var lane: String
    public var channel: String
    public var kind: ChannelKind
    public var address: String
    public var recipient: String
    /// The entry of `to` that it came from.
    public var `for`: String
    public var routes: [String]
    public var template: String
    public var language: String?
    public var timezone: String?
    public var isUrgent: Bool
    /// Severity rank: 0 goes first.
    public var priority: Int
    public var due: Date
    public var expires: Date?
    /// So far.
    public var attempts: Int
    /// How many of the attempts remained without an answer.
    public var unknowns: Int
    /// Of the attempts that count for `retry_for`: those since an operator last asked for a new try.
    public var firstAttempt: Date?
    /// The first delivery of this incident to this channel and address.
    public var isFirst: Bool
    public var created: Date
    /// Seconds after the first attempt at which it is dead, where a route says so.
    public var retryFor: TimeInterval?
    /// The ways by which the same message went before this one.
    public var tried: [Way]
    /// The delivery that this one stands in for.
    public var fallbackOf: Int64?
    /// Its next way has been taken, or there is none.
    public var fellBack: Bool
    /// How many earlier ones of its conversation it stands for.
    public var replaces: Int
    /// Their events, oldest first: the 20 newest.
    public var earlier: [StoredEvent] = []
    /// Newer ones of its conversation wait behind it.
    public var isOvertaken = false
    /// Its incident is over by now, and was not when its own event happened.
    public var ended: Ended?
    /// Where `ended`: something of this conversation was delivered, or may have been.
    public var wasTold = false
    /// When the last three were read.
    public var asOf: Date

    public init(
        id: Int64, token: String, event: StoredEvent, lane: String, channel: String, kind: ChannelKind, address: String,
        recipient: String, for entry: String, routes: [String], template: String, language: String? = nil, timezone: String? = nil,
        isUrgent: Bool = false, priority: Int, due: Date, expires: Date? = nil, attempts: Int = 0, unknowns: Int = 0,
        firstAttempt: Date? = nil, isFirst: Bool = true, created: Date, retryFor: TimeInterval? = nil, tried: [Way] = [],
        fallbackOf: Int64? = nil, fellBack: Bool = false, replaces: Int = 0
    ) {
        self.id = id
        self.token = token
        self.event = event
        self.lane = lane
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
        self.attempts = attempts
        self.unknowns = unknowns
        self.firstAttempt = firstAttempt
        self.isFirst = isFirst
        self.created = created
        self.retryFor = retryFor
        self.tried = tried
        self.fallbackOf = fallbackOf
        self.fellBack = fellBack
        self.replaces = replaces
        asOf = created
    }
}
