// What was held until the next word about the incident of another service: it goes with that word, or by itself once that
// incident is over.

import Foundation
import GRDB

/// Deliveries that wait for the word about one incident.
struct DependencyFold {
    let parent: String

    private var key: String { "dependency/\(parent)" }

    /// Lets those at one address go with a delivery about the parent, which then says them.
    ///
    /// - Returns: how many.
    func fold(into delivery: Int64, channel: String, address: String, _ database: Database, now: Date) throws -> Int {
        try database.run(Self.fold, [String(delivery), now.microseconds, key, channel, address])
        let count = database.changesCount
        if count > 0 { try database.run("UPDATE deliveries SET contains = contains + ? WHERE id = ?", [count, delivery]) }
        return count
    }

    /// The parent is over: what is left is due.
    func letGo(_ database: Database, now: Date) throws { try database.run(Self.letGo, [now.microseconds, key, now.microseconds]) }

    private static let fold = """
        UPDATE deliveries INDEXED BY deliveries_held SET digest = ?, released = ?
        WHERE hold_key = ? AND channel = ? AND address = ? AND \(LedgerSchema.held)
        """
    private static let letGo = """
        UPDATE deliveries INDEXED BY deliveries_held SET due = ? WHERE hold_key = ? AND \(LedgerSchema.held) AND due > ?
        """
}
