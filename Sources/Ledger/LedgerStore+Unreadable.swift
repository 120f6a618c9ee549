// Rows whose columns do not hold what this program writes. Where one turns up in the router's work it is left out, so that
// the others go on; here all are named.

import GRDB
import Incidents
import Routing

extension LedgerStore {
    /// Reads events, incidents, and the deliveries that may still go out, the way the router does.
    static func unreadable(_ database: Database) throws -> [String] {
        let events = try faults(database, "SELECT \(StoredEvent.columns) FROM events e ORDER BY sequence", id: 0) {
            _ = try StoredEvent($0)
        }
        let incidents = try faults(database, "SELECT state, id FROM incidents ORDER BY id", id: 1) { _ = try Incident(row: $0) }
        let unfinished = "SELECT \(QueuedDelivery.columns) FROM deliveries d WHERE state IN ('held', 'pending', 'retrying') ORDER BY id"
        // The event is looked at above: what counts here is the delivery's own row.
        let stand = StoredEvent(
            sequence: 0, event: Event(id: "", source: "", type: .update, time: .distantPast), incident: nil, severity: nil,
            receivedAt: .distantPast)
        let deliveries = try faults(database, unfinished, id: 0) { _ = try QueuedDelivery($0, event: stand) }
        let silences = try faults(database, "SELECT id, state FROM silences ORDER BY id", id: 0) { row in
            _ = try row.need(row.storedJSON(1).flatMap(Silence.init(stored:)), "a silence")
        }
        let subscriptions = try faults(database, "SELECT id, state FROM subscriptions ORDER BY id", id: 0) { row in
            _ = try row.need(row.storedJSON(1).flatMap(Subscription.init(stored:)), "a subscription")
        }
        let absences = try faults(database, "SELECT id, state FROM absences ORDER BY id", id: 0) { row in
            _ = try row.need(row.storedJSON(1).flatMap(Absence.init(stored:)), "an absence")
        }
        let snoozes = try faults(database, "SELECT who, state FROM snoozes ORDER BY who", id: 0) { row in
            _ = try row.need(row.storedJSON(1).flatMap(Snooze.init(stored:)), "a snooze")
        }
        return [
            ("events that cannot be read", events), ("incidents whose state cannot be read", incidents),
            ("deliveries that cannot be read, and so do not go out", deliveries),
            ("silences that cannot be read, and so silence nothing", silences),
            ("subscriptions that cannot be read, and so do not count", subscriptions),
            ("absences that cannot be read, and so do not count", absences),
            ("snoozes that cannot be read, and so hold nothing", snoozes),
        ].compactMap { words, found in found.isEmpty ? nil : "\(words): \(found.joined(separator: ", "))" }
    }

    private static func faults(_ database: Database, _ sql: String, id: Int, _ look: (Row) throws -> Void) throws -> [String] {
        var found: [String] = []
        let rows = try Row.fetchCursor(database, sql: sql)
        while let row = try rows.next() {
            do {
                try look(row)
            } catch let fault as RowFault {
                if found.count == 20 { return found + ["and more"] }
                found.append("\(row.text(id) ?? row.int64(id).map(String.init) ?? "?") (\(fault.what))")
            }
        }
        return found
    }
}
