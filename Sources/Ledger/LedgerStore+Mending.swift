// What an operator does about dead deliveries, usually from another process than the router's. The router learns of it
// by `changeMarker`.

import Foundation
import GRDB

extension LedgerStore {
    /// Lets dead deliveries, and unknown ones that stayed so, be tried again, at once. The attempts made are kept; the
    /// time for retries begins anew, and an end of their worth (`expires`) no longer counts: somebody asked for them.
    /// They take their place in their conversations like any other: behind what is under way there.
    ///
    /// What was said by a digest follows that one, and cannot be tried by itself.
    ///
    /// Those that were dropped were put aside for good, and are left alone, even where their ids are given; so are those to
    /// addresses that are suppressed.
    ///
    /// - Parameter ids: nil: all that are listed as dead.
    /// - Returns: those that are pending now; the others are not there, not dead, or were dropped: `deliveryStates` tells.
    public func retryDead(_ ids: [Int64]?, now: Date) async throws(LedgerError) -> [Int64] {
        try await mend(ids) { database, id, known, tally in
            if known.isDropped { return false }
            if try database.has(Self.suppressed, [id]) { return false }
            let conversation = known.incident.map { Conversation(incident: $0, channel: known.channel, address: known.address) }
            let isBlocked = try conversation?.head(database) != nil
            try database.run(
                """
                UPDATE deliveries SET state = 'pending', due = ?, blocked = ?, first_attempt = NULL, unknowns = 0, expires = NULL, \
                reason = NULL WHERE id = ?
                """, [now.microseconds, isBlocked, id])
            tally.move(channel: known.channel, from: known.state, to: DeliveryState.pending.rawValue)
            if known.contains > 0 || known.root != nil {
                try DigestContents(holder: known.root ?? id).follow(database, now: now, tally: &tally)
            }
            return true
        }
    }

    /// Takes dead deliveries, and unknown ones that stayed so, off the list of the dead. Their state stays, the reason is
    /// added to theirs.
    ///
    /// - Returns: those that were dropped; the others are not there, not dead, or dropped already.
    public func dropDead(_ ids: [Int64], reason: String, now: Date) async throws(LedgerError) -> [Int64] {
        try await mend(ids) { database, id, known, _ in
            if known.isDropped { return false }
            let text = [known.reason, "dropped: \(reason)"].compactMap(\.self).joined(separator: "; ")
            try database.run("UPDATE deliveries SET dropped_at = ?, reason = ? WHERE id = ?", [now.microseconds, text.storable, id])
            return true
        }
    }

    /// Nothing is sent to its address any more.
    private static let suppressed = """
        SELECT 1 FROM deliveries d JOIN blocks b ON b.kind = d.kind AND b.address = iif(d.kind = 'email', lower(d.address), d.address)
        WHERE d.id = ? AND b.since IS NOT NULL
        """

    private struct Dead {
        var incident: String?
        var channel: String
        var address: String
        var state: String
        var reason: String?
        var isDropped: Bool
        var root: Int64?
        var contains: Int
    }

    /// Changes each of the dead ones, oldest first; 500 to a transaction, so that the router is never kept waiting long.
    private func mend(
        _ ids: [Int64]?, _ change: @escaping @Sendable (Database, Int64, Dead, inout Tally) throws -> Bool
    ) async throws(LedgerError) -> [Int64] {
        let all = "SELECT id FROM deliveries d WHERE \(DeliveryFilter.mendable) ORDER BY id"
        let wanted: [Int64] =
            if let ids { Set(ids).sorted() } else { try await readers.read { try $0.rows(all).compactMap { $0.int64(0) } } }
        var changed: [Int64] = []
        for start in stride(from: 0, to: wanted.count, by: 500) {
            let slice = wanted[start..<min(start + 500, wanted.count)]
            changed += try await writing { database in
                var changed: [Int64] = []
                try database.inTransaction(.immediate) {
                    var tally = Tally()
                    for id in slice {
                        guard let known = try Self.dead(id, database), try change(database, id, known, &tally) else { continue }
                        changed.append(id)
                    }
                    try tally.write(database)
                    return .commit
                }
                return changed
            }
        }
        broadcastCounts.forget()
        return changed
    }

    private static func dead(_ id: Int64, _ database: Database) throws -> Dead? {
        let sql = """
            SELECT incident, channel, address, state, reason, dropped_at IS NOT NULL, fallback_root, contains FROM deliveries
            WHERE id = ? AND state IN ('dead', 'unknown') AND digest IS NULL
            """
        guard let row = try database.row(sql, [id]) else { return nil }
        return Dead(
            incident: row.text(0), channel: try row.need(row.text(1), "a channel"), address: try row.need(row.text(2), "an address"),
            state: try row.need(row.text(3), "the state of a delivery"), reason: row.text(4), isDropped: row.flag(5),
            root: row.int64(6), contains: row.int(7) ?? 0)
    }
}
