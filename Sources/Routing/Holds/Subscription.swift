// A standing wish of a person, or of an address that is not in routes.yaml: what, by which channel, at once or as a digest.

import Foundation
import Incidents
import JSON

/// A subscription, as the ledger keeps it.
public struct Subscription: Sendable, Equatable {
    public enum Who: Sendable, Hashable {
        /// Somebody in `people`.
        case person(String)
        case email(String)
        case sms(String)
    }

    public var id: String
    public var who: Who
    /// As in the event: member to value, or values.
    public var match: [String: JSONValue]
    /// A channel; nil: by their own `via`.
    public var via: String?
    public var cadence: Cadence
    public var from: Date?
    public var until: Date?
    /// The incident whose end is also this subscription's; that end is told.
    public var follows: String?
    /// The most messages that an address wants to hear; people have limits of their own.
    public var limit: ThrottleRule?
    /// Whoever reads at the address has said that they want to hear. People of routes.yaml need not.
    public var isConfirmed: Bool
    /// When it was made, or last asked for again; nil: before that was written down.
    public var made: Date?
    /// When the address was asked whether it wants to hear, oldest first. Kept until it is confirmed.
    public var asked: [Date]
    /// When it was left before it was confirmed: it is kept for a while, so that nobody is asked again and again.
    public var leftAt: Date?
    /// By what the code that confirms it is found; nil: it has none.
    public var mark: Int64?

    /// - Parameter isConfirmed: nil: as for whom it is: people are, addresses are not.
    public init(
        id: String, who: Who, match: [String: JSONValue] = [:], via: String? = nil, cadence: Cadence = .immediate, from: Date? = nil,
        until: Date? = nil, follows: String? = nil, limit: ThrottleRule? = nil, isConfirmed: Bool? = nil, made: Date? = nil,
        asked: [Date] = [], leftAt: Date? = nil, mark: Int64? = nil
    ) {
        self.id = id
        self.who = who
        self.match = match
        self.via = via
        self.cadence = cadence
        self.from = from
        self.until = until
        self.follows = follows
        self.limit = limit
        self.isConfirmed = isConfirmed ?? who.isPerson
        self.made = made
        self.asked = asked
        self.leftAt = leftAt
        self.mark = mark
    }

    /// Whether it counts by its dates. Nobody is told by one that is not confirmed, all the same.
    public func isActive(at now: Date) -> Bool {
        leftAt == nil && (from.map { $0 <= now } ?? true) && (until.map { now < $0 } ?? true) && !hasRunOut(at: now)
    }
}

extension Subscription {
    /// Seconds within which an address must confirm; afterwards it must subscribe again.
    public static let confirmWithin: TimeInterval = 7 * 86_400
    /// Seconds between two messages that ask an address.
    public static let askPause: TimeInterval = 600
    /// How often an address is asked without an answer, at most.
    public static let askLimit = 3

    /// What has become of it.
    public enum State: String, Sendable {
        case active
        /// Its address has to confirm it first.
        case unconfirmed
        /// It begins later.
        case planned
        case ended
    }

    public func state(at now: Date) -> State {
        if leftAt != nil || hasRunOut(at: now) || until.map({ $0 <= now }) ?? false { return .ended }
        if !isConfirmed { return .unconfirmed }
        return from.map { now < $0 } ?? false ? .planned : .active
    }

    /// Until when it can be confirmed; nil: it is, or need not be, or no time is set.
    public var confirmBy: Date? { isConfirmed ? nil : made?.addingTimeInterval(Self.confirmWithin) }

    /// Nobody confirmed it in time.
    func hasRunOut(at now: Date) -> Bool { confirmBy.map { $0 <= now } ?? false }

    /// When its row may go; nil: it stays until it is left, for subscriptions do not age out.
    public var keptUntil: Date? { confirmBy }
}

extension Subscription.Who {
    public var isPerson: Bool { if case .person = self { true } else { false } }

    /// As two of them are compared: mail addresses without regard to case.
    public var compared: Subscription.Who { if case .email(let address) = self { .email(address.lowercased()) } else { self } }

    /// The name or the address.
    public var text: String {
        switch self {
        case .person(let text), .email(let text), .sms(let text): text
        }
    }

    /// By which kind of channel an address is reached; nil: by the person's own.
    public var kind: ChannelKind? {
        switch self {
        case .person: nil
        case .email: .email
        case .sms: .sms
        }
    }

    /// Unlike any other: `person/ana`, `email/x@example.com`.
    public var key: String {
        switch compared {
        case .person(let name): "person/\(name)"
        case .email(let address): "email/\(address)"
        case .sms(let address): "sms/\(address)"
        }
    }
}
