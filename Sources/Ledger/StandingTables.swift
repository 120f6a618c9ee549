// Silences, between their rows and their values; and what the tables of standing things have in common.

import Foundation
import GRDB
import JSON
import Routing

/// The tables of what stands until somebody changes it.
enum StandingTables {
    /// Those that have not ended and been settled, the oldest first.
    ///
    /// - Parameter latest: only so many, the latest of them.
    static func silences(_ database: Database, includeEnded: Bool = false, latest: Int? = nil) throws -> [Silence] {
        let condition = includeEnded ? "" : " WHERE ended IS NULL"
        if let latest {
            let sql = "SELECT state FROM silences\(condition) ORDER BY rowid DESC LIMIT ?"
            return try readable(database, sql, values: [latest], Silence.init(stored:)).reversed()
        }
        return try readable(database, "SELECT state FROM silences\(condition) ORDER BY rowid", Silence.init(stored:))
    }

    static func write(_ silence: Silence, _ database: Database) throws {
        let ended = silence.isSettled ? silence.endedAt ?? silence.until : nil
        try database.run(upsertSilence, [silence.id, ended?.microseconds, silence.stored.bytes])
    }

    /// What cannot be read is left out, so that one damaged row does not stop everything; `verify` names it.
    static func readable<Element>(
        _ database: Database, _ sql: String, values: [(any Bindable)?] = [], _ read: (JSONValue) -> Element?
    ) throws -> [Element] {
        var found: [Element] = []
        try database.each(sql, values) { row in
            if let json = try? row.storedJSON(0), let element = read(json) { found.append(element) }
            return true
        }
        return found
    }

    private static let upsertSilence = """
        INSERT INTO silences (id, ended, state) VALUES (?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET ended = excluded.ended, state = excluded.state
        """
}

extension Silence {
    var stored: JSONValue {
        var members: [String: JSONValue] = ["id": .string(id), "match": .object(match), "from": from.stored, "until": until.stored]
        members["reason"] = reason.map(JSONValue.string)
        members["by"] = by.map(JSONValue.string)
        members["ended_at"] = endedAt?.stored
        members["announced_at"] = announcedAt?.stored
        if isSettled { members["settled"] = true }
        return .object(members)
    }

    init?(stored: JSONValue) {
        guard let id = stored["id"]?.string, let match = stored["match"]?.object, let from = Date(stored: stored["from"]),
            let until = Date(stored: stored["until"])
        else { return nil }
        self.init(
            id: id, match: match, from: from, until: until, reason: stored["reason"]?.string, by: stored["by"]?.string,
            endedAt: Date(stored: stored["ended_at"]), announcedAt: Date(stored: stored["announced_at"]),
            isSettled: stored["settled"]?.bool ?? false)
    }
}

extension Date {
    var stored: JSONValue { .integer(Int(microseconds)) }

    init?(stored: JSONValue?) {
        guard let value = stored?.integer else { return nil }
        self.init(microseconds: Int64(value))
    }
}
