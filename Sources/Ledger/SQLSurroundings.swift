// What a decision may ask about everything beside its incident, answered from the tables. Each answer is a look into an
// index; an event that asks nothing costs nothing.

import Foundation
import GRDB
import Incidents
import Routing

/// Surroundings as they are at one moment: inside the writer's transaction, or at one read. Not to be kept.
final class SQLSurroundings: Surroundings {
    let database: Database
    /// With what this transaction has changed.
    private(set) var memory: WriterMemory

    init(_ database: Database, memory: WriterMemory = WriterMemory()) {
        self.database = database
        self.memory = memory
    }

    /// Whoever heard of an incident only by a broadcast to more addresses than this is owed no end of it.
    static let owedByBroadcast = 200
    /// Open incidents of the services that one asks for, at most.
    static let openLimit = 100

    var silences: Standing<Silence> { get throws { try memory.silences(database) } }
    var subscriptions: SubscriptionBook { get throws { try memory.subscriptions(database) } }
    var snoozes: Standing<Snooze> { get throws { try memory.snoozes(database) } }
    var snoozedUntil: [Subscription.Who: Date] { get throws { try memory.snoozedUntil(database) } }
    var absences: Standing<Absence> { get throws { try memory.absences(database) } }

    func block(kind: ChannelKind, address: String) throws -> AddressBlock? {
        guard try memory.hasBlocks(database) else { return nil }
        return try BlockTable.block(kind, address, database)
    }

    func monitor(_ name: String) throws -> Monitor? { try MonitorTable.monitor(name, database) }

    func vitalSigns(now: Date) throws -> VitalSigns { try LedgerStore.vitalSigns(database, now: now) }

    func isStanding(subscription id: String) throws -> Bool {
        try database.has("SELECT 1 FROM subscriptions WHERE id = ?", [id])
    }

    func told(of incident: String) throws -> [ToldAddress] {
        var found = ToldAddresses()
        try database.each(Self.told, [incident]) { row in
            if let state = Self.state(row) { found.add(try ToldAddress(row, state: state), key: incident, by: Self.why(row)) }
            return true
        }
        return found.all.map(\.address)
    }

    func wasTold(of incident: String, channel: String, address: String) throws -> Bool {
        try database.has(Self.wasTold, [incident, channel, address])
    }

    func throttled(channel: String, address: String, since: Date, limit: Int) throws -> [Date] {
        try times(Self.throttled, [channel, address, since.microseconds, limit])
    }

    func limited(channel: String, address: String, since: Date, limit: Int) throws -> [Date] {
        try times(Self.limited, [channel, address, since.microseconds, limit])
    }

    private func times(_ sql: String, _ values: [(any Bindable)?]) throws -> [Date] {
        var times: [Date] = []
        try database.each(sql, values) { row in
            row.date(0).map { times.append($0) }
            return true
        }
        return times
    }

    func held(channel: String, address: String, key: String) throws -> HeldState {
        HeldState(
            opensAt: try database.first(Self.opens, [key, channel, address]) { $0.date(0) },
            lastReleased: try database.first(Self.lastReleased, [channel, address, key]) { $0.date(0) })
    }

    func openIncidents(services: [String], atLeast rank: Int) throws -> [OpenIncident] {
        var found: [(place: Int64, incident: OpenIncident)] = []
        for service in Set(services.map { $0.lowercased() }) {
            try database.each(Self.open, [service, rank, Self.openLimit]) { row in
                if let place = row.int64(0), let id = row.text(1) {
                    found.append((place, OpenIncident(id: id, service: service, severity: row.text(2))))
                }
                return true
            }
        }
        return found.sorted { $0.place < $1.place }.map(\.incident)
    }

    func openIncidents(limit: Int) throws -> [Incident] {
        var found: [Incident] = []
        try database.each(Self.mostUrgent, [limit]) { row in
            // One that cannot be read is named by `verify`, and does not keep the others back.
            if let incident = try? Incident(row: row) { found.append(incident) }
            return true
        }
        return found
    }

    func stepFailed(of incident: String) throws -> Bool { try OutcomeTransaction.stepFailed(of: incident, database) }

    func kept(by silence: String) throws -> [KeptAddress] {
        var found = ToldAddresses()
        let started = try silences.elements.first { $0.id == silence }?.from ?? .distantPast
        try database.each(Self.kept, [silence, started.microseconds]) { row in
            // What its state says of an address that was kept from hearing is not looked at.
            if let incident = row.text(10) { found.add(try ToldAddress(row, state: .held), key: incident) }
            return true
        }
        return found.all.map { KeptAddress(incident: $0.key, address: $0.address) }
    }

    /// Why they were told: by a subscription, or because they were named. What follows from an earlier message says nothing.
    private static func why(_ row: Columns) -> ToldAddresses.Why {
        if let subscription = row.text(11) {
            // Others of theirs may have asked for it, too.
            return .subscriptions([subscription] + ((try? row.words(13)) ?? []).compactMap(Subscription.id(ofRoute:)))
        }
        switch row.text(12).flatMap(Origin.init(rawValue:)) {
        case .owed, .stillOpen, .digest, .reminder, .toldSeverity: return .nothing
        default: return .named
        }
    }

