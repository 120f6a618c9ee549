// What a decision may ask about everything beside its incident. The ledger answers inside the transaction; `explain` and
// scenarios answer from the same tables, and tests from memory. Asked only where it matters: most events ask nothing.

import Foundation
import Incidents

/// What is known of other deliveries, silences and wishes at the moment of a decision.
public protocol Surroundings {
    /// Those whose end has not been told yet. `revision` changes with every change of any of them.
    var silences: Standing<Silence> { get throws }
    /// All of them.
    var subscriptions: SubscriptionBook { get throws }
    /// Every address that was told of the incident, or is being told: an accepted or unknown attempt, a digest that held
    /// it, or a delivery that is still to be made or held.
    func told(of incident: String) throws -> [ToldAddress]
    /// The times of the newest deliveries to an address that count towards a throttle, newest first.
    func throttled(channel: String, address: String, since: Date, limit: Int) throws -> [Date]
    /// The same of those that count towards the limit of whoever hears.
    func limited(channel: String, address: String, since: Date, limit: Int) throws -> [Date]
    /// What is held at an address under a key, and when something of it was last released.
    func held(channel: String, address: String, key: String) throws -> HeldState
    /// Open incidents of these services (in lower case) at or above a severity, oldest first.
    func openIncidents(services: [String], atLeast rank: Int) throws -> [OpenIncident]
    /// Open incidents, the most urgent first, of those the one that was touched last.
    func openIncidents(limit: Int) throws -> [Incident]
    /// Whether everything that the incident's newest escalation step sent was refused for good, or expired.
    func stepFailed(of incident: String) throws -> Bool
    /// Whom a silence kept from hearing of an incident that is still open.
    func kept(by silence: String) throws -> [KeptAddress]
    /// Those that have not ended.
    var absences: Standing<Absence> { get throws }
    /// Those that have not ended.
    var snoozes: Standing<Snooze> { get throws }
    /// Until when those who are snoozed do not want to hear, by `Who.compared`: the same as `snoozes`, not built anew for every event.
    var snoozedUntil: [Subscription.Who: Date] { get throws }
    /// What is known against an address.
    func block(kind: ChannelKind, address: String) throws -> AddressBlock?
    /// Whether a subscription has not been ended.
    func isStanding(subscription id: String) throws -> Bool
    /// Whether one address was told of an incident, or is being told.
    func wasTold(of incident: String, channel: String, address: String) throws -> Bool
    func broadcast(_ id: String) throws -> Broadcast?
    /// What is known of a monitor that must be heard of.
    func monitor(_ name: String) throws -> Monitor?
    /// How Tocsin is; asked at a heartbeat alone.
    func vitalSigns(now: Date) throws -> VitalSigns
    /// The newest one to an audience (`Broadcast.audienceKey`) that went out, or is going out.
    func lastBroadcast(to audience: String) throws -> Broadcast?
    /// The next `limit` deliveries of a broadcast's event, ascending from behind the id `after`, whatever became of them.
    func deliveries(of broadcast: Broadcast, after: Int64, limit: Int) throws -> [BroadcastDelivery]
    /// The event that brought a broadcast; nil where it is not kept any more.
    func news(of broadcast: Broadcast) throws -> BroadcastNews?
    /// The next `limit` subscriptions, each with its place, ascending from behind the place `after`. A place stays for as long
    /// as its subscription.
    func subscriptions(after: Int64, limit: Int) throws -> [(place: Int64, subscription: Subscription)]
    /// The place of the newest subscription; 0: there is none.
    var lastSubscription: Int64 { get throws }
}

