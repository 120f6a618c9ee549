// What a decision may ask about broadcasts and subscriptions by their places, answered from the tables.

import Foundation
import GRDB
import Incidents
import Routing

extension SQLSurroundings {
    func broadcast(_ id: String) throws -> Broadcast? { try BroadcastTable.broadcast(id, database) }

    func lastBroadcast(to audience: String) throws -> Broadcast? { try BroadcastTable.last(to: audience, database) }

    func news(of broadcast: Broadcast) throws -> BroadcastNews? {
        try database.first(Self.event, [broadcast.source, broadcast.event]) { row in
            let stored = try StoredEvent(row)
            return BroadcastNews(event: stored.event, incident: stored.incident)
        }
    }

    func deliveries(of broadcast: Broadcast, after: Int64, limit: Int) throws -> [BroadcastDelivery] {
        guard let event = try BroadcastTable.sequence(of: broadcast.id, database) else { return [] }
        var found: [BroadcastDelivery] = []
        try database.each(Self.deliveriesOfEvent, [event, after, limit]) { row in
            let state = try row.need(row.text(7).flatMap(DeliveryState.init(rawValue:)), "the state of a delivery")
            let isGathered = row.flag(9)
            let isReached: Bool =
                switch state {
                case .delivered, .unknown: true
                case .held: isGathered
                case .superseded: row.flag(11) || row.flag(8)
                default: row.flag(8)
                }
            found.append(
                BroadcastDelivery(
                    id: try row.need(row.int64(10), "the id of a delivery"), address: try ToldAddress(row, state: .heard),
                    isReached: isReached, mayBeWithdrawn: state.isUnfinished && !isGathered))
            return true
        }
        return found
    }

    func subscriptions(after: Int64, limit: Int) throws -> [(place: Int64, subscription: Subscription)] {
        var found: [(place: Int64, subscription: Subscription)] = []
        // Rows that cannot be read are passed over: a page that is not full is the last.
        try database.each("SELECT rowid, state FROM subscriptions WHERE rowid > ? ORDER BY rowid", [after]) { row in
            if let place = row.int64(0), let json = try? row.storedJSON(1), let subscription = Subscription(stored: json) {
                found.append((place, subscription))
            }
            return found.count < limit
        }
        return found
    }

    var lastSubscription: Int64 {
        get throws { try database.first("SELECT max(rowid) FROM subscriptions", []) { $0.int64(0) } ?? 0 }
    }

    private static let event = "SELECT \(StoredEvent.columns) FROM events e WHERE e.source = ? AND e.id = ?"
    /// The last column: another event's message says it, and got through.
    private static let deliveriesOfEvent = """
        SELECT d.channel, d.kind, d.address, d.recipient, d.entry, d.language, d.timezone, d.state, d.unknowns > 0, \
        d.digest IS NOT NULL, d.id, s.event <> d.event AND (s.state IN ('delivered', 'unknown') OR s.unknowns > 0)
        FROM deliveries d INDEXED BY deliveries_event LEFT JOIN deliveries s ON s.id = d.successor
        WHERE d.event = ? AND d.id > ? ORDER BY d.id LIMIT ?
        """
}
