// What the spool's thread, its callers and the queue for removals share. The thread sleeps in poll(2); whoever leaves
// something here wakes it.

import CLinux
import Foundation
import Glibc
import Synchronization

final class SpoolCore: Sendable {
    struct Request {
        var id: UInt64
        var limit: Int
        /// Does not wait for files that are still to come.
        var isImmediate: Bool
        var continuation: CheckedContinuation<[TakenFile]?, Never>
    }

    private struct State {
        var requests: [Request] = []
        var cancelled: Set<UInt64> = []
        var nextID: UInt64 = 0
        var isStopping = false
        var isStopped = false
        var stopWaiters: [CheckedContinuation<Void, Never>] = []
        var grown: [TakenFile] = []
        var counts = SpoolCounts()
        var queue: QueueHandle
    }

    private let state: Mutex<State>
    let wakeUp: Int32
    let options: SpoolOptions
    let troubles: TroubleReport

    init(queue: QueueHandle, options: SpoolOptions, onTrouble: @escaping @Sendable (SpoolTrouble) -> Void) throws(SpoolError) {
        wakeUp = clinux_eventfd()
        if wakeUp < 0 { throw SpoolError(errno: errno, doing: "make an eventfd for \(queue.directory.path)") }
        state = Mutex(State(queue: queue))
        self.options = options
        troubles = TroubleReport(onTrouble)
    }

    deinit { close(wakeUp) }

    func wake() {
        var one: UInt64 = 1
        _ = write(wakeUp, &one, 8)
    }

    // MARK: Callers

    func newID() -> UInt64 {
        state.withLock {
            $0.nextID += 1
            return $0.nextID
        }
    }

    func submit(_ request: Request) {
        let isRefused = state.withLock {
            if $0.isStopping || $0.cancelled.remove(request.id) != nil { return true }
            $0.requests.append(request)
            return false
        }
        if isRefused { request.continuation.resume(returning: nil) } else { wake() }
    }

    func cancel(_ id: UInt64) {
        let request: Request? = state.withLock { state in
            guard let index = state.requests.firstIndex(where: { $0.id == id }) else {
                // It may have been answered already; at worst a number stays behind.
                state.cancelled.insert(id)
                return nil
            }
            return state.requests.remove(at: index)
        }
        request?.continuation.resume(returning: nil)
    }

    func forgetCancellation(_ id: UInt64) { state.withLock { _ = $0.cancelled.remove(id) } }

    /// From now on nothing is taken any more, and whoever waits gets nil.
    func requestStop() {
        let waiting = state.withLock { state in
            state.isStopping = true
            defer { state.requests = [] }
            return state.requests
        }
        for request in waiting { request.continuation.resume(returning: nil) }
        wake()
    }

    func awaitStop() async {
        await withCheckedContinuation { continuation in
            let isStopped = state.withLock {
                if !$0.isStopped { $0.stopWaiters.append(continuation) }
                return $0.isStopped
            }
            if isStopped { continuation.resume() }
        }
    }

    var counts: SpoolCounts { state.withLock { $0.counts } }
    var queue: QueueHandle { state.withLock { $0.queue } }

    func count(_ change: (inout SpoolCounts) -> Void) { state.withLock { change(&$0.counts) } }

    func hasGrown(_ file: TakenFile) {
        state.withLock { $0.grown.append(file) }
        wake()
    }

    // MARK: The thread

    var isStopping: Bool { state.withLock { $0.isStopping } }

    var firstRequest: (id: UInt64, limit: Int, isImmediate: Bool)? {
        state.withLock { $0.requests.first.map { ($0.id, $0.limit, $0.isImmediate) } }
    }

    /// Answers a request; false where it has been cancelled meanwhile and the files are still the thread's.
    func answer(_ id: UInt64, _ files: [TakenFile]) -> Bool {
        let request: Request? = state.withLock { state in
            guard let index = state.requests.firstIndex(where: { $0.id == id }) else { return nil }
            state.counts.taken += files.count
            return state.requests.remove(at: index)
        }
        request?.continuation.resume(returning: files)
        return request != nil
    }

    func takeGrown() -> [TakenFile] {
        state.withLock { state in
            defer { state.grown = [] }
            return state.grown
        }
    }

    func replace(queue: QueueHandle) { state.withLock { $0.queue = queue } }

    func stopped() {
        let waiters = state.withLock { state in
            state.isStopped = true
            defer { state.stopWaiters = [] }
            return state.stopWaiters
        }
        for waiter in waiters { waiter.resume() }
    }
}

/// Tells of trouble: the same kind at most once a minute, so that a full disk does not fill the log as well.
final class TroubleReport: Sendable {
    private struct Kept {
        var last: Int64
        var suppressed = 0
    }

    private let kept = Mutex<[String: Kept]>([:])
    private let tell: @Sendable (SpoolTrouble) -> Void
    private static let interval: Int64 = 60_000_000_000

    init(_ tell: @escaping @Sendable (SpoolTrouble) -> Void) { self.tell = tell }

    func report(_ error: SpoolError, about subject: String) {
        let now = FileStamp.nanoseconds(CLOCK_MONOTONIC)
        let trouble: SpoolTrouble? = kept.withLock { kept in
            let key = "\(error.code.rawValue) \(error.cause ?? 0) \(subject)"
            if var known = kept[key], now - known.last < TroubleReport.interval {
                known.suppressed += 1
                kept[key] = known
                return nil
            }
            let suppressed = kept[key]?.suppressed ?? 0
            // Names come from outside: what is remembered of them stays bounded.
            if kept.count >= 256 { kept = kept.filter { now - $0.value.last < TroubleReport.interval } }
            if kept.count >= 1024 { return nil }
            kept[key] = Kept(last: now)
            return SpoolTrouble(error: error, suppressed: suppressed)
        }
        if let trouble { tell(trouble) }
    }
}
