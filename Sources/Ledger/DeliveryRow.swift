// Deliveries as `tocsin deliveries` lists them, and what to list.

import Foundation
import Incidents
import Routing

/// One delivery with its whole story.
public struct DeliveryRow: Sendable, Identifiable, Equatable {
    public var id: Int64
    public var token: String
    /// The event's id, its source, and its place in the ledger.
    public var event: String
    public var source: String
    public var sequence: Int64
    public var type: EventType
    public var incident: String?
    public var routes: [String]
    public var recipient: String
    public var `for`: String
    public var channel: String
    public var kind: ChannelKind
    public var address: String
    public var lane: String
    public var template: String
    public var language: String?
    public var timezone: String?
    public var isUrgent: Bool
    public var priority: Int
    public var state: DeliveryState
    public var reason: String?
    public var degraded: String?
    public var createdAt: Date
    public var dueAt: Date
    public var expiresAt: Date?
    public var deliveredAt: Date?
    /// It was dead, and an operator has put it aside: it is no longer listed under `dead`.
    public var droppedAt: Date?
    /// It waits for an earlier delivery of the same incident to the same address.
    public var isBlocked: Bool
    /// Oldest first.
    public var attempts: [AttemptRow]
    public var attemptCount: Int
    /// Of what was superseded.
    public var successor: Int64?
    public var digest: String?
    /// `confirmed` or `failed`, where a gateway reports back.
    public var receipt: String?
    /// The version of the configuration that it was planned with.
    public var config: String
    /// Why it was planned.
    public var origin: Origin = .route
    /// Why it waits, or waited, on purpose.
    public var hold: Hold.Kind?
    /// What it is, or was, released together with: `Hold.key`.
    public var holdKey: String?
    /// The silence that suppressed it.
    public var silence: String?
    /// When it left its hold.
    public var releasedAt: Date?
    /// How many were held, and are said by this one: they name it as their `digest`.
    public var containsCount: Int = 0
    /// The first `containsLimit` of those, oldest first.
    public var contains: [Int64] = []
    /// The earlier ones that this one stands for: they name it as their successor. Oldest first.
    public var replaced: [Int64] = []
    /// The delivery by another way that this one stands in for.
    public var insteadOf: RelatedDelivery?
    /// Those that stand in for this one by another way.
    public var fallbacks: [RelatedDelivery] = []

    /// Ids in `contains`, at most.
    public static let containsLimit = 1_000
}

/// Another delivery of the same event to the same person.
public struct RelatedDelivery: Sendable, Equatable {
    public var id: Int64
    public var channel: String
}

/// One attempt of a delivery.
public struct AttemptRow: Sendable, Equatable {
    public var at: Date
    public var milliseconds: Int
    public var outcome: String
    public var code: String?
    public var reason: String?
    public var detail: String?
    public var remoteID: String?
}

/// Which deliveries to list; all conditions hold together.
public struct DeliveryFilter: Sendable {
    public var incident: String?
    public var state: DeliveryState?
    /// What the list `dead` shows: `dead`, and `unknown` that stayed so, without those that were dropped.
    public var needsMending: Bool
    /// Made at that time or later.
    public var since: Date?
    public var channel: String?
    /// The event's id, of whatever source.
    public var event: String?
    public var limit: Int?
    public var newestFirst: Bool

    public init(
        incident: String? = nil, state: DeliveryState? = nil, needsMending: Bool = false, since: Date? = nil, channel: String? = nil,
        event: String? = nil, limit: Int? = nil, newestFirst: Bool = false
    ) {
        self.incident = incident
        self.state = state
        self.needsMending = needsMending
        self.since = since
        self.channel = channel
        self.event = event
        self.limit = limit
        self.newestFirst = newestFirst
    }
}

/// Which incidents to list, the latest changed first.
public struct IncidentFilter: Sendable {
    public var openOnly: Bool
    /// A canonical name.
    public var severity: String?
    public var limit: Int?

    public init(openOnly: Bool = false, severity: String? = nil, limit: Int? = nil) {
        self.openOnly = openOnly
        self.severity = severity
        self.limit = limit
    }
}

/// The ledger in figures.
public struct LedgerSummary: Sendable, Equatable {
    /// By state; dropped ones count as `dead` or `unknown` still.
    public var deliveries: [DeliveryState: Int] = [:]
    public var channels: [String: [DeliveryState: Int]] = [:]
    public var events = 0
    public var eventTypes: [String: Int] = [:]
    public var duplicates = 0
    public var stale = 0
    public var openIncidents = 0
    /// What the list `dead` shows.
    public var needsMending = 0
    /// Pending or retrying, and due by now: also those that wait for a predecessor.
    /// Of very many, `LedgerStore.dueBound`.
    public var undeliveredDue = 0
    /// There are more than were counted.
    public var isDueMore = false
    /// The due time of the one that has waited longest.
    public var oldestDue: Date?
    /// The next time at which something that waits falls due.
    public var nextDue: Date?
    /// How many deliveries went on by another channel, by the one that was left.
    public var fallbacks: [String: Int] = [:]
    public var pauses: [Pause] = []
    /// As the router said last; good while it runs.
    public var destinations: [DestinationState] = []
    /// The files of the configuration are not what is in force.
    public var reloadRefused: ReloadRefusal?

    public init() {}
}
