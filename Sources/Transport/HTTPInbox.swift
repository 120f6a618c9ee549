// The only state that callers and the loop's thread share. The loop is woken only when the inbox goes from empty to non-empty,
// and never after it has ended: the multi handle is gone then.

import CCurl
import Synchronization

/// Hands transfers to the loop's thread.
final class HTTPInbox: Sendable {
    enum Item: Sendable {
        case start(HTTPTransfer)
        case cancel(HTTPTransfer)
    }

    struct Batch {
        var items: [Item] = []
        var isClosing = false
    }

    private struct State {
        var batch = Batch()
        var waker: Waker?
        var hasEnded = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    /// `curl_multi_wakeup` is the one call on a multi handle that any thread may make.
    private struct Waker: @unchecked Sendable {
        let multi: UnsafeMutableRawPointer

        func wake() { curl_multi_wakeup(multi) }
    }

    private let state = Mutex(State())

    /// The loop is there and can be woken.
    func open(_ multi: UnsafeMutableRawPointer) {
        let waker = Waker(multi: multi)
        state.withLock { $0.waker = waker }
    }

    /// False where the client is closed: the item was not taken.
    func put(_ item: Item) -> Bool {
        state.withLock { state in
            if state.batch.isClosing || state.hasEnded { return false }
            state.batch.items.append(item)
            if state.batch.items.count == 1 { state.waker?.wake() }
            return true
        }
    }

    /// Asks the loop to end; `closer` is resumed when it has.
    func close(_ closer: CheckedContinuation<Void, Never>?) {
        let alreadyEnded = state.withLock { state in
            if state.hasEnded { return true }
            state.batch.isClosing = true
            if let closer { state.closers.append(closer) }
            state.waker?.wake()
            return false
        }
        if alreadyEnded { closer?.resume() }
    }

    /// All that has gathered; `spare` keeps its capacity for the next batch.
    func take(spare: inout [Item]) -> Bool {
        spare.removeAll(keepingCapacity: true)
        return state.withLock { state in
            swap(&spare, &state.batch.items)
            return state.batch.isClosing
        }
    }

    /// No one wakes the loop any more. What was put since the last `take` is handed back.
    func end() -> [Item] {
        state.withLock { state in
            state.hasEnded = true
            state.waker = nil
            let rest = state.batch.items
            state.batch.items = []
            return rest
        }
    }

    /// Tells who waits in `close` that all is done.
    func announceEnd() {
        let closers = state.withLock { state in
            let closers = state.closers
            state.closers = []
            return closers
        }
        for closer in closers { closer.resume() }
    }
}
