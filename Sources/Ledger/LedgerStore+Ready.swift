// What is to go out next. Everything here walks the partial index of ready deliveries, so the cost is that of what is
// asked for, not of what waits.

import Foundation
import GRDB

extension LedgerStore {
    /// The first ready deliveries of a lane: pending or retrying, blocked by none before them, due by `now`; most urgent
    /// first, then the longest due, then the oldest; with what has happened since they were planned. Those named in
    /// `excluding` and those of paused channels are left out, and so are those whose rows are damaged, which `verify`
    /// names: they must not stop their lane.
    ///
    /// - Parameter lowest: where more than `limit` are ready, so many of the longest due of the least urgent come besides.
    public func ready(
        lane: String, now: Date, limit: Int, excluding: Set<Int64> = [], paused: Set<String> = [], lowest: Int = 0
    ) async throws(LedgerError) -> [QueuedDelivery] {
        try await readers.read { database in
            var selection = ReadySelection(database, lane: lane, now: now, excluding: excluding, paused: paused)
            var priority = Int64.min
            // One range for each urgency: those that are not due yet are never looked at, however many there are.
            while selection.found.count < limit, let next = try database.row(Self.nextPriority, [lane, priority])?.int64(0) {
                try selection.take(priority: next, until: limit)
                if next == Int64.max { return selection.found }
                priority = next + 1
            }
            if lowest > 0, selection.found.count >= limit, let last = try database.row(Self.lastPriority, [lane])?.int64(0) {
                try selection.take(priority: last, until: limit + lowest)
            }
            return selection.found
        }
    }

    /// The lanes that have anything to send, now or later, in alphabetical order.
    public func lanes() async throws(LedgerError) -> [String] {
        try await readers.read { try Self.lanes($0) }
    }

    /// The earliest due time after `now` of anything that may go out without waiting for another.
    public func nextDue(after now: Date) async throws(LedgerError) -> Date? {
        try await readers.read { try Self.nextDue($0, after: now) }
    }

    static func lanes(_ database: Database) throws -> [String] {
        var lanes: [String] = []
        while let lane = try database.row(Self.nextLane, [lanes.last ?? ""])?.text(0) { lanes.append(lane) }
        return lanes
    }

    static func nextDue(_ database: Database, after now: Date) throws -> Date? {
        var earliest: Int64?
        for lane in try lanes(database) {
            var priority = Int64.min
            while let next = try database.row(nextPriority, [lane, priority])?.int64(0) {
                if let due = try database.row(firstDue, [lane, next, now.microseconds])?.int64(0) { earliest = min(earliest ?? due, due) }
                if next == Int64.max { break }
                priority = next + 1
            }
        }
        return earliest.map(Date.init(microseconds:))
    }

    static let nextLane = """
        SELECT lane FROM deliveries INDEXED BY deliveries_ready WHERE lane > ? AND \(LedgerSchema.ready) ORDER BY lane LIMIT 1
        """
    static let nextPriority = """
        SELECT priority FROM deliveries INDEXED BY deliveries_ready
        WHERE lane = ? AND priority >= ? AND \(LedgerSchema.ready) ORDER BY priority LIMIT 1
        """
    static let lastPriority = """
        SELECT priority FROM deliveries INDEXED BY deliveries_ready WHERE lane = ? AND \(LedgerSchema.ready) ORDER BY priority DESC LIMIT 1
        """
    static let readyOfPriority = """
        SELECT \(QueuedDelivery.columns) FROM deliveries d INDEXED BY deliveries_ready
        WHERE lane = ? AND priority = ? AND due <= ? AND \(LedgerSchema.ready) ORDER BY due, id
        """
    static let firstDue = """
        SELECT due FROM deliveries INDEXED BY deliveries_ready
        WHERE lane = ? AND priority = ? AND due > ? AND \(LedgerSchema.ready) ORDER BY due LIMIT 1
        """
}

/// What one refill finds.
private struct ReadySelection {
    private let database: Database
    private let lane: String
    private let now: Date
    private let paused: Set<String>
    private var seen: Set<Int64>
    private var reader: DeliveryReader
    private(set) var found: [QueuedDelivery] = []

    init(_ database: Database, lane: String, now: Date, excluding: Set<Int64>, paused: Set<String>) {
        self.database = database
        self.lane = lane
        self.now = now
        self.paused = paused
        seen = excluding
        reader = DeliveryReader(database)
    }

    mutating func take(priority: Int64, until limit: Int) throws {
        let cursor = try Row.fetchCursor(
            database.cachedStatement(sql: LedgerStore.readyOfPriority), arguments: [lane, priority, now.microseconds])
        while found.count < limit, let row = try cursor.next() {
            guard let id = row.int64(0), !seen.contains(id), !paused.contains(row.text(4) ?? "") else { continue }
            seen.insert(id)
            do {
                found.append(try reader.withAfterwards(reader.delivery(row), now: now))
            } catch is RowFault {
                continue
            }
        }
    }
}
