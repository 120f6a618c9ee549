// Held deliveries that are due leave their hold, inside one transaction: each (channel, address, key) by itself, so that a
// damaged row keeps back only what it belongs to.

import Foundation
import GRDB
import Incidents
import JSON
import Routing

/// The work of one release.
struct ReleaseTransaction {
    private let database: Database
    private let now: Date
    var memory: WriterMemory
    private var tally = Tally()
    private var messages: [ReleasedMessage] = []
    private var raised: [RaisedHead] = []
    private var open: [Int64] = []

    init(_ database: Database, now: Date, memory: WriterMemory) {
        self.database = database
        self.now = now
        self.memory = memory
    }

    private struct Group: Hashable {
        var key: String
        var channel: String
        var address: String
    }

    private struct Row {
        var message: HeldMessage
        var routes: [UInt8]
        var isUrgent: Bool
        var priority: Int
        var subscription: String?
    }

    /// What could not be released is looked at again after so many seconds.
    static let patience: TimeInterval = 60

    static func isAnyDue(_ database: Database, now: Date, late: Bool) throws -> Bool {
        if late, try database.has(anyLate, [ReleasePlan.late]) { return true }
        return try database.has(anyDue, [now.microseconds])
    }

    mutating func run(late: Bool, limit: Int) throws -> Released {
        let (groups, isMore) = try groups(late: late, limit: limit)
        for group in groups {
            let before = self
            do {
                try database.inSavepoint {
                    try release(group, late: late)
                    return .commit
                }
            } catch  where LedgerError.isOfOneRow(error) {
                self = before
                let again = now.addingTimeInterval(Self.patience).microseconds
                try database.run(Self.postpone, [again, group.key, group.channel, group.address, horizon(group, late)])
            }
        }
        try tally.write(database)
        var reader = DeliveryReader(database, now: now)
        let ready: [QueuedDelivery] = try open.compactMap { id in
            do {
                return try reader.delivery(id)
            } catch is RowFault {
                return nil
            }
        }
        return Released(ready: ready, messages: messages, raised: raised, isMore: isMore)
    }

    /// The longest due first.
    private func groups(late: Bool, limit: Int) throws -> (groups: [Group], isMore: Bool) {
        var groups: [Group] = []
        var known: Set<Group> = []
        func add(_ row: Columns) -> Bool {
            let group = Group(key: row.text(0) ?? "", channel: row.text(1) ?? "", address: row.text(2) ?? "")
            if known.insert(group).inserted { groups.append(group) }
            return groups.count <= limit
        }
        if late { try database.each(Self.lateGroups, [ReleasePlan.late], add) }
        if groups.count <= limit { try database.each(Self.dueGroups, [now.microseconds], add) }
        return (Array(groups.prefix(limit)), groups.count > limit)
    }

    /// Late ones go whole.
    private func horizon(_ group: Group, _ late: Bool) -> Int64 { group.key == ReleasePlan.late ? .max : now.microseconds }

    private mutating func release(_ group: Group, late: Bool) throws {
        if group.key == ReleasePlan.late, !late, try waitsForMore(group) { return }
        var rows: [Int64: Row] = [:]
        try database.each(Self.rows, [group.key, group.channel, group.address, horizon(group, late)]) { row in
            let id = try row.need(row.int64(0), "the id of a delivery")
            let message = HeldMessage(
                id: id, event: row.int64(1) ?? 0, incident: row.text(2), hasEnded: row.flag(3), isOvertaken: row.flag(7))
            rows[id] = Row(
                message: message, routes: row.bytes(4) ?? [], isUrgent: row.flag(5), priority: row.int(6) ?? 0,
                subscription: row.text(8))
            return true
        }
        if rows.isEmpty { return }
        if group.key.hasPrefix("dependency/") { memory.hasDependents = nil }
        let plan = ReleasePlan(key: group.key, messages: rows.values.map(\.message))
        var overtaken: [Int64: [Int64]] = [:]
        for superseded in plan.superseded {
            try supersede(superseded, group)
            if let by = superseded.by { overtaken[by, default: []].append(superseded.id) }
        }
        for id in plan.alone {
            guard let row = rows[id] else { continue }
            try letGo(row, group)
            messages.append(ReleasedMessage(delivery: id, superseded: overtaken[id] ?? []))
        }
        if !plan.digest.isEmpty {
            let digest = try gather(plan.digest.compactMap { rows[$0] }, group)
            messages.append(ReleasedMessage(delivery: digest, contains: plan.digest, superseded: plan.superseded.map(\.id)))
        }
    }

    /// Late ones come in a run: they leave together, once no more have come for as long as the newest waits, or the first has
    /// waited for a minute.
    private func waitsForMore(_ group: Group) throws -> Bool {
        let run = try database.first(Self.lateRun, [group.key, group.channel, group.address]) { ($0.date(0), $0.date(1)) }
        guard let last = run?.0, let first = run?.1, last > now, now.timeIntervalSince(first) < Self.patience else { return false }
        try database.run(Self.postpone, [last.microseconds, group.key, group.channel, group.address, now.microseconds])
        return true
    }

    private mutating func supersede(_ superseded: ReleasePlan.Superseded, _ group: Group) throws {
        try database.run(Self.supersede, [superseded.reason, superseded.by, now.microseconds, superseded.id])
        if let by = superseded.by { try database.run("UPDATE deliveries SET replaces = replaces + 1 WHERE id = ?", [by]) }
        tally.move(channel: group.channel, from: DeliveryState.held.rawValue, to: DeliveryState.superseded.rawValue)
    }

