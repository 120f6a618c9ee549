// Deliveries about one incident to one address go out one after the other: the head is ready, the others are blocked.

import Foundation
import GRDB

/// One incident at one address of one channel.
struct Conversation {
    /// Seconds that a delivery may have been due, before it may be superseded without an attempt (interfaces, section 8).
    static let patience: TimeInterval = 30

    let incident: String
    let channel: String
    let address: String

    struct Head {
        var id: Int64
        var lane: String
        var priority: Int
        var isUrgent: Bool
    }

    /// Where one stands in it.
    struct Place {
        var isFirst = true
        var isBlocked = false
        /// The head, where it was made more urgent.
        var raised: RaisedHead?
    }

    /// What the others wait for, if there is anything unfinished.
    func head(_ database: Database) throws -> Head? {
        try database.first(Self.head, key) { row in
            Head(
                id: try row.need(row.int64(0), "the id of a delivery"), lane: try row.need(row.text(1), "a lane"),
                priority: row.int(2) ?? 0, isUrgent: row.flag(3))
        }
    }

    /// Whether anything of it was ever to go out: what is held, or was kept back, does not count.
    func isKnown(_ database: Database) throws -> Bool { try database.has(Self.known, key) }

    /// Whether newer ones than `id` wait, and were due by then.
    func hasWaiting(after id: Int64, due now: Date, _ database: Database) throws -> Bool {
        try database.has(Self.waitingAfter, key + [id, now.microseconds])
    }

    /// Whether something was delivered, or may have been: here, in a digest that is out, or by another way of one of these.
    func wasTold(_ database: Database) throws -> Bool {
        try database.has(Self.told, key) || database.has(Self.toldOtherwise, key)
    }

    /// The place of one that joins now, as urgent as it says.
    func place(priority: Int, isUrgent: Bool, _ database: Database) throws -> Place {
        guard let head = try head(database) else { return Place(isFirst: try !isKnown(database), isBlocked: false) }
        var place = Place(isFirst: false, isBlocked: true)
        // The head goes out as soon as what waits behind it should.
        let raised = RaisedHead(
            id: head.id, lane: head.lane, priority: min(head.priority, priority), isUrgent: head.isUrgent || isUrgent)
        if raised.priority != head.priority || raised.isUrgent != head.isUrgent {
            try database.run(Self.raise, [raised.priority, raised.isUrgent, head.id])
            place.raised = raised
        }
        return place
    }

    var key: [(any Bindable)?] { [incident, channel, address] }

    static let condition = "incident = ? AND channel = ? AND address = ?"
    static let head = """
        SELECT id, lane, priority, urgent FROM deliveries INDEXED BY deliveries_unfinished
        WHERE \(condition) AND \(LedgerSchema.unfinished) AND blocked = 0 ORDER BY id LIMIT 1
        """
    static let waitingAfter = """
        SELECT 1 FROM deliveries INDEXED BY deliveries_unfinished
        WHERE \(condition) AND id > ? AND \(LedgerSchema.unfinished) AND blocked = 1 AND due <= ? LIMIT 1
        """
    static let waitingColumns =
        "id, due, attempts, replaces, priority, urgent, is_first, state, fallback_at, fell_back, expires, contains, fallback_root"
    static let behind = """
        FROM deliveries INDEXED BY deliveries_unfinished WHERE \(condition) AND \(LedgerSchema.unfinished) AND blocked = 1
        """
    /// Those that wait for the head, in their order.
    static let waiting = """
        SELECT \(waitingColumns) FROM deliveries INDEXED BY deliveries_unfinished
        WHERE \(condition) AND \(LedgerSchema.unfinished) AND blocked = 1 ORDER BY id
        """
    private static let raise = "UPDATE deliveries SET priority = ?, urgent = ? WHERE id = ?"
    private static let known = """
        SELECT 1 FROM deliveries INDEXED BY deliveries_incident
        WHERE \(condition) AND state NOT IN ('held', 'suppressed') AND NOT (state = 'superseded' AND successor IS NULL) LIMIT 1
        """
    private static let told = """
        SELECT 1 FROM deliveries INDEXED BY deliveries_incident
        WHERE \(condition) AND (state IN ('delivered', 'unknown') OR unknowns > 0 OR state = 'held' AND digest IS NOT NULL) LIMIT 1
        """
    private static let toldOtherwise = """
        SELECT 1 FROM deliveries d INDEXED BY deliveries_incident WHERE \(condition) AND d.fell_back = 1 AND EXISTS (
            SELECT 1 FROM deliveries f INDEXED BY deliveries_fallback_root
            WHERE f.fallback_root = d.id AND f.fallback_root IS NOT NULL AND (f.state IN ('delivered', 'unknown') OR f.unknowns > 0))
        LIMIT 1
        """
}
