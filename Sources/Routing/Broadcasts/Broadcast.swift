// A message that a communication lead sends to an audience.

import Foundation
import Incidents
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

        /// Nothing more of it is made, unless a correction is owed to somebody else.
        public var isOver: Bool { self == .sent || self == .refused || self == .expired || self == .stopped }
    }

    /// What the next part is about. Steps come in this order; those that do not apply are left out.
    public enum Step: String, Sendable, CaseIterable {
        /// Of a correction, or of one that was stopped: takes back what has not gone out.
        case withdrawing
        /// Of a correction: those whom the original reached.
        case correcting
        /// Channels, people, teams, roles.
        case named
        case subscribers
        case done
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
    public var isUrgent: Bool
    /// The broadcast that this one corrects.
    public var corrects: String?
    /// That one, then the one that it corrected in its turn, and so on.
    public var chain: [String]
    /// Who approved, refused or stopped it, and why.
    public var decidedBy: String?
    public var reason: String?
    /// When a waiting one expires, or a cooling one goes on.
    public var until: Date?
    /// When it began to go out.
    public var started: Date?
    /// How many addresses have been taken so far.
    public var reached: Int
    public var step: Step
    /// Where the next part begins: a place among those who are named, a subscription's, or a delivery's id.
    public var cursor: Int64
    /// Which of `chain` the step is at.
    public var level: Int
    /// Those who subscribed after this place came too late.
    public var lastSubscription: Int64
    /// Tells whether those who are named are still the same, so that `cursor` counts.
    public var namedDigest: Int64
    /// Whom routes told of it.
    public var routed: [Way]
    /// It was held when it came, and routes have not been asked yet.
    public var routesWait: Bool
    /// Approvers have been told; its author has been told of its end.
    public var isAnnounced: Bool

    public init(
        id: String, source: String, event: String, state: State, created: Date, by: String? = nil, audience: [String] = [],
        match: [String: JSONValue] = [:], incident: String? = nil, template: String? = nil, isUrgent: Bool = false, corrects: String? = nil,
        chain: [String] = [], decidedBy: String? = nil, reason: String? = nil, until: Date? = nil, started: Date? = nil, reached: Int = 0,
        step: Step = .named, cursor: Int64 = 0, level: Int = 0, lastSubscription: Int64 = 0, namedDigest: Int64 = 0, routed: [Way] = [],
        routesWait: Bool = false, isAnnounced: Bool = false
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
        self.isUrgent = isUrgent
        self.corrects = corrects
        self.chain = chain
        self.decidedBy = decidedBy
        self.reason = reason
        self.until = until
        self.started = started
        self.reached = reached
        self.step = step
        self.cursor = cursor
        self.level = level
        self.lastSubscription = lastSubscription
        self.namedDigest = namedDigest
        self.routed = routed
        self.routesWait = routesWait
        self.isAnnounced = isAnnounced
    }

    /// What a cooldown compares: the same audience in any order, narrowed in the same way.
    public var audienceKey: String {
        let names = audience.map { $0.lowercased() }.sorted().joined(separator: ", ")
        return match.isEmpty ? names : "\(names) \(JSONValue.object(match).text.lowercased())"
    }

    /// Stands among its deliveries' routes.
    public var routeName: String { "broadcast \(quoted(id))" }

    /// The urgency of its deliveries, as the ledger orders them: behind whatever is about an incident, however urgent it is
    /// itself, for there are many of them; an urgent one goes before those that are not.
    public func priority(on scale: SeverityScale) -> Int { scale.steps.count + (isUrgent ? 0 : 1) }

    /// Nothing more is to be done for it: it may be forgotten when its time has come.
    public var isSettled: Bool { state.isOver && step == .done }

    /// Goes to another step, at its beginning.
    mutating func turn(to step: Step) {
        self.step = step
        cursor = 0
        level = 0
    }

    /// What of one that is sent has not gone out, because it is held or waits for its turn, is taken back.
    public mutating func withdraw() { turn(to: .withdrawing) }

    /// Ends it before all is out: what has not gone out is taken back.
    public mutating func end(_ state: State, by: String?, reason: String?) {
        let hasBegun = started != nil
        self.state = state
        decidedBy = by
        self.reason = reason
        until = nil
        isAnnounced = false
        turn(to: hasBegun ? .withdrawing : .done)
    }
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
