// What is to go out next. Everything here walks the partial index of ready deliveries, so the cost is that of what is
// asked for, not of what waits.

import Foundation
import GRDB

extension LedgerStore {
    /// The first ready deliveries of a lane: pending or retrying, blocked by none before them, due by `now`; most urgent
    /// first, then the longest due, then the oldest. Those named in `excluding` are left out, and so are those whose rows
    /// are damaged, which `verify` names: they must not stop their lane.
    ///
    /// - Parameters:
    ///   - paused: channels that are left out. The cost grows with how many of theirs lie before others of the lane.
    ///   - lowest: besides `limit`, up to so many: the longest due of the least urgent that are due, at the end.
    public func ready(
        lane: String, now: Date, limit: Int, excluding: Set<Int64> = [], paused: Set<String> = [], lowest: Int = 0
    ) async throws(LedgerError) -> [QueuedDelivery] {
        try await readers.read { database in
            var claim = ReadyClaim(database, lane: lane, now: now, excluding: excluding, paused: paused)
            // One range for each urgency: those that are not due yet are never looked at, however many there are.
            var priority = Int64.min
            while claim.found.count < limit, let next = try database.first(Self.nextPriority, [lane, priority], { $0.int64(0) }) {
                try claim.take(next, limit - claim.found.count)
                if next == Int64.max { break }
                priority = next + 1
            }
            priority = Int64.max
            while lowest > 0, let next = try database.first(Self.lastPriority, [lane, priority], { $0.int64(0) }) {
                if try claim.take(next, lowest, countsKnown: true) > 0 || next == Int64.min { break }
                priority = next - 1
            }
            return claim.found
        }
    }

    /// Makes the most urgent retries of a lane due now, because its destination is back: at most so many, the next due first.
    ///
    /// - Returns: how many.
    public func hasten(lane: String, now: Date, limit: Int = 1_000) async throws(LedgerError) -> Int {
        try await writing { database in
            try database.run(Self.hastenRetries, [now.microseconds, lane, now.microseconds, limit])
            return database.changesCount
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

    /// The same for one lane.
    public func nextDue(lane: String, after now: Date) async throws(LedgerError) -> Date? {
        try await readers.read { try Self.nextDue($0, lane: lane, after: now) }
    }

    static func lanes(_ database: Database) throws -> [String] {
        var lanes: [String] = []
        while let lane = try database.first(Self.nextLane, [lanes.last ?? ""], { $0.text(0) }) { lanes.append(lane) }
        return lanes
    }

    static func nextDue(_ database: Database, after now: Date) throws -> Date? {
        try lanes(database).compactMap { try nextDue(database, lane: $0, after: now) }.min()
    }

    private static func nextDue(_ database: Database, lane: String, after now: Date) throws -> Date? {
        var earliest: Int64?
        var priority = Int64.min
        while let next = try database.first(nextPriority, [lane, priority], { $0.int64(0) }) {
            if let due = try database.first(firstDue, [lane, next, now.microseconds], { $0.int64(0) }) {
                earliest = min(earliest ?? due, due)
            }
            if next == Int64.max { break }
            priority = next + 1
        }
        return earliest.map(Date.init(microseconds:))
    }

    /// What is due and waits for no other: how many, up to `dueBound`, and since when the one that has waited longest.
    static func readyDue(_ database: Database, _ now: Date) throws -> (count: Int, oldest: Date?) {
        var count = 0
        var oldest: Int64?
        for lane in try lanes(database) {
            var priority = Int64.min
            while let next = try database.first(nextPriority, [lane, priority], { $0.int64(0) }) {
                if let due = try database.first(firstDue, [lane, next, Int64.min], { $0.int64(0) }), due <= now.microseconds {
                    oldest = min(oldest ?? due, due)
                    if count < dueBound {
                        count += try database.row(dueOfPriority, [lane, next, now.microseconds, dueBound - count])?.int(0) ?? 0
                    }
                }
                if next == Int64.max { break }
                priority = next + 1
            }
        }
        return (count, oldest.map(Date.init(microseconds:)))
    }

    static let dueOfPriority = """
        SELECT count(*) FROM (
            SELECT 1 FROM deliveries INDEXED BY deliveries_ready
            WHERE lane = ? AND priority = ? AND due <= ? AND \(LedgerSchema.ready) LIMIT ?)
        """
    private static let hastenRetries = """
        UPDATE deliveries SET due = ? WHERE id IN (
            SELECT id FROM deliveries INDEXED BY deliveries_ready
            WHERE lane = ? AND priority = 0 AND due > ? AND state = 'retrying' AND \(LedgerSchema.ready) ORDER BY due LIMIT ?)
        """
    static let nextLane = """
        SELECT lane FROM deliveries INDEXED BY deliveries_ready WHERE lane > ? AND \(LedgerSchema.ready) ORDER BY lane LIMIT 1
        """
    static let nextPriority = """
        SELECT priority FROM deliveries INDEXED BY deliveries_ready
        WHERE lane = ? AND priority >= ? AND \(LedgerSchema.ready) ORDER BY priority LIMIT 1
        """
    static let lastPriority = """
        SELECT priority FROM deliveries INDEXED BY deliveries_ready
        WHERE lane = ? AND priority <= ? AND \(LedgerSchema.ready) ORDER BY priority DESC LIMIT 1
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

/// Takes deliveries of one lane, urgency by urgency.
private struct ReadyClaim {
    private(set) var found: [QueuedDelivery] = []
    private let database: Database
    private let lane: String
    private let now: Date
    private let excluding: Set<Int64>
    private let paused: Set<String>
    private var reader: DeliveryReader

    init(_ database: Database, lane: String, now: Date, excluding: Set<Int64>, paused: Set<String>) {
        self.database = database
        self.lane = lane
        self.now = now
        self.excluding = excluding
        self.paused = paused
        reader = DeliveryReader(database, now: now)
    }

    /// Adds up to `limit` of one urgency.
    ///
    /// - Parameter countsKnown: those that were found before count as well, without being added again.
    /// - Returns: how many.
    @discardableResult
    mutating func take(_ priority: Int64, _ limit: Int, countsKnown: Bool = false) throws -> Int {
        let known = countsKnown ? Set(found.lazy.filter { $0.priority == priority }.map(\.id)) : []
        var count = 0
        try database.each(LedgerStore.readyOfPriority, [lane, priority, now.microseconds]) { row in
            guard let id = row.int64(0), !excluding.contains(id) else { return true }
            if !paused.isEmpty, let channel = row.text(4), paused.contains(channel) { return true }
            if known.contains(id) {
                count += 1
                return count < limit
            }
            do {
                found.append(try reader.delivery(row))
                count += 1
            } catch is RowFault {}
            return count < limit
        }
        return count
    }
}
