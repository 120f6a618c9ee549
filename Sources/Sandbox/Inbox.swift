// What was received: counts for ever, messages up to a bound (the oldest go first). Everybody who waits is woken by the
// arrival itself.

import Foundation
import Synchronization

/// The messages of a sandbox, in the order of their arrival.
public final class Inbox: Sendable {
    private struct Waiter {
        var count: Int
        var continuation: CheckedContinuation<Void, Never>
    }

    private struct State {
        var accepted = 0
        var refused = 0
        var byReceiver: [Receiver: Int] = [:]
        var kept: [ReceivedMessage] = []
        /// Where `kept` begins; what lies before has been let go.
        var first = 0
        var keptBytes = 0
        var waiters: [Int: Waiter] = [:]
        var listeners: [Int: AsyncStream<ReceivedMessage>.Continuation] = [:]
        var serial = 0
        var isClosed = false
    }

    private let state = Mutex(State())
    private let maximumKept: Int
    private let maximumKeptBytes: Int
    /// A quick answer to "does anybody want the message itself?", read for each request.
    private let listenerCount = Atomic<Int>(0)
    let keeps: Bool

    init(maximumKept: Int, maximumKeptBytes: Int, keeps: Bool) {
        self.maximumKept = max(0, maximumKept)
        self.maximumKeptBytes = max(0, maximumKeptBytes)
        self.keeps = keeps && maximumKept > 0
    }

    /// The accepted messages that are kept.
    public func all() -> [ReceivedMessage] { messages { $0.refused == nil } }

    /// The messages that were refused, with the reason, as far as they are kept.
    public func refusals() -> [ReceivedMessage] { messages { $0.refused != nil } }

    /// Accepted and refused ones, as they came.
    public func everything() -> [ReceivedMessage] { messages { _ in true } }

    /// How many messages were accepted since the start or the last `clear`, kept or not.
    public var count: Int { state.withLock { $0.accepted } }

    /// How many messages were refused.
    public var refusedCount: Int { state.withLock { $0.refused } }

    /// How many messages one receiver accepted.
    public func count(_ receiver: Receiver) -> Int { state.withLock { $0.byReceiver[receiver] ?? 0 } }

    /// Forgets messages and counts.
    public func clear() {
        state.withLock { state in
            state.accepted = 0
            state.refused = 0
            state.byReceiver = [:]
            state.kept = []
            state.first = 0
            state.keptBytes = 0
        }
    }

    /// Waits until so many messages were accepted in all, or the time is up; answers with the accepted ones that are kept.
    @discardableResult
    public func wait(for count: Int, timeout: Duration) async -> [ReceivedMessage] {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await self.arrival(of: count) }
            group.addTask { try? await Task.sleep(for: timeout) }
            await group.next()
            group.cancelAll()
        }
        return all()
    }

    /// Arrivals from now on, refused ones too, until the sandbox stops. A listener who falls more than 10,000 behind
    /// misses the oldest.
    public func stream() -> AsyncStream<ReceivedMessage> {
        let (stream, continuation) = AsyncStream.makeStream(of: ReceivedMessage.self, bufferingPolicy: .bufferingNewest(10_000))
        let serial = state.withLock { state -> Int? in
            if state.isClosed { return nil }
            state.serial += 1
            state.listeners[state.serial] = continuation
            listenerCount.store(state.listeners.count, ordering: .relaxed)
            return state.serial
        }
        guard let serial else {
            continuation.finish()
            return stream
        }
        continuation.onTermination = { [weak self] _ in self?.leave(serial) }
        return stream
    }

    /// Whether a message would be kept or shown; otherwise it need not be made at all.
    var wantsMessages: Bool { keeps || listenerCount.load(ordering: .relaxed) > 0 }

    func add(_ message: ReceivedMessage) {
        let (woken, listeners) = state.withLock { state in
            if keeps { keep(message, &state) }
            let woken = count(message.receiver, isAccepted: message.refused == nil, &state)
            return (woken, Array(state.listeners.values))
        }
        for listener in listeners { listener.yield(message) }
        for continuation in woken { continuation.resume() }
    }

    /// Counts a message that nobody wants to see.
    func tally(_ receiver: Receiver, isAccepted: Bool = true) {
        let woken = state.withLock { count(receiver, isAccepted: isAccepted, &$0) }
        for continuation in woken { continuation.resume() }
    }

    func close() {
        let (waiters, listeners) = state.withLock { state in
            state.isClosed = true
            defer {
                state.waiters = [:]
                state.listeners = [:]
            }
            return (Array(state.waiters.values), Array(state.listeners.values))
        }
        for waiter in waiters { waiter.continuation.resume() }
        for listener in listeners { listener.finish() }
    }

    private func messages(_ isWanted: (ReceivedMessage) -> Bool) -> [ReceivedMessage] {
        state.withLock { state in state.kept[state.first...].filter(isWanted) }
    }

    private func keep(_ message: ReceivedMessage, _ state: inout State) {
        state.kept.append(message)
        state.keptBytes += message.raw.count
        while state.first < state.kept.count,
            state.kept.count - state.first > maximumKept || state.keptBytes > maximumKeptBytes
        {
            state.keptBytes -= state.kept[state.first].raw.count
            state.kept[state.first].raw = []
            state.first += 1
        }
        // The abandoned front goes in one move, seldom.
        if state.first > 1024, state.first * 2 > state.kept.count {
            state.kept.removeFirst(state.first)
            state.first = 0
        }
    }

    private func count(_ receiver: Receiver, isAccepted: Bool, _ state: inout State) -> [CheckedContinuation<Void, Never>] {
        guard isAccepted else {
            state.refused += 1
            return []
        }
        state.accepted += 1
        state.byReceiver[receiver, default: 0] += 1
        if state.waiters.isEmpty { return [] }
        let ready = state.waiters.filter { $0.value.count <= state.accepted }
        for key in ready.keys { state.waiters[key] = nil }
        return ready.values.map(\.continuation)
    }

    private func arrival(of count: Int) async {
        let serial = state.withLock { state in
            state.serial += 1
            return state.serial
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.accepted >= count || state.isClosed || Task.isCancelled { return true }
                    state.waiters[serial] = Waiter(count: count, continuation: continuation)
                    return false
                }
                if isThere { continuation.resume() }
            }
        } onCancel: {
            state.withLock { $0.waiters.removeValue(forKey: serial) }?.continuation.resume()
        }
    }

    private func leave(_ serial: Int) {
        state.withLock { state in
            state.listeners[serial] = nil
            listenerCount.store(state.listeners.count, ordering: .relaxed)
        }
    }
}
