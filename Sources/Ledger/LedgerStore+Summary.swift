// The ledger in figures: totals from the tallies, the rest from the partial indexes of what is unfinished or dead.

import Foundation
import GRDB

extension LedgerStore {
    /// Deliveries that are due are counted up to here: of more it matters that they are many.
    public static let dueBound = 10_000

    /// Counts. The cost is that of what is given up, and of `dueBound` that wait; not of the whole history, nor of all that waits.
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
            try Self.countDue(database, now, &summary)
            summary.nextDue = try Self.nextDue(database, after: now)
            summary.pauses = try Self.pauses(database)
            summary.destinations = try Self.destinations(database)
            summary.reloadRefused = try Self.refusedReload(database)
            return summary
        }
    }

    /// Where few wait, each is looked at. Of more, those that wait for no other are counted in their index, and of all some are
    /// looked at: what waits behind a try to come stands in no index by its time.
    private static func countDue(_ database: Database, _ now: Date, _ summary: inout LedgerSummary) throws {
        let unfinished = (summary.deliveries[.pending] ?? 0) + (summary.deliveries[.retrying] ?? 0)
        let isFew = unfinished <= dueBound
        let looked = try database.row(due, [isFew ? Int.max : 2 * dueBound, now.microseconds])
        summary.undeliveredDue = looked?.int(0) ?? 0
        summary.oldestDue = looked?.date(1)
        if isFew { return }
        let ready = try readyDue(database, now)
        summary.undeliveredDue = min(dueBound, max(summary.undeliveredDue, ready.count))
        summary.oldestDue = [summary.oldestDue, ready.oldest].compactMap(\.self).min()
        summary.isDueMore = true
    }

    private static let due = """
        SELECT count(*), min(due) FROM (
            SELECT due FROM deliveries INDEXED BY deliveries_unfinished WHERE \(LedgerSchema.unfinished) LIMIT ?) WHERE due <= ?
        """
}
