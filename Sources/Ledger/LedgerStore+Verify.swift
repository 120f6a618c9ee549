// Looks at every row, and says in words what does not fit together.

import Foundation
import GRDB

extension LedgerStore {
    /// Checks the file and what is written down in it; changes nothing. Reads everything: it may take minutes.
    ///
    /// - Returns: findings with the ids concerned; none is good.
    public func verify() async throws(LedgerError) -> [String] {
        let path = file.path
        return try await readers.read { database in
            do {
                var findings = try database.rows("PRAGMA integrity_check(20)").compactMap { $0.text(0) }.filter { $0 != "ok" }
                    .map { "the file \(path) is damaged: \($0)" }
                findings += try Self.strangers(database)
                let rules =
                    LedgerRule.all + LedgerRule.ofStates + LedgerRule.ofValues + LedgerRule.ofTime + LedgerRule.ofAddresses
                    + LedgerRule.ofBroadcasts
                for rule in rules {
                    let ids = try database.rows("\(rule.query) LIMIT 21").compactMap { $0.text(0) ?? $0.int64(0).map(String.init) }
                    if ids.isEmpty { continue }
                    findings.append("\(rule.words): \(ids.prefix(20).joined(separator: ", "))\(ids.count > 20 ? ", and more" : "")")
                }
                return try findings + Self.unreadable(database) + Self.contradictions(database)
            } catch let error as DatabaseError where error.resultCode == .SQLITE_CORRUPT || error.resultCode == .SQLITE_NOTADB {
                return ["the file \(path) is damaged: \(error.message ?? "SQLite \(error.extendedResultCode.rawValue)")"]
            }
        }
    }

    /// Rows that refer to what is not there, but for those that the rules name better.
    private static func strangers(_ database: Database) throws -> [String] {
        try database.rows("PRAGMA foreign_key_check").compactMap { row in
            guard let table = row.text(0), table != "deliveries", table != "attempts" else { return nil }
            return "row \(row.int64(1) ?? 0) of \(table) refers to \(row.text(2) ?? "something") that is not there"
        }
    }
}

/// One thing that must hold; the query gives what breaks it.
struct LedgerRule: Sendable {
    var words: String
    var query: String

    static let all =
        [
            LedgerRule(
                words: "deliveries whose event is not there",
                query: "SELECT id FROM deliveries d WHERE NOT EXISTS (SELECT 1 FROM events WHERE sequence = d.event)"),
            LedgerRule(
                words: "attempts of deliveries that are not there",
                query: "SELECT DISTINCT delivery FROM attempts a WHERE NOT EXISTS (SELECT 1 FROM deliveries WHERE id = a.delivery)"),
            LedgerRule(
                words: "events whose incident is not there",
                query: """
                    SELECT sequence FROM events e WHERE incident_after IS NOT NULL
                    AND NOT EXISTS (SELECT 1 FROM incidents WHERE id = e.incident)
                    """),
            LedgerRule(
                words: "delivered deliveries without an accepted attempt",
                query: """
                    SELECT id FROM deliveries d WHERE state = 'delivered' AND digest IS NULL
                    AND NOT EXISTS (SELECT 1 FROM attempts WHERE delivery = d.id AND outcome = 'accepted')
                    """),
            LedgerRule(
                words: "dead deliveries without an attempt",
                query: """
                    SELECT id FROM deliveries d WHERE \(LedgerSchema.uncommon) AND state = 'dead'
                    AND reason IS NULL AND NOT EXISTS (SELECT 1 FROM attempts WHERE delivery = d.id)
                    """),
            LedgerRule(
                words: "unknown deliveries without an unanswered attempt",
                query: """
                    SELECT id FROM deliveries d WHERE \(LedgerSchema.uncommon) AND state = 'unknown' AND digest IS NULL
                    AND NOT EXISTS (SELECT 1 FROM attempts WHERE delivery = d.id AND outcome = 'unknown')
                    """),
            LedgerRule(
                words: "deliveries that wait for a predecessor that is not there",
                query: """
                    SELECT id FROM deliveries d WHERE blocked = 1 AND (d.incident IS NULL OR NOT (\(LedgerSchema.unfinished)) OR NOT EXISTS (
                        SELECT 1 FROM deliveries h WHERE h.incident = d.incident AND h.channel = d.channel AND h.address = d.address
                        AND h.state IN ('pending', 'retrying') AND h.blocked = 0))
                    """),
            LedgerRule(
                words: "conversations in which two deliveries are ready at once (the newest of each)",
                query: """
                    SELECT max(id) FROM deliveries WHERE incident IS NOT NULL AND \(LedgerSchema.ready)
                    GROUP BY incident, channel, address HAVING count(*) > 1
                    """),
            LedgerRule(
                words: "deliveries whose number of attempts is not that of the attempts kept",
                query: "SELECT id FROM deliveries d WHERE attempts <> (SELECT count(*) FROM attempts WHERE delivery = d.id)"),
            LedgerRule(
                words: "superseded deliveries whose successor is not there",
                query:
                    "SELECT id FROM deliveries d WHERE successor IS NOT NULL AND NOT EXISTS (SELECT 1 FROM deliveries WHERE id = d.successor)"
            ),
            LedgerRule(
                words: "counts of deliveries (channel and state) that are not those of the rows",
                query: """
                    SELECT name || ' ' || state FROM (
                        SELECT name, state, count FROM tallies WHERE kind = 'deliveries'
                        UNION ALL SELECT channel, state, -count(*) FROM deliveries GROUP BY channel, state)
                    GROUP BY name, state HAVING sum(count) <> 0
                    """),
            LedgerRule(
                words: "counts of events (type) that are not those of the rows",
                query: """
                    SELECT name FROM (
                        SELECT name, count FROM tallies WHERE kind = 'events'
                        UNION ALL SELECT type, -count(*) FROM events GROUP BY type)
                    GROUP BY name HAVING sum(count) <> 0
                    """),
        ] + relations
}
