// A planned delivery becomes a row: its place in its conversation, and the urgency that it lends to the head.

import Foundation
import GRDB
import Incidents
import JSON
import Routing

/// A delivery that is to be written, inside a transaction.
struct DeliveryInsertion {
    /// What it stands in for.
    struct Standing {
        var of: Int64
        var root: Int64
        var tried: [Way]
    }

    /// What became of it.
    struct Placed {
        var id: Int64
        var token: [UInt8]
        var isFirst: Bool
        var isBlocked: Bool
        var raised: RaisedHead?
    }

    var planned: PlannedDelivery
    var lane: String
    var event: Int64
    var incident: String?
    /// There can be no delivery about it yet.
    var isNewIncident = false
    var created: Date
    var fallback: Standing?

    func write(_ database: Database, tally: inout Tally) throws -> Placed {
        var placed = Placed(id: 0, token: Token.mint(), isFirst: true, isBlocked: false)
        if let incident, !isNewIncident {
            let conversation = Conversation(incident: incident, channel: planned.channel, address: planned.address)
            if let head = try conversation.head(database) {
                placed.isBlocked = true
                placed.isFirst = false
                placed.raised = try raise(head, database)
            } else {
                placed.isFirst = try !conversation.isKnown(database)
            }
        }
        try database.run(
            Self.insert,
            [
                event, placed.token, incident, planned.channel, planned.address, planned.kind.rawValue, lane, planned.recipient,
                planned.for, JSONValue.array(planned.routes.map(JSONValue.string)).bytes, planned.template, planned.language,
                planned.timezone, planned.isUrgent, planned.priority, placed.isFirst, created.microseconds, planned.due.microseconds,
                planned.expires?.microseconds, placed.isBlocked, planned.retryFor.map { Int64(($0 * 1_000_000).rounded()) }, fallback?.of,
                fallback?.root, fallback?.tried.stored,
            ])
        placed.id = database.lastInsertedRowID
        tally.add(.deliveries, planned.channel, state: DeliveryState.pending.rawValue)
        return placed
    }

    /// The head goes out as soon as what waits behind it should.
    private func raise(_ head: Conversation.Head, _ database: Database) throws -> RaisedHead? {
        let priority = min(head.priority, planned.priority)
        let isUrgent = head.isUrgent || planned.isUrgent
        if priority == head.priority, isUrgent == head.isUrgent { return nil }
        try database.run(Self.raise, [priority, isUrgent, head.id])
        return RaisedHead(id: head.id, lane: head.lane, priority: priority, isUrgent: isUrgent)
    }

    private static let raise = "UPDATE deliveries SET priority = ?, urgent = ? WHERE id = ?"
    private static let insert = """
        INSERT INTO deliveries (event, token, incident, channel, address, kind, lane, recipient, entry, routes, template, language, \
        timezone, urgent, priority, is_first, created, due, expires, blocked, retry_for, fallback_of, fallback_root, tried, state) \
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending')
        """
}
