// What is to become of a planned delivery: sent, held, or kept back for good, and why.

import Foundation

/// Why a delivery was planned.
public enum Origin: String, Sendable, CaseIterable {
    case route
    case subscription
    /// A step of an escalation policy.
    case step
    /// An end, or a reopening, that is owed to whoever heard of the incident; no route asked for it.
    case owed
    /// A silence that kept it from them has ended.
    case stillOpen = "still_open"
    /// The clock's word to one person: a reminder, the end of a silence.
    case reminder
    /// An automatic status report.
    case report
    /// A digest of what was held.
    case digest
    /// What is theirs now, or is not any more: an assignee, a communication lead, who is on duty.
    case responsibility
    case broadcast
    /// Asks an address whether it wants to hear.
    case confirmation
    /// An incident's own channel.
    case room
    /// They were told of the incident, and a person judges it otherwise now.
    case toldSeverity = "told_severity"
}

/// What is to become of a planned delivery.
public indirect enum Intent: Sendable, Equatable {
    case send
    case hold(Hold)
    case suppress(Suppression)
    /// Recorded, and not sent: something newer has overtaken it already. The text says what.
    case supersede(String)
}

/// A delivery that waits on purpose.
public struct Hold: Sendable, Equatable {
    public enum Kind: String, Sendable, CaseIterable {
        case quietHours = "quiet_hours"
        /// A subscription's cadence.
        case digest
        case group
        case throttle
        /// Until the next message about the incident of a service that this one needs.
        case dependency
        /// Late events of one time are gathered.
        case late
        /// A person does not want to hear for a while.
        case snooze
        /// More than a person wants to hear.
        case limit
    }

    public var kind: Kind
    /// What is released together at one address: empty for the common digest, else what it is gathered by. Those of kind
    /// `dependency` have `dependency/INCIDENT`, those of a group `group/ROUTE/VALUES`, late ones `late`.
    public var key: String
    public var until: Date
    /// For people: `quiet hours of duty-engineer until 07:00 (Asia/Kolkata)`.
    public var reason: String

    public init(kind: Kind, key: String = "", until: Date, reason: String) {
        self.kind = kind
        self.key = key
        self.until = until
        self.reason = reason
    }
}

/// A delivery that is kept back for good.
public struct Suppression: Sendable, Equatable {
    /// For people: `silence x1 of service-owner until 06:00: maintenance`.
    public var reason: String
    /// The silence that did it.
    public var silence: String?

    public init(reason: String, silence: String? = nil) {
        self.reason = reason
        self.silence = silence
    }
}

/// Who is told of an event whatever the routes say.
public struct Directed: Sendable {
    public enum Whom: Sendable {
        case entry(RecipientEntry)
        /// Somebody who was told before, by the same way.
        case told(ToldAddress)
    }

    public var whom: Whom
    public var origin: Origin
    /// Stands among the delivery's routes, for instance `escalation.default step 2`.
    public var name: String
    /// The event's type where nil.
    public var template: String?
    public var isUrgent: Bool
    /// The subscription that it is about, or comes by.
    public var subscription: String?
    /// Seconds after which it is not worth sending any more.
    public var expire: TimeInterval?

    public init(
        _ whom: Whom, origin: Origin, name: String, template: String? = nil, isUrgent: Bool = false, subscription: String? = nil,
        expire: TimeInterval? = nil
    ) {
        self.expire = expire
        self.subscription = subscription
        self.whom = whom
        self.origin = origin
        self.name = name
        self.template = template
        self.isUrgent = isUrgent
    }
}
