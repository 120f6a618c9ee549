// Counts kept beside the rows, so that `status` need not look at every row. Changes gather in memory and are written
// once, at the end of the transaction that caused them.

import Foundation
import GRDB

/// Changes of counts within one transaction.
struct Tally {
    enum Kind: String {
        /// By channel and state.
        case deliveries
        /// By type.
        case events
        case duplicates
        case stale
        /// By the channel that was left.
        case fallbacks
    }

    private struct Key: Hashable {
        var kind: Kind
        var name: String
        var state: String
    }

    private var changes: [Key: Int] = [:]
    /// For charts; written with the counts.
    var figures = Figures()
    /// When monitors were heard: many signs of life to one row.
    private var heard: [String: Date] = [:]

    mutating func add(_ kind: Kind, _ name: String = "", state: String = "", _ count: Int = 1) {
        changes[Key(kind: kind, name: name, state: state), default: 0] += count
    }

    mutating func hear(_ monitor: String, at time: Date) { heard[monitor] = time }

    mutating func move(channel: String, from: String, to: String) {
        if from == to { return }
        add(.deliveries, channel, state: from, -1)
        add(.deliveries, channel, state: to, 1)
    }

    mutating func write(_ database: Database) throws {
        for (key, change) in changes where change != 0 {
            try database.run(Self.add, [key.kind.rawValue, key.name, key.state, change])
        }
        changes = [:]
        try figures.write(database)
        try writeHeard(database)
    }

    /// Which monitors were heard, without the counts: for a ledger that nobody counts.
    mutating func writeHeard(_ database: Database) throws {
        for (monitor, time) in heard { try MonitorTable.hear(monitor, at: time, database) }
        heard = [:]
    }

    private static let add = """
        INSERT INTO tallies (kind, name, state, count) VALUES (?, ?, ?, ?)
        ON CONFLICT (kind, name, state) DO UPDATE SET count = count + excluded.count
        """
}
