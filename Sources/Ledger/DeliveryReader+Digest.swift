// What a digest says: one entry for each incident, as it is now. However many messages were held, what is read is bounded.

import Foundation
import GRDB
import Incidents

extension DeliveryReader {
    /// Entries that a digest is read with, at most; the others are counted.
    static let digestLimit = 50

    private struct Entry {
        var incident: String?
        var event: Int64
        var count: Int
        var severity: String?
    }

    /// - Parameter holder: the delivery that the contents name: the first of its ways.
    mutating func readDigest(of holder: Int64, into delivery: inout QueuedDelivery) throws {
        var entries: [Entry] = []
        try database.each(Self.entries, [String(holder), Self.digestLimit + 1]) { row in
            entries.append(
                Entry(
                    incident: row.text(0), event: try row.need(row.int64(1), "the event of a delivery"), count: row.int(2) ?? 0,
                    severity: row.text(3)))
            return true
        }
        if entries.count > Self.digestLimit {
            let all = try database.first(Self.count, [String(holder)]) { $0.int(0) } ?? entries.count
            entries.removeLast(entries.count - Self.digestLimit)
            delivery.digestMore = all - entries.count
        }
        for entry in entries {
            // What cannot be read of one incident must not keep the others from being told: its last event is left.
            let incident = try entry.incident.flatMap { id in
                do {
                    return try database.first(IntakeTransaction.loadIncident, [id]) { try Incident(row: $0) }
                } catch is RowFault {
                    return nil
                }
            }
            do {
                let event = try event(entry.event, of: delivery.id)
                delivery.digest.append(
                    DigestItem(
                        event: event.event, incident: incident ?? event.incident, severity: entry.severity ?? event.severity,
                        count: entry.count))
            } catch is RowFault {
                delivery.digestMore += 1
            }
        }
    }

    /// Those without an incident are entries of their own.
    private static let entries = """
        SELECT c.incident, max(c.event) AS newest, count(*), i.judged, ifnull(i.rank, min(c.priority)) AS urgency
        FROM deliveries c INDEXED BY deliveries_digest LEFT JOIN incidents i ON i.id = c.incident
        WHERE c.digest = ? GROUP BY c.incident, iif(c.incident IS NULL, c.event, NULL) ORDER BY urgency, newest DESC LIMIT ?
        """
    private static let count = """
        SELECT count(DISTINCT incident) + count(DISTINCT iif(incident IS NULL, event, NULL))
        FROM deliveries INDEXED BY deliveries_digest WHERE digest = ?
        """
}
