// The ledger in figures: totals from the tallies, the rest from the partial indexes of what is unfinished or dead.

import Foundation
import GRDB

extension LedgerStore {
    /// Counts. The cost is that of what is unfinished, not of the whole history.
    public func summary(now: Date) async throws(LedgerError) -> LedgerSummary {
        try await readers.read { database in
            var summary = LedgerSummary()
            for row in try database.rows("SELECT kind, name, state, count FROM tallies") {
                guard let kind = row.text(0).flatMap(Tally.Kind.init(rawValue:)), let name = row.text(1), let count = row.int(3) else {
                    continue
                }
                switch kind {
                case .deliveries:
                    guard count != 0, let state = row.text(2).flatMap(DeliveryState.init(rawValue:)) else { continue }
                    summary.deliveries[state, default: 0] += count
                    summary.channels[name, default: [:]][state, default: 0] += count
                case .events:
                    summary.events += count
                    summary.eventTypes[name, default: 0] += count
                case .duplicates: summary.duplicates += count
                case .stale: summary.stale += count
                case .fallbacks: summary.fallbacks[name, default: 0] += count
                }
            }
            summary.openIncidents = try database.number("SELECT count(*) FROM incidents WHERE is_open = 1")
            summary.needsMending = try database.number("SELECT count(*) FROM deliveries d WHERE \(DeliveryFilter.mendable)")
            let due = try database.row(Self.due, [now.microseconds])
            summary.undeliveredDue = due?.int(0) ?? 0
            summary.oldestDue = due?.date(1)
            summary.nextDue = try Self.nextDue(database, after: now)
            summary.pauses = try Self.pauses(database)
            summary.destinations = try Self.destinations(database)
            summary.reloadRefused = try Self.refusedReload(database)
            return summary
        }
    }

    private static let due = """
        SELECT count(*), min(due) FROM deliveries INDEXED BY deliveries_unfinished WHERE \(LedgerSchema.unfinished) AND due <= ?
        """
}