    /// It goes out as itself, behind what is under way of its conversation.
    private mutating func letGo(_ row: Row, _ group: Group) throws {
        let id = row.message.id
        let conversation = row.message.incident.map { Conversation(incident: $0, channel: group.channel, address: group.address) }
        let place = try conversation?.place(priority: row.priority, isUrgent: row.isUrgent, database) ?? Conversation.Place()
        let at = now.microseconds
        try database.run(Self.letGo, [at, place.isBlocked, place.isFirst, at, id])
        tally.move(channel: group.channel, from: DeliveryState.held.rawValue, to: DeliveryState.pending.rawValue)
        if let head = place.raised { raised.append(head) }
        if !place.isBlocked { open.append(id) }
        if let incident = row.message.incident, try memory.hasDependents(database) {
            let fold = DependencyFold(parent: incident)
            _ = try fold.fold(into: id, channel: group.channel, address: group.address, database, now: now)
        }
    }

    /// Makes the digest of them; they name it.
    private mutating func gather(_ rows: [Row], _ group: Group) throws -> Int64 {
        guard let newest = rows.last else { throw RowFault(what: "a digest of nothing") }
        let first = newest.message.incident.map { Array($0.utf8) }
        let isOfOne = rows.allSatisfy { $0.message.incident.map { Array($0.utf8) } == first }
        let insertion = DeliveryInsertion(
            planned: try planned(rows, like: newest.message.id, group), lane: try lane(of: newest.message.id), event: newest.message.event,
            incident: isOfOne ? newest.message.incident : nil, created: now)
        let placed = try insertion.write(database, tally: &tally)
        for row in rows { try database.run(Self.gather, [String(placed.id), now.microseconds, row.message.id]) }
        try database.run("UPDATE deliveries SET contains = ? WHERE id = ?", [rows.count, placed.id])
        if let head = placed.raised { raised.append(head) }
        if !placed.isBlocked { open.append(placed.id) }
        return placed.id
    }

    private func planned(_ rows: [Row], like id: Int64, _ group: Group) throws -> PlannedDelivery {
        var routes: [String] = []
        var known: Set<[UInt8]> = []
        for row in rows where known.insert(row.routes).inserted {
            for name in try JSONValue.parse(bytes: row.routes, maximumDepth: 4).array?.compactMap(\.string) ?? []
            where !routes.contains(name) {
                routes.append(name)
            }
        }
        let planned = try database.first(Self.like, [id]) { row in
            PlannedDelivery(
                channel: group.channel, kind: try row.need(row.text(0).flatMap(ChannelKind.init(rawValue:)), "the kind of a channel"),
                address: group.address, recipient: row.text(1) ?? "", for: row.text(2) ?? "", routes: routes, template: "digest",
                language: row.text(3), timezone: row.text(4), isUrgent: rows.contains(where: \.isUrgent),
                priority: rows.map(\.priority).min() ?? 0, due: now, origin: .digest,
                // Whoever was named for any of it would still hear if they left.
                subscription: rows.allSatisfy { $0.subscription != nil } ? rows.first?.subscription : nil)
        }
        guard let planned else { throw RowFault(what: "a held delivery that is not there") }
        return planned
    }

    private func lane(of id: Int64) throws -> String {
        guard let lane = try database.first("SELECT lane FROM deliveries WHERE id = ?", [id], { $0.text(0) }) else {
            throw RowFault(what: "a held delivery without a lane")
        }
        return lane
    }

    private static let held = LedgerSchema.held
    private static let anyDue = "SELECT 1 FROM deliveries INDEXED BY deliveries_held_due WHERE \(held) AND due <= ? LIMIT 1"
    private static let anyLate = "SELECT 1 FROM deliveries INDEXED BY deliveries_held WHERE hold_key = ? AND \(held) LIMIT 1"
    private static let dueGroups = """
        SELECT hold_key, channel, address FROM deliveries INDEXED BY deliveries_held_due WHERE \(held) AND due <= ? ORDER BY due
        """
    private static let lateGroups = """
        SELECT hold_key, channel, address FROM deliveries INDEXED BY deliveries_held WHERE hold_key = ? AND \(held)
        """
    private static let ofGroup = "hold_key = ? AND channel = ? AND address = ? AND \(held) AND due <= ?"
    private static let rows = """
        SELECT id, event, incident, ifnull((SELECT 1 - is_open FROM incidents i WHERE i.id = d.incident), 0), routes, urgent, priority,
            d.incident IS NOT NULL AND EXISTS (
                SELECT 1 FROM deliveries n INDEXED BY deliveries_incident
                WHERE n.incident = d.incident AND n.channel = d.channel AND n.address = d.address AND n.id > d.id
                AND n.template NOT IN ('ping', 'operations') AND n.state IN ('delivered', 'unknown', 'pending', 'retrying')), d.subscription
        FROM deliveries d INDEXED BY deliveries_held WHERE \(ofGroup)
        """
    private static let lateRun = """
        SELECT max(due), min(created) FROM deliveries INDEXED BY deliveries_held
        WHERE hold_key = ? AND channel = ? AND address = ? AND \(held)
        """
    private static let postpone = "UPDATE deliveries INDEXED BY deliveries_held SET due = ? WHERE \(ofGroup)"
    private static let supersede = """
        UPDATE deliveries SET state = 'superseded', reason = ?, successor = ?, released = ? WHERE id = ?
        """
    private static let letGo = """
        UPDATE deliveries SET state = 'pending', due = min(due, ?), blocked = ?, is_first = ?, reason = NULL, released = ? WHERE id = ?
        """
    private static let gather = "UPDATE deliveries SET digest = ?, released = ? WHERE id = ?"
    private static let like = "SELECT kind, recipient, entry, language, timezone FROM deliveries WHERE id = ?"
}
