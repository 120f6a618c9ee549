// Silences and subscriptions, for the commands; and everything that a decision may ask, for `explain`.

import Foundation
import GRDB
import Incidents
import Routing

/// A silence, with what it kept back.
public struct SilenceRow: Sendable, Equatable {
    public var silence: Silence
    /// How many deliveries it suppressed.
    public var suppressed: Int
    /// Of how many incidents.
    public var incidents: Int

    public init(silence: Silence, suppressed: Int, incidents: Int) {
        self.silence = silence
        self.suppressed = suppressed
        self.incidents = incidents
    }
}

extension LedgerStore {
    /// What a decision made now could ask, as it is at one moment. They are good only inside `body`.
    public func surroundings<T: Sendable>(
        _ body: @escaping @Sendable (any Surroundings) throws -> T
    ) async throws(LedgerError) -> T {
        try await readers.read { try body(SQLSurroundings($0)) }
    }

    /// The oldest first.
    ///
    /// - Parameters:
    ///   - includeEnded: also those that ran out, or were ended, for as long as history is kept.
    ///   - latest: of all, only so many, the latest; nil: all of them.
    public func silences(includeEnded: Bool, latest: Int? = nil) async throws(LedgerError) -> [SilenceRow] {
        try await readers.read { database in
            let silences = try StandingTables.silences(database, includeEnded: includeEnded, latest: latest)
            return try silences.filter { includeEnded || $0.endedAt == nil }.map { silence in
                let counts = try database.row(Self.suppressed, [silence.id])
                return SilenceRow(silence: silence, suppressed: counts?.int(0) ?? 0, incidents: counts?.int(1) ?? 0)
            }
        }
    }

    /// The oldest first.
    public func subscriptions() async throws(LedgerError) -> [Subscription] {
        try await readers.read { try StandingTables.subscriptions($0) }
    }

    /// Those of one person or address, the oldest first; the others are not looked at.
    public func subscriptions(of who: Subscription.Who) async throws(LedgerError) -> [Subscription] {
        try await readers.read { try StandingTables.subscriptions(of: who, $0) }
    }

    /// One by its id.
    public func subscription(_ id: String) async throws(LedgerError) -> Subscription? {
        try await readers.read { try StandingTables.subscription(id, $0) }
    }

    /// Those whose code has a mark; one, but for chance.
    public func subscriptions(marked mark: Int64) async throws(LedgerError) -> [Subscription] {
        try await readers.read { try StandingTables.subscriptions(marked: mark, $0) }
    }

    /// Reads all subscriptions and makes them ready to be asked, so that the writer need not: before anything is written. Blocks.
    ///
    /// - Parameter scale: the severities that their matches speak of.
    public func prepareSubscriptions(scale: SeverityScale) throws(LedgerError) {
        let book = try readers.readNow { try StandingTables.subscriptionBook($0) }
        book.prepare(scale)
        before { $0.memory.adopt(book) }
    }

    /// Whether an event was accepted, as long as history is kept.
    public func knows(event id: String, source: String) async throws(LedgerError) -> Bool {
        try await readers.read { try $0.has("SELECT 1 FROM events WHERE source = ? AND id = ?", [source, id]) }
    }

    /// Those that have not ended, or have just ended.
    public func snoozes() async throws(LedgerError) -> [Snooze] {
        try await readers.read { try StandingTables.snoozes($0) }
    }

    private static let suppressed = """
        SELECT count(*), count(DISTINCT incident) FROM deliveries INDEXED BY deliveries_silence
        WHERE silence = ? AND silence IS NOT NULL
        """
}
