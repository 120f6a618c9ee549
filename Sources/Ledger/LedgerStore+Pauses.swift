// What an operator holds back: a channel, or everything. The router learns of it by `changeMarker`; it stays over restarts.

import Foundation
import GRDB

/// Something that is held back by hand.
public struct Pause: Sendable, Equatable {
    /// Nil: every channel.
    public var channel: String?
    public var since: Date

    public init(channel: String?, since: Date) {
        self.channel = channel
        self.since = since
    }
}

extension LedgerStore {
    /// Holds what would go out through a channel, until `resume`. What is on its way already is not called back.
    ///
    /// - Parameter channel: nil: all, those that are configured later included.
    /// - Returns: false where it was paused already; its `since` stays.
    @discardableResult
    public func pause(channel: String?, now: Date = Date()) async throws(LedgerError) -> Bool {
        try await writing { database in
            try database.run("INSERT OR IGNORE INTO pauses (channel, since) VALUES (?, ?)", [channel ?? "", now.microseconds])
            return database.changesCount > 0
        }
    }

    /// Lets it go out again.
    ///
    /// - Parameter channel: nil: all, those that were paused by name included.
    /// - Returns: false where it was not paused by that name.
    @discardableResult
    public func resume(channel: String?, now: Date = Date()) async throws(LedgerError) -> Bool {
        try await writing { database in
            var isPaused = false
            try database.inTransaction(.immediate) {
                // The time for which something was held does not count towards its next way.
                try database.run(Self.wait, [now.microseconds, channel])
                if let channel {
                    try database.run("DELETE FROM pauses WHERE channel = ?", [channel])
                } else {
                    try database.run("DELETE FROM pauses", [])
                }
                isPaused = database.changesCount > 0
                return .commit
            }
            return isPaused
        }
    }

    private static let wait = """
        UPDATE deliveries INDEXED BY deliveries_fallback SET fallback_at = fallback_at + max(0, ? - (
            SELECT min(since) FROM pauses WHERE pauses.channel IN ('', deliveries.channel)))
        WHERE \(LedgerSchema.fallbackWaits) AND EXISTS (
            SELECT 1 FROM pauses WHERE pauses.channel IN ('', deliveries.channel)) AND channel = ifnull(?, channel)
        """

    /// What is paused; all before single channels, those by name.
    public func pauses() async throws(LedgerError) -> [Pause] {
        try await readers.read { try Self.pauses($0) }
    }

    static func pauses(_ database: Database) throws -> [Pause] {
        try database.rows("SELECT channel, since FROM pauses ORDER BY channel").map { row in
            let channel = try row.need(row.text(0), "a paused channel")
            return Pause(channel: channel.isEmpty ? nil : channel, since: try row.need(row.date(1), "the time of a pause"))
        }
    }
}
