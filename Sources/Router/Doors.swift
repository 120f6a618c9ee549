// The HTTP side listens before anything is taken or sent: where it cannot, nothing has been begun.

import ServiceLifecycle
import Synchronization

/// Opened once; whoever comes before waits.
final class Doors: Sendable {
    private struct State {
        var isOpen = false
        var last = 0
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
    }

    private let state = Mutex(State())

    func open() {
        let waiting = state.withLock { state in
            state.isOpen = true
            defer { state.waiting = [:] }
            return Array(state.waiting.values)
        }
        for continuation in waiting { continuation.resume() }
    }

    /// Returns when they are open, or the task is cancelled.
    ///
    /// - Returns: whether they are open.
    func passed() async -> Bool {
        let id = state.withLock { state in
            state.last += 1
            return state.last
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver = state.withLock { state in
                    // Cancelled before: nobody would find the continuation.
                    if state.isOpen || Task.isCancelled { return true }
                    state.waiting[id] = continuation
                    return false
                }
                if isOver { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiting.removeValue(forKey: id) }?.resume()
        }
        return state.withLock(\.isOpen)
    }
}

/// A service that begins when the doors are open, and not at all where they stay shut.
struct BehindDoors: Service {
    let service: any Service
    let doors: Doors

    func run() async throws {
        let isOpen = await cancelWhenGracefulShutdown { await doors.passed() }
        if isOpen { try await service.run() }
    }
}
