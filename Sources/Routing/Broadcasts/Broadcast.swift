// A message that a communication lead sends to an audience.

import Foundation
import JSON

/// A broadcast, as the ledger keeps it. Its message is the event's.
public struct Broadcast: Sendable, Equatable {
    public enum State: String, Sendable, CaseIterable {
        /// Waits for an approval.
        case waiting
        /// Waits because one to the same audience went out a moment ago.
        case cooling
        /// Is being handed over, some addresses at a time.
        case sending
        /// All its deliveries are made (which says nothing of what became of them).
        case sent
        case refused
        /// Nobody approved it in time.
        case expired
        /// Stopped in mid-flight, or before.
        case stopped
    }

    public var id: String
    /// The event that brought it: source and id.
    public var source: String
    public var event: String
    public var state: State
    public var created: Date
    public var by: String?
    /// Entries as in `to`, as written.
    public var audience: [String]
    /// As in the event: who of `subscribers` is meant.
    public var match: [String: JSONValue]
    public var incident: String?
    public var template: String?
    /// The broadcast that this one corrects.
    public var corrects: String?
    /// Who approved, refused or stopped it, and why.
    public var decidedBy: String?
    public var reason: String?
    /// When a waiting one expires, or a cooling one goes on.
    public var until: Date?
    /// How many addresses have been taken so far.
    public var reached: Int
    /// Where the next part begins.
    public var cursor: Int64
    /// Approvers have been told; its author has been told of its end.
    public var isAnnounced: Bool

    public init(
        id: String, source: String, event: String, state: State, created: Date, by: String? = nil, audience: [String] = [],
        match: [String: JSONValue] = [:], incident: String? = nil, template: String? = nil, corrects: String? = nil,
        decidedBy: String? = nil, reason: String? = nil, until: Date? = nil, reached: Int = 0, cursor: Int64 = 0, isAnnounced: Bool = false
    ) {
        self.id = id
        self.source = source
        self.event = event
        self.state = state
        self.created = created
        self.by = by
        self.audience = audience
        self.match = match
        self.incident = incident
        self.template = template
        self.corrects = corrects
        self.decidedBy = decidedBy
        self.reason = reason
        self.until = until
        self.reached = reached
        self.cursor = cursor
        self.isAnnounced = isAnnounced
    }

    /// What a cooldown compares: the same audience in any order.
    public var audienceKey: String { audience.map { $0.lowercased() }.sorted().joined(separator: ", ") }
}

/// The section `broadcasts`.
public struct BroadcastRules: Sendable, Equatable {
    /// More addresses than this need an approval; nil: none does.
    public var approveOver: Int?
    /// People or rotations.
    public var approvers: [String]
    /// Seconds between two to the same audience.
    public var cooldown: TimeInterval
    /// Seconds for which one waits for an approval.
    public var approveWithin: TimeInterval

    public init(approveOver: Int? = nil, approvers: [String] = [], cooldown: TimeInterval = 0, approveWithin: TimeInterval = 86_400) {
        self.approveOver = approveOver
        self.approvers = approvers
        self.cooldown = cooldown
        self.approveWithin = approveWithin
    }
}
