// What waits for the writer's thread. Arrivals are bounded in bytes: callers wait for room. Outcomes are small, come
// first, and are never turned away: what has been sent must be recorded. Under load, lone outcomes gather for two
// milliseconds, because each commit costs an fsync and nobody waits for theirs; arrivals never wait for that.

import Dispatch
import GRDB
import Incidents
import Synchronization

typealias Reply<Value: Sendable> = CheckedContinuation<Result<Value, LedgerError>, Never>

/// One call of `record`.
struct OutcomeCall: Sendable {
    var records: [AttemptRecord]
    var reply: Reply<Recorded>
}

/// One call of `accept`, or a slice of one.
struct ArrivalCall: Sendable {
    var arrivals: [PreparedArrival]
    var reply: Reply<[Receipt]>
}

/// Anything else that must happen on the writer's connection, outside the batch's transaction.
struct WriterTask: Sendable {
    var run: @Sendable (Database, IncidentCache) -> Void
}

/// What the writer takes at once.
struct WriterBatch: Sendable {
    var tasks: [WriterTask] = []
    var outcomes: [OutcomeCall] = []
    var arrivals: [ArrivalCall] = []
}

extension WriterBatch {
    /// Nothing waits but a few outcomes, or nothing at all.
    var canGather: Bool { tasks.isEmpty && arrivals.isEmpty && outcomes.count < WriterInbox.enoughOutcomes }
}

/// The hand-off between callers and the writer's thread.
final class WriterInbox: Sendable {
    /// Arrivals in one transaction, at most.
    static let maximumArrivals = 512
    /// Outcomes in one transaction: a new call is not added to that many.
    static let maximumOutcomes = 4_096
    /// Bytes of arrivals that may wait; a larger single call goes in alone.
    static let maximumBytes = 16 << 20

    /// How long outcomes gather, in milliseconds, where the last batch was as recent as that.
    static let gathering = 2
    /// Outcomes that are worth a commit at once.
    static let enoughOutcomes = 64

    private struct State {
        var waiting = WriterBatch()
        /// The writer gathers outcomes, and need not be woken for one more.
        var isGathering = false
        var reserved = 0
        var queue: [(bytes: Int, resume: CheckedContinuation<Void, Never>)] = []
        var isClosed = false
    }

    private let milliseconds: Int
    private let state = Mutex(State())
    private let bell = DispatchSemaphore(value: 0)

    /// - Parameter gathering: milliseconds.
    init(gathering: Int = WriterInbox.gathering) { milliseconds = gathering }

    /// Waits until so many bytes may be put in, and keeps that room. Once closed there is always room: `put` says no.
    func reserve(_ bytes: Int) async {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.isClosed || state.queue.isEmpty && (state.reserved == 0 || state.reserved + bytes <= Self.maximumBytes) {
                    state.reserved += bytes
                    return true
                }
                state.queue.append((bytes, continuation))
                return false
            }
            if isFree { continuation.resume() }
        }
    }

    /// - Returns: false once the inbox is closed.
    func put(_ change: (inout WriterBatch) -> Void) -> Bool {
        let (isOpen, wakes) = state.withLock { state in
            if state.isClosed { return (false, false) }
            change(&state.waiting)
            return (true, !state.isGathering || !state.waiting.canGather)
        }
        if wakes { bell.signal() }
        return isOpen
    }

    /// The next batch; waits for one. Nil once the inbox is closed and empty. Blocks: for the writer's thread only.
    ///
    /// - Parameter isBusy: the last batch was only just done, so that outcomes may gather.
    func next(isBusy: Bool = false) -> WriterBatch? {
        if isBusy { gather() }
        while true {
            let (batch, isClosed) = state.withLock { state in (Self.take(&state), state.isClosed) }
            if let batch { return batch }
            if isClosed { return nil }
            bell.wait()
        }
    }

    private func gather() {
        let mayGather = state.withLock { state in
            state.isGathering = !state.isClosed && state.waiting.canGather
            return state.isGathering
        }
        guard mayGather else { return }
        let deadline = DispatchTime.now() + .milliseconds(milliseconds)
        while bell.wait(timeout: deadline) == .success {
            // A signal may be an old one: only what has come counts.
            if state.withLock({ $0.isClosed || !$0.waiting.canGather }) { break }
        }
        state.withLock { $0.isGathering = false }
    }

    /// How many calls the writer has not taken yet.
    var depth: Int { state.withLock { $0.waiting.tasks.count + $0.waiting.outcomes.count + $0.waiting.arrivals.count } }

    /// No more calls are let in; what is in is still done.
    func close() {
        let queue = state.withLock { state in
            state.isClosed = true
            let queue = state.queue
            state.queue = []
            return queue
        }
        for waiter in queue { waiter.resume.resume() }
        bell.signal()
    }

    private static func take(_ state: inout State) -> WriterBatch? {
        if state.waiting.tasks.isEmpty, state.waiting.outcomes.isEmpty, state.waiting.arrivals.isEmpty { return nil }
        var batch = WriterBatch()
        swap(&batch.tasks, &state.waiting.tasks)
        batch.outcomes = take(&state.waiting.outcomes, limit: maximumOutcomes) { $0.records.count }
        batch.arrivals = take(&state.waiting.arrivals, limit: maximumArrivals) { $0.arrivals.count }
        state.reserved -= batch.arrivals.reduce(0) { $0 + $1.bytes }
        var admitted = 0
        for waiter in state.queue {
            // In their order: the first that does not fit keeps those behind it waiting.
            guard state.reserved == 0 || state.reserved + waiter.bytes <= maximumBytes else { break }
            state.reserved += waiter.bytes
            waiter.resume.resume()
            admitted += 1
        }
        state.queue.removeFirst(admitted)
        return batch
    }

    private static func take<Call>(_ calls: inout [Call], limit: Int, size: (Call) -> Int) -> [Call] {
        var total = 0
        var count = 0
        for call in calls {
            total += size(call)
            if total > limit, count > 0 { break }
            count += 1
        }
        let taken = Array(calls.prefix(count))
        calls.removeFirst(count)
        return taken
    }
}

extension ArrivalCall {
    var bytes: Int { arrivals.reduce(0) { $0 + $1.size } }
}
