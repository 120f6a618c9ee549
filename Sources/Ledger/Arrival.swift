// What comes in to be written, and what is answered.

import Foundation
import Incidents
import Routing

/// One event that arrived, with the decision still to be made.
public struct Arrival: Sendable {
    public var event: Event
    /// SHA-256 of the canonical content, in hexadecimal: what tells a duplicate from a conflict.
    public var digest: String
    public var receivedAt: Date
    /// The file that it came in.
    public var file: String?
    /// The version of the configuration that decides.
    public var configVersion: String
    /// Called inside the transaction, on the ledger's thread, with the incident as it is then (nil where it is unknown,
    /// and for events without one), and with what else is known then. Pure and quick; it may be called again when a batch
    /// is repeated. Throws only what the surroundings throw.
    public var decide: @Sendable (Incident?, any Surroundings) throws -> Decision

    public init(
        event: Event, digest: String, receivedAt: Date, file: String? = nil, configVersion: String,
        decide: @escaping @Sendable (Incident?, any Surroundings) throws -> Decision
    ) {
        self.event = event
        self.digest = digest
        self.receivedAt = receivedAt
        self.file = file
        self.configVersion = configVersion
        self.decide = decide
    }
}

/// What follows from one event.
public struct Decision: Sendable {
    /// Nil for events without an incident.
    public var application: Application?
    public var plan: Plan
    /// The lane of each planned delivery, in their order. Where one is missing, the channel's name stands in.
    public var lanes: [String]
    /// The event is not accepted after all: nothing is written.
    public var rejection: Rejection?
    /// The incident's severity as it was judged; nil: the incident's own member.
    public var severity: String?
    /// The rank of that severity, by which open incidents are found; 0 is the most urgent. Nil: they are not found by it.
    public var severityRank: Int?
    /// When the clock is to look at the incident again; nil: never. Kept in the incident's `alarm` as well.
    public var alarm: Alarm?
    /// What the event does to the standing wishes.
    public var changes: [StandingChange]
    /// An event of the clock's that is not due any more: nothing is written, but for the alarm.
    public var isVoid: Bool
    /// For the figures of incidents.
    public var measures: [Measure]
    /// The monitors whose sign of life it is, also where it is known already or moves nothing.
    public var heard: [String]

    public init(
        application: Application?, plan: Plan = Plan(), lanes: [String] = [], rejection: Rejection? = nil, severity: String? = nil,
        severityRank: Int? = nil, alarm: Alarm? = nil, changes: [StandingChange] = [], isVoid: Bool = false, measures: [Measure] = [],
        heard: [String] = []
    ) {
        self.application = application
        self.plan = plan
        self.lanes = lanes
        self.rejection = rejection
        self.severity = severity
        self.severityRank = severityRank
        self.alarm = alarm
        self.changes = changes
        self.isVoid = isVoid
        self.measures = measures
        self.heard = heard
    }
}

/// A change of what stands until somebody changes it.
public enum StandingChange: Sendable, Equatable {
    /// Starts a silence, or replaces the one of the same id; with the alarm for its end.
    case silence(Silence, alarm: Alarm?)
    /// Starts a subscription, or replaces the one of the same id.
    case subscribe(Subscription)
    /// Ends subscriptions by their ids, because they were left: what waits because of them is not told.
    case unsubscribe(ids: [String])
    /// Ends subscriptions by their ids, because the incident that they follow has ended: what waits is told.
    case followed(ids: [String])
    case absence(Absence)
    case endAbsence(id: String)
    case snooze(Snooze)
    case endSnooze(Subscription.Who)
    /// Keeps what is known against an address; with an alarm where its owner is to hear of it.
    case block(AddressBlock, alarm: Alarm?, sparing: Set<String> = [])
    /// Nothing is held against an address any more.
    case unblock(kind: ChannelKind, address: String)
    /// Keeps a broadcast; `alarm`: when it goes on.
    case broadcast(Broadcast, alarm: Alarm?)
    /// Its silence was told, or has ended.
    case monitor(Monitor)
    /// It is not watched any more.
    case forgetMonitor(String)
}

/// What became of one arrival.
public enum Receipt: Sendable {
    /// Committed. `deliveries` are those of its `planned` ones that are ready now: due, and blocked by none before them; what is
    /// held, suppressed or superseded at once is not among them.
    /// `raised` are heads that its blocked ones lent their urgency to.
    case accepted(sequence: Int64, stale: Bool, deliveries: [QueuedDelivery], planned: Int, raised: [RaisedHead])
    /// Known already, with the same content: counted, without effect. An event of the clock's that is not due any more
    /// (`Decision.isVoid`) gives the same answer, and is not counted.
    case duplicate
    /// Nothing was written.
    case rejected(Rejection)
    /// One part of a broadcast, committed. `deliveries` are ready now; `aside` are those of it that are held, or were kept
    /// back; `withdrawn` do not go out any more, unless they are under way already.
    case handedOver(deliveries: [QueuedDelivery], aside: [Int64], withdrawn: [Int64], raised: [RaisedHead])
}

/// The head of a conversation, made as urgent as what waits behind it.
public struct RaisedHead: Sendable, Equatable {
    public var id: Int64
    public var lane: String
    /// Severity rank: 0 goes first.
    public var priority: Int
    public var isUrgent: Bool

    public init(id: Int64, lane: String, priority: Int, isUrgent: Bool) {
        self.id = id
        self.lane = lane
        self.priority = priority
        self.isUrgent = isUrgent
    }
}
