// Deliveries whose next way is due, and the taking of it beside one that is still being tried.

import Foundation
import GRDB

extension LedgerStore {
    /// Unfinished deliveries whose next way is due by `now` and has not been taken, the longest due first. Those whose rows
    /// are damaged are left out, and those of paused channels.
    public func fallbacksDue(now: Date, limit: Int, paused: Set<String> = []) async throws(LedgerError) -> [QueuedDelivery] {
        try await readers.read { database in
            var reader = DeliveryReader(database, now: now)
            var found: [QueuedDelivery] = []
            if limit <= 0 { return found }
            try database.each(Self.fallbacks, [now.microseconds]) { row in
                if paused.contains(row.text(4) ?? "") { return true }
                do {
                    found.append(try reader.delivery(row))
                } catch is RowFault {}
                return found.count < limit
            }
            return found
        }
    }

    /// Deliveries that were taken back because their address was suppressed while they waited, and for which no other way has
    /// been looked for yet, the longest first.
    public func astray(now: Date, limit: Int) async throws(LedgerError) -> [QueuedDelivery] {
        try await readers.read { database in
            var reader = DeliveryReader(database, now: now)
            var found: [QueuedDelivery] = []
            try database.each(Self.strays, []) { row in
                do {
                    found.append(try reader.delivery(row))
                } catch is RowFault {}
                return found.count < limit
            }
            return found
        }
    }

    /// Makes the delivery of the next way beside one that is unfinished. Where the same event has a delivery there already,
    /// none is made, and the reason says so. Does nothing where the delivery is finished, or has fallen back already. One that is
    /// `astray` is told by that way instead, when it would have been.
    ///
    /// - Parameters:
    ///   - plan: nil: there is no other way, which is only noted, so that it is not asked for again.
    ///   - reason: why that way is taken, for people.
    /// - Returns: the new delivery, unless it waits for others of its conversation.
    public func failOver(_ id: Int64, to plan: FallbackPlan?, reason: String, now: Date) async throws(LedgerError) -> [QueuedDelivery] {
        try await writing { database in
            var ready: [QueuedDelivery] = []
            try database.inTransaction(.immediate) {
                var tally = Tally()
                var outcomes = OutcomeTransaction(database, now: now)
                try outcomes.failOver(id, to: plan, reason: reason, tally: &tally)
                try tally.write(database)
                ready = try outcomes.recorded().ready
                return .commit
            }
            return ready
        }
    }

    private static let strays = """
        SELECT \(QueuedDelivery.columns) FROM deliveries d INDEXED BY deliveries_astray
        WHERE \(LedgerSchema.astray) ORDER BY fallback_at, d.id
        """
    static let fallbacks = """
        SELECT \(QueuedDelivery.columns) FROM deliveries d INDEXED BY deliveries_fallback
        WHERE fallback_at <= ? AND \(LedgerSchema.fallbackWaits) ORDER BY fallback_at
        """
}
