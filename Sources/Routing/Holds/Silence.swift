// A filter that keeps messages back for a while, with an owner, a reason and an end.

import Foundation
import JSON

/// A silence, as the ledger keeps it.
public struct Silence: Sendable, Equatable {
    public var id: String
    /// As in the event: member to value, or values.
    public var match: [String: JSONValue]
    public var from: Date
    public var until: Date
    public var reason: String?
    /// Its owner: a person's name, or whatever the event said.
    public var by: String?
    /// When it was ended before its time, or ran out and that was told.
    public var endedAt: Date?
    /// When its owner was told that it is about to end.
    public var announcedAt: Date?
    /// It has ended, and whoever was to hear of that was told.
    public var isSettled: Bool

    public init(
        id: String, match: [String: JSONValue], from: Date, until: Date, reason: String? = nil, by: String? = nil, endedAt: Date? = nil,
        announcedAt: Date? = nil, isSettled: Bool = false
    ) {
        self.id = id
        self.match = match
        self.from = from
        self.until = until
        self.reason = reason
        self.by = by
        self.endedAt = endedAt
        self.announcedAt = announcedAt
        self.isSettled = isSettled
    }

    public func isActive(at now: Date) -> Bool { endedAt == nil && from <= now && now < until }
}
