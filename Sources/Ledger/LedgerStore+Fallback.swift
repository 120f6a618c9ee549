// Deliveries whose first way has not got through for too long.

import Foundation
import GRDB

extension LedgerStore {
    /// Those whose next way is to be taken by now, the longest due first. The cost is that of what is returned.
    public func fallbacksDue(now: Date, limit: Int) async throws(LedgerError) -> [QueuedDelivery] {
        try await readers.read { database in
            var reader = DeliveryReader(database)
            return try database.rows(Self.fallbacksDue, [now.microseconds, limit]).compactMap { row in
                do {
                    return try reader.delivery(row)
                } catch is RowFault {
                    return nil
                }
            }
        }
    }

    /// Takes the next way beside a delivery that is not at its end. One that is, or that has fallen back already, is left
    /// alone.
    ///
    /// - Parameters:
    ///   - plan: nil: there is no other way; it is not asked about again.
    ///   - reason: in words.
    /// - Returns: what is ready by that.
    public func failOver(
        _ id: Int64, to plan: FallbackPlan?, reason: String, now: Date
    ) async throws(LedgerError) -> [QueuedDelivery] {
        try await writing { database in
            var outcomes = OutcomeTransaction(database)
            try database.inTransaction(.immediate) {
                guard let known = try outcomes.find(id), known.state.isUnfinished, !known.fellBack else { return .commit }
                var tally = Tally()
                if let plan {
                    try outcomes.takeNextWay(of: known, plan, why: reason, now: now, &tally)
                } else {
                    try database.run("UPDATE deliveries SET fell_back = 1, fallback_at = NULL WHERE id = ?", [id])
                }
                try tally.write(database)
                return .commit
            }
            return try outcomes.recorded().ready
        }
    }

    private static let fallbacksDue = """
        SELECT \(QueuedDelivery.columns) FROM deliveries d INDEXED BY deliveries_fallback
        WHERE fallback_at <= ? AND \(LedgerSchema.fallbackWaits) ORDER BY fallback_at LIMIT ?
        """
}
