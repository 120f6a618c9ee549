// Wakes one sleeper: early when rung, or at a time.

import Dispatch
import Foundation
import Synchronization

/// A bell that one task waits for. A ring that nobody waits for is kept for the next wait; several count as one.
final class Bell: Sendable {
    private struct State {
        var isRung = false
        var sleeper: CheckedContinuation<Void, Never>?
        /// When the timer will ring.
        var armed: Date?
    }

    private let state = Mutex(State())
    private let queue = DispatchQueue(label: "tocsin.bell")

    func ring() {
        let sleeper = state.withLock { state in
            let sleeper = state.sleeper
            state.sleeper = nil
            state.isRung = sleeper == nil
            return sleeper
        }
        sleeper?.resume()
    }

    /// Returns once the bell is rung, or at `until`; it may return early.
    func wait(until: Date?) async {
        await withCheckedContinuation { continuation in
            let wasRung = state.withLock { state in
                if state.isRung {
                    state.isRung = false
                    return true
                }
                state.sleeper = continuation
                return false
            }
            if wasRung { return continuation.resume() }
            if let until { arm(until) }
        }
    }

    private func arm(_ until: Date) {
        let mustArm = state.withLock { state in
            if let armed = state.armed, armed <= until, armed > Date() { return false }
            state.armed = until
            return true
        }
        guard mustArm else { return }
        // Long waits are cut: a clock that is set forwards meanwhile is noticed within a minute.
        let wait = min(max(until.timeIntervalSinceNow, 0), 60)
        queue.asyncAfter(deadline: .now() + wait) { [weak self] in
            self?.state.withLock { $0.armed = nil }
            self?.ring()
        }
    }
}
