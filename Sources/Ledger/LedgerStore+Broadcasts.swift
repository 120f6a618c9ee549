// Broadcasts, for the commands: the list, and the report of one.

import Foundation
import GRDB
import Incidents
import Routing

/// A broadcast with what has become of it so far.
public struct BroadcastRow: Sendable, Equatable {
    public var broadcast: Broadcast
    public var subject: String?
    public var message: String
    /// Of all its deliveries, by channel and state.
    public var counts: [String: [DeliveryState: Int]]

    public init(broadcast: Broadcast, subject: String?, message: String, counts: [String: [DeliveryState: Int]]) {
        self.broadcast = broadcast
        self.subject = subject
        self.message = message
        self.counts = counts
    }

    /// Over all channels.
    public var total: [DeliveryState: Int] { counts.values.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) } }

    public func count(_ states: DeliveryState...) -> Int { states.reduce(0) { $0 + (total[$1] ?? 0) } }

    /// Something of it may still go out, or be made, without anybody's help.
    public var isUnderWay: Bool {
        broadcast.state == .sending || !broadcast.state.isOver || broadcast.step != .done || count(.pending, .retrying) > 0
    }
}

/// Why deliveries of a broadcast failed, and how many.
public struct BroadcastFailure: Sendable, Equatable {
    public var channel: String
    public var state: DeliveryState
    public var reason: String
    public var count: Int
}

extension LedgerStore {
    /// The newest first. The cost of one is that of its deliveries, in their index.
    ///
    /// - Parameter mayLag: the counts may be some seconds old, and of what is over, some minutes: for who asks again and again.
    public func broadcasts(limit: Int = 100, mayLag: Bool = false) async throws(LedgerError) -> [BroadcastRow] {
        try await readers.read { [broadcastCounts] database in
            var spent = Duration.zero
            let all = try database.rows("SELECT state, event FROM broadcasts ORDER BY created DESC, id DESC LIMIT ?", [limit])
            return try all.compactMap { row in
                guard let broadcast = try row.storedJSON(0).flatMap({ Broadcast(json: $0) }), let event = row.int64(1) else { return nil }
                return try Self.row(broadcast, event, database) {
                    if !mayLag { return try Self.counts(of: event, database) }
                    return try broadcastCounts.of(broadcast, spent: &spent) { try Self.counts(of: event, database) }
                }
            }
        }
    }

    /// Nil: nobody has heard of it.
    ///
    /// - Parameter mayLag: as of `broadcasts`.
    public func broadcast(_ id: String, mayLag: Bool = false) async throws(LedgerError) -> BroadcastRow? {
        try await readers.read { [broadcastCounts] database in
            guard let broadcast = try BroadcastTable.broadcast(id, database),
                let event = try BroadcastTable.sequence(of: id, database)
            else { return nil }
            var spent = Duration.zero
            return try Self.row(broadcast, event, database) {
                if !mayLag { return try Self.counts(of: event, database) }
                return try broadcastCounts.of(broadcast, spent: &spent) { try Self.counts(of: event, database) }
            }
        }
    }

    /// Why deliveries of a broadcast did not get through, the commonest first.
    public func failures(of id: String, limit: Int) async throws(LedgerError) -> [BroadcastFailure] {
        try await readers.read { database in
            guard let event = try BroadcastTable.sequence(of: id, database) else { return [] }
            return try database.rows(Self.failures, [event, limit]).compactMap { row in
                guard let channel = row.text(0), let state = row.text(1).flatMap(DeliveryState.init(rawValue:)) else { return nil }
                return BroadcastFailure(channel: channel, state: state, reason: row.text(2) ?? "", count: row.int(3) ?? 0)
            }
        }
    }

    private static func row(
        _ broadcast: Broadcast, _ event: Int64, _ database: Database, counts: () throws -> BroadcastCounts.Counts
    ) throws -> BroadcastRow {
        let stored = try database.first(QueuedDelivery.event, [event]) { try StoredEvent($0) }
        let news = stored.map { BroadcastNews(event: $0.event, incident: $0.incident) }
        return BroadcastRow(broadcast: broadcast, subject: news?.subject, message: news?.message ?? "", counts: try counts())
    }

    private static func counts(of event: Int64, _ database: Database) throws -> BroadcastCounts.Counts {
        var counts: BroadcastCounts.Counts = [:]
        try database.each(Self.counts, [event]) { row in
            if let channel = row.text(0), let state = row.text(1).flatMap(DeliveryState.init(rawValue:)) {
                counts[channel, default: [:]][state] = row.int(2)
            }
            return true
        }
        return counts
    }

    private static let counts = """
        SELECT channel, state, count(*) FROM deliveries INDEXED BY deliveries_event WHERE event = ? GROUP BY channel, state
        """
    private static let failures = """
        SELECT channel, state, ifnull(reason, ''), count(*) AS many FROM deliveries INDEXED BY deliveries_event
        WHERE event = ? AND state IN ('unknown', 'dead', 'expired', 'suppressed', 'superseded', 'retrying')
        GROUP BY channel, state, reason ORDER BY many DESC, channel, state LIMIT ?
        """
}
