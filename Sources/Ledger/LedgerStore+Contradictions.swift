// What can be read, and is not what it says it is: a document that was changed, an incident listed as what it is not.

import GRDB
import Incidents

extension LedgerStore {
    /// Recomputes what was computed when it was written. Rows that cannot be read are named elsewhere.
    static func contradictions(_ database: Database) throws -> [String] {
        let events = try found(database, "SELECT sequence, document, digest, source, id FROM events ORDER BY sequence", id: 0) { row in
            guard let document = try row.storedJSON(1), let digest = row.bytes(2), let source = row.text(3), let id = row.text(4) else {
                return true
            }
            return EventDigest.of(document, source: source, id: id) == Token.text(digest)
        }
        let incidents = try found(database, Self.incidentsWithAlarms, id: 1) { row in
            let incident = try Incident(row: row)
            return incident.id == row.text(1) && incident.isOpen == row.flag(2) && incident.text("severity") == row.text(3)
                && incident.updated.microseconds == row.int64(4)
                && (row.text(5) == nil || row.text(5) == incident.openService)
                && (incident.alarm == nil || incident.alarm?.microseconds == row.int64(6))
        }
        return [
            ("events whose document is not the one that was accepted", events),
            ("incidents that are listed as what their state does not say", incidents),
        ].compactMap { words, found in found.isEmpty ? nil : "\(words): \(found.joined(separator: ", "))" }
    }

    private static let incidentsWithAlarms = """
        SELECT state, id, is_open, severity, updated, open_service, (SELECT due FROM alarms WHERE subject = 'incident/' || incidents.id)
        FROM incidents ORDER BY id
        """

    private static func found(_ database: Database, _ sql: String, id: Int, _ holds: (Row) throws -> Bool) throws -> [String] {
        var found: [String] = []
        let rows = try Row.fetchCursor(database, sql: sql)
        while let row = try rows.next() {
            // Unreadable counts as sound here.
            if let isSound = try? holds(row), !isSound {
                if found.count == 20 { return found + ["and more"] }
                found.append(row.text(id) ?? row.int64(id).map(String.init) ?? "?")
            }
        }
        return found
    }
}
