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

    /// What the others wait for, if there is anything unfinished.
    func head(_ database: Database) throws -> Head? {
        try database.first(Self.head, key) { row in
            Head(
                id: try row.need(row.int64(0), "the id of a delivery"), lane: try row.need(row.text(1), "a lane"),
                priority: row.int(2) ?? 0, isUrgent: row.flag(3))
        }
    }

    /// Whether anything of it was ever to go out.
    func isKnown(_ database: Database) throws -> Bool { try database.has(Self.known, key) }

    /// Whether newer ones than `id` wait, and were due by then.
    func hasWaiting(after id: Int64, due now: Date, _ database: Database) throws -> Bool {
        try database.has(Self.waitingAfter, key + [id, now.microseconds])
    }

    /// Whether something was delivered, or may have been.
    func wasTold(_ database: Database) throws -> Bool { try database.has(Self.told, key) }

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
    static let waitingColumns = "id, due, attempts, replaces, priority, urgent, is_first, state, fallback_at, fell_back, expires"
    static let behind = """
        FROM deliveries INDEXED BY deliveries_unfinished WHERE \(condition) AND \(LedgerSchema.unfinished) AND blocked = 1
        """
    /// Those that wait for the head, in their order.
    static let waiting = """
        SELECT \(waitingColumns) FROM deliveries INDEXED BY deliveries_unfinished
        WHERE \(condition) AND \(LedgerSchema.unfinished) AND blocked = 1 ORDER BY id
        """
    private static let known = "SELECT 1 FROM deliveries INDEXED BY deliveries_incident WHERE \(condition) LIMIT 1"
    private static let told = """
        SELECT 1 FROM deliveries INDEXED BY deliveries_incident
        WHERE \(condition) AND (state IN ('delivered', 'unknown') OR unknowns > 0) LIMIT 1
        """
}
