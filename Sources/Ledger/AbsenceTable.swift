// Absences, between their rows and their values.

import Foundation
import GRDB
import JSON
import Routing

/// The table of who is away: those of now, those to come, and those that were over not long ago.
enum AbsenceTable {
    /// The oldest word first. What cannot be read is left out; `verify` names it.
    static func all(_ database: Database) throws -> [Absence] {
        try StandingTables.readable(database, "SELECT state FROM absences ORDER BY rowid", Absence.init(stored:))
    }

    /// A later word about the same absence is the later word of all.
    static func write(_ absence: Absence, _ database: Database) throws {
        try end(absence.id, database)
        try database.run("INSERT INTO absences (id, state) VALUES (?, ?)", [absence.id, absence.stored.bytes])
    }

    static func end(_ id: String, _ database: Database) throws {
        try database.run("DELETE FROM absences WHERE id = ?", [id])
    }

    /// Those that were over before a time.
    ///
    /// - Returns: how many have gone.
    static func prune(before cutoff: Date, _ database: Database) throws -> Int {
        let over = try all(database).filter { $0.until < cutoff }
        for absence in over { try end(absence.id, database) }
        return over.count
    }
}

extension Absence {
    var stored: JSONValue {
        var members: [String: JSONValue] = ["id": .string(id), "who": .string(who), "from": from.stored, "until": until.stored]
        members["deputy"] = deputy.map(JSONValue.string)
        members["by"] = by.map(JSONValue.string)
        return .object(members)
    }

    init?(stored: JSONValue) {
        guard let id = stored["id"]?.string, let who = stored["who"]?.string, let from = Date(stored: stored["from"]),
            let until = Date(stored: stored["until"])
        else { return nil }
        self.init(id: id, who: who, from: from, until: until, deputy: stored["deputy"]?.string, by: stored["by"]?.string)
    }
}
