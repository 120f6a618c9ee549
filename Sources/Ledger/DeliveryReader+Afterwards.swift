// What has happened since a delivery was planned: to its conversation, and to its incident.

import Foundation
import GRDB
import Incidents

extension DeliveryReader {
    /// Seconds for which nothing that happened changes whether it is sent.
    private static let freshness: TimeInterval = 30

    /// A delivery with what has happened since.
    func withAfterwards(_ delivery: QueuedDelivery, now: Date) throws -> QueuedDelivery {
        var delivery = delivery
        delivery.asOf = now
        guard let incident = delivery.event.event.incident?.id, let then = delivery.event.incident else { return delivery }
        let conversation: StatementArguments = [incident, delivery.channel, delivery.address]
        delivery.isOvertaken = try database.has(Self.behind, conversation)
        if delivery.attempts == 0, now.timeIntervalSince(delivery.due) <= Self.freshness || !then.isOpen { return delivery }
        guard then.isOpen, let row = try database.row(Self.ended, [incident]) else { return delivery }
        let state = try Incident(row: row)
        delivery.ended = Ended(status: state.status.rawValue, at: state.updated)
        delivery.wasTold = try database.has(Self.heard, conversation)
        return delivery
    }

    private static let behind = """
        SELECT 1 FROM deliveries INDEXED BY deliveries_unfinished
        WHERE incident = ? AND channel = ? AND address = ? AND \(LedgerSchema.unfinished) AND blocked = 1 LIMIT 1
        """
    private static let ended = "SELECT state FROM incidents WHERE id = ? AND is_open = 0"
    private static let heard = """
        SELECT 1 FROM deliveries INDEXED BY deliveries_incident
        WHERE incident = ? AND channel = ? AND address = ? AND state IN ('delivered', 'unknown') LIMIT 1
        """
}
