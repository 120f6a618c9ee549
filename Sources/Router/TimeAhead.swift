// What waits for its time: the next timers, what is held, the silences in force.

import Foundation
import Ledger
import Routing

/// What time will do next, as the ledger says.
public struct TimeAhead: Sendable {
    /// The next alarms, ascending.
    public var timers: [Alarm]
    /// By kind of hold.
    public var held: [HeldCount]
    /// In force, the first to end first.
    public var silences: [Silence]
    public var now: Date

    private static let timerLimit = 5
    /// Seconds within which a silence ends soon.
    public static let soon: TimeInterval = 3_600

    public init(_ ledger: LedgerStore, now: Date) async throws {
        self.now = now
        timers = try await ledger.nextAlarms(limit: Self.timerLimit)
        held = try await ledger.heldCounts()
        silences = try await ledger.silences(includeEnded: false).map(\.silence).filter { $0.isActive(at: now) }
            .sorted { ($0.until, $0.id) < ($1.until, $1.id) }
    }
}
