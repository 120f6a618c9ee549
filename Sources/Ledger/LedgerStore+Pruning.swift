// History that is older than it need be kept goes, in steps so small that nothing waits for them.
//
// What goes: closed incidents that nobody has touched since the cutoff, whole, their oldest events first and their row
// last; and events without an incident by their arrival, but for standing wishes (subscriptions, silences, absences).
// What stays: anything of an open incident, what is unfinished, and the events that something unfinished needs.

import Foundation
import GRDB

/// What one step of pruning did, and where the next one goes on.
public struct PruneStep: Sendable {
    /// Rows of all tables.
    public var deleted: Int
    /// Nothing more is old enough.
    public var isDone: Bool
    var position = PrunePosition()
}

/// How far the walk over what is old has come, so that what must stay is looked at once in a walk.
struct PrunePosition: Sendable {
    /// The closed incident that was looked at last: its time, and its place in the table.
    var updated = Int64.min
    var incident = Int64.min
    /// All incidents have been looked at; the event without one that was looked at last.
    var isBeyondIncidents = false
    var received = Int64.min
    var event = Int64.min
}

extension LedgerStore {
    /// One short transaction between the writer's batches.
    ///
    /// - Parameters:
    ///   - cutoff: what arrived, or was touched, at that time or later stays.
    ///   - now: subscriptions that had to be confirmed by then, and were not, go.
    ///   - limit: rows to delete and to look at, about.
    ///   - step: the one before; nil: a new walk begins.
    /// - Throws: as `accept`; then nothing was deleted by this step.
    public func prune(
        before cutoff: Date, now: Date? = nil, limit: Int = 500, after step: PruneStep? = nil
    ) async throws(LedgerError) -> PruneStep {
        let position = step?.position ?? PrunePosition()
        return try await writing { database, cache in
            var pruning = PruneTransaction(database, cutoff: cutoff.microseconds, now: now ?? cutoff, limit: limit, position: position)
            // Without anything old there is nothing to write, not even an empty transaction.
            guard try pruning.hasAny() else { return PruneStep(deleted: 0, isDone: true, position: position) }
            try database.inTransaction(.immediate) {
                try pruning.run()
                return .commit
            }
            for incident in pruning.forgotten { cache.forget(incident) }
            for subscription in pruning.ended { cache.memory.forget(subscription: subscription) }
            return PruneStep(deleted: pruning.deleted, isDone: pruning.isDone, position: pruning.position)
        }
    }
}
