// Times that a wrong clock has written down: what waits must not wait for hours because the clock was set back.

import Foundation
import GRDB

extension LedgerStore {
    /// Moves everything that may go out, and is due after `now`, by so many seconds (negative: it falls due sooner).
    public func shiftDues(by seconds: TimeInterval, after now: Date) async throws(LedgerError) {
        let shift = Int64(seconds * 1_000_000)
        try await writing { database in
            try database.run(
                """
                UPDATE deliveries INDEXED BY deliveries_unfinished SET due = due + ?, fallback_at = fallback_at + ? \
                WHERE \(LedgerSchema.unfinished) AND due > ?
                """, [shift, shift, now.microseconds])
        }
    }

    /// Nothing that may go out is due later than this. The cost is that of what is.
    public func capDues(at latest: Date) async throws(LedgerError) {
        try await writing { database in
            for lane in try Self.lanes(database) {
                var priority = Int64.min
                while let next = try database.row(Self.nextPriority, [lane, priority])?.int64(0) {
                    try database.run(Self.cap, [latest.microseconds, lane, next, latest.microseconds])
                    if next == Int64.max { break }
                    priority = next + 1
                }
            }
        }
    }

    private static let cap = """
        UPDATE deliveries INDEXED BY deliveries_ready SET due = ? WHERE lane = ? AND priority = ? AND due > ? AND \(LedgerSchema.ready)
        """
}
