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
    /// How long failed attempts are repeated, in seconds, where a route says so; nil: as long as the channel says.
    public var retryFor: TimeInterval?
    /// The ways before this one, where this is a fallback; the last is the one that was left for it.
    public var tried: [Way]
    /// The delivery that this one stands in for by another way.
    public var fallbackOf: Int64?
    /// Its next way has been taken, or there is none.
    public var fellBack: Bool
    /// How many earlier deliveries of its conversation it stands for: those that name it as their successor, and those
    /// that those stood for.
    public var replaces: Int
    /// The events of those that it replaces, oldest first: of the newest 20.
    public var earlier: [StoredEvent]
    /// Newer ones of its conversation are due, and wait for it.
    public var isOvertaken: Bool
    /// Its incident was ended by a later event than its own. Only looked at where an attempt was made, or the delivery has
    /// been due for over 30 s.
    public var ended: Ended?
    /// Where `ended` is there, and of what is owed: something of its conversation was delivered, or may have been.
    public var wasTold: Bool
    public var origin: Origin
    /// The subscription by which they hear of it; nil where they were named.
    public var subscription: String?
    /// Where its conversation began, and goes on; nil where it has not begun.
    public var thread: ThreadRoot?
    /// Of a correction: the event of the broadcast that it corrects.
    public var corrected: StoredEvent?
    /// What was held and is said by it, one entry for each incident, the most urgent and newest first; at most
    /// `DeliveryReader.digestLimit`. Of a digest; or of a message about an incident that others waited for.
    public var digest: [DigestItem]
    /// How many incidents more there are than `digest` has.
    public var digestMore: Int
    /// When `isOvertaken`, `ended` and `wasTold` were read; of one that is fresh from intake, `created`.
    public var asOf: Date

    public init(
        id: Int64, token: String, event: StoredEvent, lane: String, channel: String, kind: ChannelKind, address: String,
        recipient: String, for entry: String, routes: [String], template: String, language: String? = nil, timezone: String? = nil,
        isUrgent: Bool = false, priority: Int, due: Date, expires: Date? = nil, attempts: Int = 0, unknowns: Int = 0,
        firstAttempt: Date? = nil, isFirst: Bool = true, created: Date, retryFor: TimeInterval? = nil, tried: [Way] = [],
        fallbackOf: Int64? = nil, fellBack: Bool = false, replaces: Int = 0, earlier: [StoredEvent] = [], isOvertaken: Bool = false,
        ended: Ended? = nil, wasTold: Bool = false, origin: Origin = .route, subscription: String? = nil,
        thread: ThreadRoot? = nil, digest: [DigestItem] = [], digestMore: Int = 0,
        asOf: Date? = nil
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
        self.earlier = earlier
        self.isOvertaken = isOvertaken
        self.ended = ended
        self.wasTold = wasTold
        self.origin = origin
        self.subscription = subscription
        self.thread = thread
        self.digest = digest
        self.digestMore = digestMore
        self.asOf = asOf ?? created
    }

    /// Its own way.
    public var way: Way { Way(channel: channel, address: address) }
}

/// The end of an incident.
public struct Ended: Sendable, Equatable {
    /// `resolved` or `closed`.
    public var status: String
    /// When its status was last spoken of.
    public var at: Date

    public init(status: String, at: Date) {
        self.status = status
        self.at = at
    }
}

/// Where a conversation began.
public struct ThreadRoot: Sendable, Equatable {
    /// The peer's name for its first message: Slack's `CHANNEL:TS`.
    public var root: String?
    /// Mail: the subject of its first message.
    public var subject: String?

    public init(root: String? = nil, subject: String? = nil) {
        self.root = root
        self.subject = subject
    }
}
