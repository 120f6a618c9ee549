// What waits on purpose, and its release.

import CrashPoints
import Foundation
import GRDB

extension LedgerStore {
    /// Releases what is held and due, in one transaction. Everything that is due at one (channel, address) under one key becomes
    /// one message: itself where it is alone and its incident not over, else a digest, which what it holds names. Of late ones
    /// (key `late`) each incident's newest goes by itself, unless there are more than 20 for the address. A group whose rows
    /// cannot be read stays held, and is looked at again after 60 s.
    ///
    /// - Parameters:
    ///   - late: late ones are due whatever their time.
    ///   - limit: (channel, address, key) groups.
    /// - Throws: as `accept`; then nothing was released.
    public func release(now: Date, late: Bool = false, limit: Int) async throws(LedgerError) -> Released {
        try await writing { database, cache in
            // Without anything due there is nothing to write, not even an empty transaction.
            guard try ReleaseTransaction.isAnyDue(database, now: now, late: late) else { return Released() }
            var release = ReleaseTransaction(database, now: now, memory: cache.memory)
            var released = Released()
            try database.inTransaction(.immediate) {
                released = try release.run(late: late, limit: limit)
                CrashPoint.beforeReleaseCommit.reached()
                return .commit
            }
            CrashPoint.afterReleaseCommit.reached()
            cache.memory = release.memory
            return released
        }
    }

    /// When the next held delivery is released; nil: nothing is held.
    public func nextRelease() async throws(LedgerError) -> Date? {
        try await readers.read { try Self.nextRelease($0) }
    }

    static func nextRelease(_ database: Database) throws -> Date? {
        try database.first(firstHeld, []) { $0.date(0) }
    }

    private static let firstHeld = """
        SELECT due FROM deliveries INDEXED BY deliveries_held_due WHERE \(LedgerSchema.held) ORDER BY due LIMIT 1
        """
}
