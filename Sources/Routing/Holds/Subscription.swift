// A person's standing wish: what, by which channel, at once or as a digest.

import Foundation
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

    public init(
        id: String, who: Who, match: [String: JSONValue] = [:], via: String? = nil, cadence: Cadence = .immediate, from: Date? = nil,
        until: Date? = nil
    ) {
        self.id = id
        self.who = who
        self.match = match
        self.via = via
        self.cadence = cadence
        self.from = from
        self.until = until
    }

    public func isActive(at now: Date) -> Bool { (from.map { $0 <= now } ?? true) && (until.map { now < $0 } ?? true) }
}
