// The same search the other way round: from the oldest on, for a bounded time.

import Foundation
import GRDB

extension LedgerStore {
    /// Looks for deliveries, the oldest first.
    ///
    /// - Parameters:
    ///   - search: its `before` is not looked at.
    ///   - last: only ids above it: the last page's `next`.
    public func searchOldest(_ search: DeliverySearch, after last: Int64?) async throws(LedgerError) -> DeliveryPage {
        try await readers.read { try Self.searchOldest(search, last, $0) }
    }

    private static func searchOldest(_ search: DeliverySearch, _ last: Int64?, _ database: Database) throws -> DeliveryPage {
        var page = DeliveryPage()
        guard let bounds = try database.row("SELECT (SELECT min(id) FROM deliveries), (SELECT max(id) FROM deliveries)"),
            let least = bounds.int64(0), let most = bounds.int64(1), (last ?? 0) < most
        else { return page }
        var low = max(least, (last ?? 0) + 1)
        if let since = search.since { low = try first(since: since, low, most, database) }
        let end = DispatchTime.now().uptimeNanoseconds + UInt64(max(0, search.patience) * 1e9)
        let (sql, arguments) = search.query("ASC", byIncident: search.incident != nil)
        var width: Int64 = search.incident == nil ? 2_000 : .max
        while low <= most {
            let high = most - low < width ? most + 1 : low + width
            let began = DispatchTime.now().uptimeNanoseconds
            let wanted = search.limit + 1 - page.rows.count
            page.rows += try database.rows(sql, arguments + [low, high, wanted]).map { try complete($0, database) }
            if page.rows.count > search.limit {
                page.rows.removeLast(page.rows.count - search.limit)
                page.next = page.rows.last?.id
                return page
            }
            low = high
            let now = DispatchTime.now().uptimeNanoseconds
            if low <= most, now >= end {
                (page.next, page.isCutShort) = (low - 1, true)
                return page
            }
            if width < 1 << 40, now - began < 2_000_000 { width *= 2 }
        }
        return page
    }

    /// The lowest id from which on deliveries were made at that time or later, found by halving: ids and times of making rise together.
    private static func first(since: Date, _ least: Int64, _ most: Int64, _ database: Database) throws -> Int64 {
        var (low, high) = (least, most + 1)
        while low < high {
            let middle = low + (high - low) / 2
            let created = try database.first(
                "SELECT created FROM deliveries WHERE id >= ? ORDER BY id LIMIT 1", [middle]
            ) { $0.date(0) }
            if let created, created < since { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
