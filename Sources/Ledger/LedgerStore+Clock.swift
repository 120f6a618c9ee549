// After the clock has been set back: what was planned by it while it was ahead must not wait for hours until it says the
// same again. What was planned is told from when: a retry from its last attempt, anything else from when it was made.

import Foundation
import GRDB

extension LedgerStore {
    /// Brings forward what was planned at a time that has not come yet; each keeps the wait that it was given. Changes
    /// nothing where nothing was. Looks at all that is unfinished: only where the clock is known to have been set back,
    /// or at the start.
    ///
    /// - Returns: how many deliveries are due earlier now.
    public func recallFromFuture(now: Date) async throws(LedgerError) -> Int {
        try await writing { database in
            let holdsAreAhead = try database.has(Self.anyHold, [now.microseconds])
            guard try holdsAreAhead || Self.isAhead(database, now: now) else { return 0 }
            var count = 0
            try database.inTransaction(.immediate) {
                try database.run(Self.recallHolds, [now.microseconds])
                let holds = database.changesCount
                try database.run(Self.recallFallbacks, [now.microseconds])
                try database.run(Self.recallDue, [now.microseconds])
                count = holds + database.changesCount
                try database.run(Self.recallFirst, [now.microseconds])
                return .commit
            }
            return count
        }
    }

    /// Whether the last to fall due of any queue was planned in the future: a look at one row for each, however many wait.
    private static func isAhead(_ database: Database, now: Date) throws -> Bool {
        for lane in try lanes(database) {
            var priority = Int64.min
            while let next = try database.row(nextPriority, [lane, priority])?.int64(0) {
                if try database.has(lastIsAhead, [lane, next, now.microseconds]) { return true }
                if next == Int64.max { break }
                priority = next + 1
            }
        }
        return false
    }

    /// What has been brought forward is due before it was planned, and is not touched again.
    ///
    /// When its due time was set: at the end of the last attempt; by a command, for that very moment; or when it was made.
    private static let planned = """
        (CASE WHEN state = 'retrying' THEN (SELECT max(at + ms * 1000) FROM attempts WHERE delivery = deliveries.id) \
        WHEN attempts > 0 THEN due ELSE created END)
        """
    private static let lastIsAhead = """
        SELECT 1 FROM (SELECT * FROM deliveries INDEXED BY deliveries_ready WHERE lane = ?1 AND priority = ?2 AND due > ?3 \
        AND \(LedgerSchema.ready) ORDER BY due DESC LIMIT 1) AS deliveries WHERE \(planned) > ?3 \
        AND due >= \(planned)
        """
    private static let anyHold = """
        SELECT 1 FROM deliveries INDEXED BY deliveries_held_due WHERE \(LedgerSchema.held) AND due > ?1 AND created > ?1 AND due >= created LIMIT 1
        """
    /// What is held keeps its wait as well.
    private static let recallHolds = """
        UPDATE deliveries INDEXED BY deliveries_held_due SET due = ?1 + max(0, due - created) \
        WHERE \(LedgerSchema.held) AND due > ?1 AND created > ?1 AND due >= created
        """
    private static let recallDue = """
        UPDATE deliveries SET due = ?1 + max(0, due - \(planned)) WHERE \(LedgerSchema.unfinished) AND due > ?1 \
        AND \(planned) > ?1 AND due >= \(planned)
        """
    private static let recallFallbacks = """
        UPDATE deliveries SET fallback_at = ?1 + max(0, fallback_at - ifnull(first_attempt, created)) \
        WHERE \(LedgerSchema.fallbackWaits) AND fallback_at > ?1 AND ifnull(first_attempt, created) > ?1
        """
    private static let recallFirst = "UPDATE deliveries SET first_attempt = ?1 WHERE \(LedgerSchema.unfinished) AND first_attempt > ?1"
}
