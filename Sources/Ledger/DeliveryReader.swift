// Reads what may go out, with what sending it needs to know of other rows: the flags of a delivery are as they were at one
// moment, and each is one look into an index.

import Foundation
import GRDB
import Incidents

/// Reads deliveries of many events, each event once.
struct DeliveryReader {
    /// Earlier events that a delivery is read with, at most.
    static let earlierLimit = 20

    let database: Database
    private let now: Date
    private var events: [Int64: StoredEvent] = [:]

    /// - Parameter now: the moment that the flags are about.
    init(_ database: Database, now: Date) {
        self.database = database
        self.now = now
    }

    /// The delivery of a row with `QueuedDelivery.columns`.
    mutating func delivery(_ row: some StoredRow) throws -> QueuedDelivery {
        let id = row.int64(0) ?? 0
        let event = try event(row.need(row.int64(1), "the event of a delivery"), of: id)
        var delivery = try QueuedDelivery(row, event: event)
        delivery.asOf = now
        if delivery.origin == .broadcast, let id = event.event.payload?["corrects"]?.string, let original = try original(id) {
            delivery.corrected = original
        }
        if delivery.replaces > 0 { delivery.earlier = try earlier(than: delivery) }
        let root = row.int64(QueuedDelivery.rootColumn)
        if root != nil || row.flag(QueuedDelivery.containsColumn) { try readDigest(of: root ?? id, into: &delivery) }
        guard let incident = row.text(QueuedDelivery.incidentColumn) else { return delivery }
        let conversation = Conversation(incident: incident, channel: delivery.channel, address: delivery.address)
        // Of the first there is nothing to go on from.
        if !delivery.isFirst, delivery.kind.hasThreads { delivery.thread = try conversation.thread(database) }
        delivery.isOvertaken = try conversation.hasWaiting(after: id, due: now, database)
        // A digest says what has become of everything.
        if delivery.origin == .digest { return delivery }
        if delivery.origin == .owed { delivery.wasTold = try conversation.wasTold(database) || firstWayWasTold(root, of: incident) }
        if delivery.attempts > 0 || now.timeIntervalSince(delivery.due) > Conversation.patience {
            delivery.ended = try ended(event)
            if delivery.ended != nil, delivery.origin != .owed { delivery.wasTold = try conversation.wasTold(database) }
        }
        return delivery
    }

    /// The event of a broadcast; nil where it is not kept any more.
    private mutating func original(_ broadcast: String) throws -> StoredEvent? {
        guard let sequence = try BroadcastTable.sequence(of: broadcast, database) else { return nil }
        if let event = events[sequence] { return event }
        let event = try database.first(QueuedDelivery.event, [sequence]) { try StoredEvent($0) }
        events[sequence] = event
        return event
    }

    /// What stands in for another is owed to whoever heard by that one's way.
    private func firstWayWasTold(_ root: Int64?, of incident: String) throws -> Bool {
        guard let root else { return false }
        let first = try database.first("SELECT channel, address FROM deliveries WHERE id = ?", [root]) { row in
            Conversation(incident: incident, channel: row.text(0) ?? "", address: row.text(1) ?? "")
        }
        return try first?.wasTold(database) ?? false
    }

    mutating func delivery(_ id: Int64) throws -> QueuedDelivery? {
        try database.first(QueuedDelivery.one, [id]) { try delivery($0) }
    }

    mutating func event(_ sequence: Int64, of delivery: Int64) throws -> StoredEvent {
        if let event = events[sequence] { return event }
        guard let event = try database.first(QueuedDelivery.event, [sequence], { try StoredEvent($0) }) else {
            throw RowFault(what: "delivery \(delivery) belongs to event \(sequence), which is not there")
        }
        events[sequence] = event
        return event
    }

    /// An event that left its incident ended knows of the end, and `operations` are not about the incident.
    private func ended(_ event: StoredEvent) throws -> Ended? {
        guard let incident = event.incident, incident.isOpen, event.event.type != .operations else { return nil }
        guard let now = try database.first(Self.closed, [incident.id], { try Incident(row: $0) }) else { return nil }
        return Ended(status: now.status.rawValue, at: now.said["status"]?.values.max() ?? now.updated)
    }

    /// The newest of those that it stands for, directly or through others. What is replaced is older than what replaces it,
    /// so that the newest left is always among those found so far.
    private mutating func earlier(than delivery: QueuedDelivery) throws -> [StoredEvent] {
        var found: [StoredEvent] = []
        var open: [(id: Int64, event: Int64, replaces: Int)] = []
        var next: (id: Int64, event: Int64, replaces: Int)? = (delivery.id, delivery.event.sequence, delivery.replaces)
        while let current = next, found.count < Self.earlierLimit {
            if current.replaces > 0 {
                try database.each(Self.replaced, [current.id, delivery.channel, delivery.address, Self.earlierLimit]) { row in
                    open.append((row.int64(0) ?? 0, row.int64(1) ?? 0, row.int(2) ?? 0))
                    return true
                }
                open.sort { $0.id < $1.id }
            }
            next = open.popLast()
            if let next { found.append(try event(next.event, of: next.id)) }
        }
        return found.reversed()
    }

    private static let closed = "SELECT state FROM incidents WHERE id = ? AND is_open = 0"
    private static let replaced = """
        SELECT id, event, replaces FROM deliveries INDEXED BY deliveries_successor
        WHERE successor = ? AND channel = ? AND address = ? ORDER BY id DESC LIMIT ?
        """
}