/// Where nothing is known.
extension Surroundings {
    public func openIncidents(limit: Int) throws -> [Incident] { [] }
    public var absences: Standing<Absence> { get throws { Standing() } }
    public var snoozes: Standing<Snooze> { get throws { Standing() } }
    public var snoozedUntil: [Subscription.Who: Date] { get throws { Snooze.untils(try snoozes.elements) } }
    /// Where the two are not told apart.
    public func limited(channel: String, address: String, since: Date, limit: Int) throws -> [Date] {
        try throttled(channel: channel, address: address, since: since, limit: limit)
    }
    public func block(kind: ChannelKind, address: String) throws -> AddressBlock? { nil }
    public func isStanding(subscription id: String) throws -> Bool { try subscriptions.elements.contains { $0.id == id } }
    public func wasTold(of incident: String, channel: String, address: String) throws -> Bool {
        try told(of: incident).contains {
            $0.channel == channel
                && AddressBlock.compared($0.address, $0.kind) == AddressBlock.compared(address, $0.kind)
        }
    }
    public func broadcast(_ id: String) throws -> Broadcast? { nil }
    public func monitor(_ name: String) throws -> Monitor? { nil }
    public func vitalSigns(now: Date) throws -> VitalSigns { VitalSigns() }
    public func lastBroadcast(to audience: String) throws -> Broadcast? { nil }
    public func deliveries(of broadcast: Broadcast, after: Int64, limit: Int) throws -> [BroadcastDelivery] { [] }
    public func news(of broadcast: Broadcast) throws -> BroadcastNews? { nil }
    public func subscriptions(after: Int64, limit: Int) throws -> [(place: Int64, subscription: Subscription)] {
        let all = try subscriptions.elements
        let start = min(max(Int(after), 0), all.count)
        return all[start...].prefix(limit).enumerated().map { (Int64(start + $0.offset + 1), $0.element) }
    }
    public var lastSubscription: Int64 { get throws { Int64(try subscriptions.elements.count) } }
}

/// Things that stand until somebody changes them.
public struct Standing<Element: Sendable>: Sendable {
    public var elements: [Element]
    /// Changes with every change.
    public var revision: Int64

    public init(_ elements: [Element] = [], revision: Int64 = 0) {
        self.elements = elements
        self.revision = revision
    }
}

/// An address that was told of an incident.
public struct ToldAddress: Sendable, Equatable {
    public enum State: Sendable, Equatable {
        /// Accepted, possibly accepted, or in a digest that was.
        case heard
        /// Still to be made.
        case underWay
        /// Held: a digest will say what has become of it.
        case held
    }

    public var channel: String
    public var kind: ChannelKind
    public var address: String
    public var recipient: String
    public var `for`: String
    public var language: String?
    public var timezone: String?
    /// The best of its deliveries.
    public var state: State
    /// The subscriptions by which alone they heard; empty: they were named.
    public var subscriptions: [String]

    public init(
        channel: String, kind: ChannelKind, address: String, recipient: String, for entry: String, language: String? = nil,
        timezone: String? = nil, state: State, subscriptions: [String] = []
    ) {
        self.channel = channel
        self.kind = kind
        self.address = address
        self.recipient = recipient
        self.for = entry
        self.language = language
        self.timezone = timezone
        self.state = state
        self.subscriptions = subscriptions
    }
}

/// What is held at one address under one key.
public struct HeldState: Sendable, Equatable {
    /// When what is held now is released; nil: nothing is.
    public var opensAt: Date?
    /// When something was last released, or was to be.
    public var lastReleased: Date?

    public init(opensAt: Date? = nil, lastReleased: Date? = nil) {
        self.opensAt = opensAt
        self.lastReleased = lastReleased
    }
}

/// An incident that is open.
public struct OpenIncident: Sendable, Equatable {
    public var id: String
    public var service: String
    /// The severity's name, as it was judged.
    public var severity: String?

    public init(id: String, service: String, severity: String?) {
        self.id = id
        self.service = service
        self.severity = severity
    }
}

/// An address that a silence kept from hearing of an incident.
public struct KeptAddress: Sendable, Equatable {
    public var incident: String
    public var address: ToldAddress

    public init(incident: String, address: ToldAddress) {
        self.incident = incident
        self.address = address
    }
}

/// Nothing else is known.
public struct NoSurroundings: Surroundings, Sendable {
    public init() {}

    public var silences: Standing<Silence> { Standing() }
    public var subscriptions: SubscriptionBook { SubscriptionBook() }
    public func told(of incident: String) -> [ToldAddress] { [] }
    public func throttled(channel: String, address: String, since: Date, limit: Int) -> [Date] { [] }
    public func held(channel: String, address: String, key: String) -> HeldState { HeldState() }
    public func openIncidents(services: [String], atLeast rank: Int) -> [OpenIncident] { [] }
    public func stepFailed(of incident: String) -> Bool { false }
    public func kept(by silence: String) -> [KeptAddress] { [] }
}
