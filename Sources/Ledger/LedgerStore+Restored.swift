// After a backup was put back. What it says is pending may have gone out after it was made: to send it would repeat
// hours of messages, to forget it would lose some. So it becomes `unknown`, and people decide.
// What was held stays so: it had not gone out by then.

import Foundation
import GRDB
import Routing

extension LedgerStore {
    /// Makes everything that is pending or retrying `unknown`, with an attempt that says why. It is listed with the dead
    /// ones, and can be retried from there. Broadcasts that were going out are stopped. Only before the router has started; interrupted, it may be called again.
    ///
    /// - Returns: how many deliveries it concerned.
    public func markRestored(now: Date) async throws(LedgerError) -> Int {
        var marked = 0
        while true {
            // Each slice leaves the index that the next one is read from.
            let slice = try await writing { try Self.markSlice($0, now: now) }
            marked += slice
            if slice < Self.restoredSlice { break }
        }
        try await writing { try Self.stopBroadcasts($0, now: now) }
        return marked
    }

    /// Parts of a broadcast that was going out may have gone out after the backup was made: it goes no further, and its author
    /// is told.
    private static func stopBroadcasts(_ database: Database, now: Date) throws {
        try database.inTransaction(.immediate) {
            for var broadcast in try BroadcastTable.sending(database) {
                broadcast.end(.stopped, by: nil, reason: "restored from a backup: more of it may have gone out after the backup was made")
                // What was pending is unknown by now: there is nothing to take back.
                (broadcast.step, broadcast.cursor, broadcast.level) = (.done, 0, 0)
                try BroadcastTable.write(broadcast, database)
                let subject = Alarm.Subject.broadcast(broadcast.id)
                let word = Alarm(subject: subject, due: now, what: "tells its author")
                try AlarmTable.set(broadcast.owesWord ? word : nil, of: subject, database)
            }
            return .commit
        }
    }

    private static let restoredSlice = 500

    private static func markSlice(_ database: Database, now: Date) throws -> Int {
        var count = 0
        try database.inTransaction(.immediate) {
            var tally = Tally()
            let rows = try database.rows(unfinishedSlice)
            for row in rows {
                let id = try row.need(row.int64(0), "the id of a delivery")
                let attempt = (row.int(3) ?? 0) + 1
                try database.run(restoredAttempt, [id, attempt, now.microseconds])
                try database.run(markUnknown, [attempt, now.microseconds, id])
                tally.move(
                    channel: try row.need(row.text(1), "a channel"), from: try row.need(row.text(2), "the state of a delivery"),
                    to: DeliveryState.unknown.rawValue)
                if row.flag(6) || row.int64(7) != nil {
                    try DigestContents(holder: row.int64(7) ?? id).follow(database, now: now, tally: &tally)
                }
            }
            // Where the slice ends within a conversation, what is left of it must not wait for a head that is gone.
            if let last = rows.last, let incident = last.text(4), let channel = last.text(1), let address = last.text(5) {
                try promote(Conversation(incident: incident, channel: channel, address: address), database)
            }
            try tally.write(database)
            count = rows.count
            return .commit
        }
        return count
    }

    private static func promote(_ conversation: Conversation, _ database: Database) throws {
        guard try conversation.head(database) == nil else { return }
        guard let next = try database.first(Conversation.waiting, conversation.key, { $0.int64(0) }) ?? nil else { return }
        try database.run("UPDATE deliveries SET blocked = 0 WHERE id = ?", [next])
    }

    private static let unfinishedSlice = """
        SELECT id, channel, state, attempts, incident, address, contains, fallback_root FROM deliveries INDEXED BY deliveries_unfinished
        WHERE \(LedgerSchema.unfinished) LIMIT \(restoredSlice)
        """
    private static let restoredAttempt = """
        INSERT INTO attempts (delivery, number, at, ms, outcome, reason) VALUES (?, ?, ?, 0, 'unknown', 'restored')
        """
    private static let markUnknown = """
        UPDATE deliveries SET state = 'unknown', blocked = 0, attempts = ?, unknowns = unknowns + 1, \
        first_attempt = ifnull(first_attempt, ?), fallback_at = NULL, \
        reason = 'restored from a backup: it may have gone out after the backup was made' WHERE id = ?
        """
}
