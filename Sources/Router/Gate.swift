// Something that has to happen once before others go on.

import Foundation
import ServiceLifecycle
import Synchronization

/// Opened once; whoever comes before waits.
final class Gate: Sendable {
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

    /// Returns once it is open, or the task is cancelled.
    ///
    /// - Returns: whether it is open.
    @discardableResult
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

    /// Returns once it is open, the time is over, or the task is cancelled.
    func wait(seconds: TimeInterval) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.passed() }
            // Not by the wall clock, which may be set meanwhile.
            group.addTask { try? await Task.sleep(for: .seconds(seconds)) }
            await group.next()
            group.cancelAll()
        }
    }
}

/// A service that begins when its gate is open, and not at all where that stays shut.
struct GatedService: Service {
    let service: any Service
    let gate: Gate

    func run() async throws {
        let isOpen = await cancelWhenGracefulShutdown { await gate.passed() }
        if isOpen { try await service.run() }
    }
}