    /// What a delivery says of its address; nil: nothing.
    private static func state(_ row: Columns) -> ToldAddress.State? {
        if row.flag(8) { return .heard }
        switch row.text(7).flatMap(DeliveryState.init(rawValue:)) {
        case .delivered, .unknown: return .heard
        case .pending, .retrying: return .underWay
        // In a digest that is on its way.
        case .held: return row.flag(9) ? .underWay : .held
        default: return nil
        }
    }

    private static let address = """
        d.channel, d.kind, d.address, d.recipient, d.entry, d.language, d.timezone, d.state, d.unknowns > 0, d.digest IS NOT NULL, d.incident, \
        d.subscription, d.origin, d.routes
        """
    private static let told = """
        SELECT \(address) FROM deliveries d INDEXED BY deliveries_incident
        WHERE d.incident = ? AND d.template NOT IN ('ping', 'operations')
        AND (d.origin <> 'broadcast' OR d.event IN (SELECT event FROM broadcasts WHERE reached <= \(owedByBroadcast))) ORDER BY d.id
        """
    /// One conversation of `told`; of mail addresses with regard to no case.
    private static let wasTold = """
        SELECT 1 FROM deliveries d INDEXED BY deliveries_incident
        WHERE d.incident = ?1 AND d.channel = ?2 AND (d.address = ?3 OR d.kind = 'email' AND d.address = ?3 COLLATE NOCASE)
        AND (d.unknowns > 0 OR d.state IN ('delivered', 'unknown', 'pending', 'retrying', 'held'))
        AND d.template NOT IN ('ping', 'operations')
        AND (d.origin <> 'broadcast' OR d.event IN (SELECT event FROM broadcasts WHERE reached <= \(owedByBroadcast))) LIMIT 1
        """
    private static let kept = """
        SELECT \(address) FROM deliveries d INDEXED BY deliveries_silence JOIN incidents i ON i.id = d.incident AND i.is_open = 1
        WHERE d.silence = ? AND d.silence IS NOT NULL AND d.state = 'suppressed' AND d.created >= ? ORDER BY d.id
        """
    private static let throttled = """
        SELECT created FROM deliveries INDEXED BY deliveries_throttled
        WHERE \(LedgerSchema.throttled) AND channel = ? AND address = ? AND created >= ? ORDER BY created DESC LIMIT ?
        """
    private static let limited = """
        SELECT created FROM deliveries INDEXED BY deliveries_limited
        WHERE \(LedgerSchema.limited) AND channel = ? AND address = ? AND created >= ? ORDER BY created DESC LIMIT ?
        """
    private static let opens = """
        SELECT due FROM deliveries INDEXED BY deliveries_held
        WHERE hold_key = ? AND channel = ? AND address = ? AND \(LedgerSchema.held) ORDER BY due LIMIT 1
        """
    private static let lastReleased = """
        SELECT released FROM deliveries INDEXED BY deliveries_released
        WHERE channel = ? AND address = ? AND hold_key = ? AND released IS NOT NULL ORDER BY released DESC LIMIT 1
        """
    /// Looks at every open incident, and at no other: asked at a hand-over alone.
    private static let mostUrgent = """
        SELECT state FROM incidents INDEXED BY incidents_open WHERE is_open = 1 ORDER BY rank IS NULL, rank, updated DESC LIMIT ?
        """
    private static let open = """
        SELECT rowid, id, judged FROM incidents INDEXED BY incidents_service
        WHERE open_service = ? AND open_service IS NOT NULL AND rank <= ? ORDER BY rowid LIMIT ?
        """
}

/// Addresses in the order in which they were first found, each with the best of its states and what was last known of it.
private struct ToldAddresses {
    private struct Key: Hashable {
        var key: String
        var channel: String
        var address: String
    }

    /// What one delivery says of why its address was told.
    enum Why {
        case subscriptions([String])
        case named
        case nothing
    }

    private(set) var all: [(key: String, address: ToldAddress)] = []
    /// Those that were named.
    private var named: Set<Int> = []
    private var places: [Key: Int] = [:]

    mutating func add(_ told: ToldAddress, key: String, by why: Why = .named) {
        let index = merge(told, key: key)
        switch why {
        case .nothing: break
        case .named:
            named.insert(index)
            all[index].address.subscriptions = []
        case .subscriptions(let ids):
            for id in ids where !named.contains(index) && !all[index].address.subscriptions.contains(id) {
                all[index].address.subscriptions.append(id)
            }
        }
    }

    private mutating func merge(_ told: ToldAddress, key: String) -> Int {
        let place = Key(key: key, channel: told.channel, address: told.address)
        guard let index = places[place] else {
            places[place] = all.count
            all.append((key, told))
            return all.count - 1
        }
        var told = told
        if all[index].address.state.rank < told.state.rank { told.state = all[index].address.state }
        told.subscriptions = all[index].address.subscriptions
        all[index].address = told
        return index
    }
}

extension ToldAddress {
    /// Whose first columns are those of an address.
    init(_ row: Columns, state: State) throws {
        self.init(
            channel: try row.need(row.text(0), "a channel"),
            kind: try row.need(row.text(1).flatMap(ChannelKind.init(rawValue:)), "the kind of a channel"),
            address: try row.need(row.text(2), "an address"), recipient: row.text(3) ?? "", for: row.text(4) ?? "", language: row.text(5),
            timezone: row.text(6), state: state)
    }
}

extension ToldAddress.State {
    /// The lower the better.
    fileprivate var rank: Int {
        switch self {
        case .heard: 0
        case .underWay: 1
        case .held: 2
        }
    }
}
