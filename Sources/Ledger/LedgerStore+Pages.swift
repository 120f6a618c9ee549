// What the page asks: an incident's story, and whether anything has changed.

import Foundation
import GRDB
import Incidents

/// One event of an incident's story, with what followed from it.
public struct StoryEvent: Sendable {
    public var stored: StoredEvent
    /// Older than what was known: recorded, and without effect.
    public var isStale: Bool
    /// The first of its deliveries, in the order in which they were made.
    public var deliveries: [DeliveryRow]
    /// Of all its deliveries; of very many, the first `LedgerStore.storyCount`.
    public var counts: [DeliveryState: Int]

    public var total: Int { counts.values.reduce(0, +) }
}

/// A part of an incident's story, the newest first.
public struct StoryPage: Sendable {
    public var events: [StoryEvent] = []
    /// Where the older ones begin; nil: there are none.
    public var next: Int64?

    public init() {}
}

/// What has been written to the ledger, as far as that can be told; only good for comparison with another of the same store.
public struct ChangeMark: Sendable, Equatable {
    var own: Int
    var others: Int
}

extension LedgerStore {
    /// Deliveries of one event that are counted at most.
    public static let storyCount = 10_000

    /// An incident's events with their deliveries.
    ///
    /// - Parameters:
    ///   - before: where the last page ended.
    ///   - limit: events of one page.
    ///   - deliveries: of each event, at most.
    public func story(
        of incident: String, before: Int64? = nil, limit: Int = 30, deliveries: Int = 20
    ) async throws(LedgerError) -> StoryPage {
        try await readers.read { database in
            var page = StoryPage()
            let rows = try database.rows(Self.storyEvents, [incident, before ?? .max, limit + 1])
            for row in rows.prefix(limit) {
                let stored = try StoredEvent(row)
                let found = try database.rows(Self.storyDeliveries, [stored.sequence, deliveries])
                var counts: [DeliveryState: Int] = [:]
                for row in try database.rows(Self.storyStates, [stored.sequence, Self.storyCount]) {
                    guard let state = row.text(0).flatMap(DeliveryState.init(rawValue:)) else { continue }
                    counts[state] = row.int(1)
                }
                page.events.append(
                    StoryEvent(
                        stored: stored, isStale: row.flag(14), deliveries: try found.map { try Self.complete($0, database) },
                        counts: counts))
            }
            if rows.count > limit { page.next = page.events.last?.stored.sequence }
            return page
        }
    }

    /// Changes whenever something was written, by this process or by another. Cheap.
    public func changes() async throws(LedgerError) -> ChangeMark {
        // In this order: the marker comes from the writer's thread, and so after it has counted what it was told before.
        let others = try await changeMarker()
        return ChangeMark(own: writes, others: others)
    }

    static let storyEvents = """
        SELECT \(StoredEvent.columns), e.stale FROM events e INDEXED BY events_incident
        WHERE e.incident = ? AND e.sequence < ? ORDER BY e.sequence DESC LIMIT ?
        """
    static let storyDeliveries = """
        SELECT \(DeliveryRow.columns) FROM deliveries d INDEXED BY deliveries_event CROSS JOIN events e ON e.sequence = d.event
        WHERE d.event = ? ORDER BY d.id LIMIT ?
        """
    static let storyStates = """
        SELECT state, count(*) FROM (SELECT state FROM deliveries INDEXED BY deliveries_event WHERE event = ? LIMIT ?) GROUP BY state
        """
}
