// How full the queue is, for every request, without reading the directory for each.

import Foundation
import Router
import Spool
import Synchronization

/// The events that wait: as counted at the last look, and what has been written since.
final class QueueDepth: Sendable {
    /// Seconds for which a look holds.
    static let pause = 1.0

    private struct State {
        var counted = 0
        var added = 0
        var at = -Double.infinity
        var isLooking = false
    }

    private let queue: String
    private let state = Mutex(State())

    init(queue: String) { self.queue = queue }

    /// So many more were written.
    func add(_ events: Int) { state.withLock { $0.added += events } }

    /// Whether so many wait that no more are wanted. Looks again before it says so.
    func isFull(limit: Int) async -> Bool {
        let (seems, isOld) = state.withLock { state in
            (state.counted + state.added >= limit, Monotonic.seconds - state.at > Self.pause)
        }
        if isOld {
            if seems { return await look(limit: limit) >= limit }
            Task { await look(limit: limit) }
        }
        return seems
    }

    /// Whether nothing waits: then the ledger knows all that was ever accepted.
    func isEmpty() async -> Bool { await count(limit: 1) == 0 }

    @discardableResult
    private func look(limit: Int) async -> Int {
        let begun = state.withLock { state -> Int? in
            if state.isLooking { return nil }
            state.isLooking = true
            return state.added
        }
        guard let begun else { return state.withLock { $0.counted + $0.added } }
        let counted = await count(limit: limit)
        return state.withLock { state in
            state.isLooking = false
            state.at = Monotonic.seconds
            state.counted = counted
            // What was written while it looked may have been counted, and may not: counted twice it is corrected a second later.
            state.added -= begun
            return state.counted + state.added
        }
    }

    private func count(limit: Int) async -> Int {
        let queue = queue
        return await Blocking.run {
            do {
                return try QueueLoad.events(in: queue, limit: limit)
            } catch {
                // Writing will say what is wrong with it.
                return 0
            }
        }
    }
}
