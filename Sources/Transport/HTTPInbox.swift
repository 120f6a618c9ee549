// The only state that callers and the loop's thread share. The loop is woken only while it sleeps, by the first that comes, and never
// under the lock: whoever is woken would run into it at once.

import CLinux
import Glibc
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
        /// The loop waits for its sockets, or is about to.
        var isAsleep = false
        var hasEnded = false
        var closers: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())
    /// An eventfd that the loop waits for beside its sockets; -1 where there is none, and nothing can be sent.
    let bell = clinux_eventfd()

    deinit {
        if bell >= 0 { Glibc.close(bell) }
    }

    private func ring() {
        var one: UInt64 = 1
        _ = write(bell, &one, 8)
    }

    /// After the loop was woken by the bell.
    func silence() {
        var count: UInt64 = 0
        _ = read(bell, &count, 8)
    }

    /// False where the client is closed: the item was not taken.
    func put(_ item: Item) -> Bool {
        let (isTaken, wakes) = state.withLock { state in
            if state.batch.isClosing || state.hasEnded { return (false, false) }
            state.batch.items.append(item)
            defer { state.isAsleep = false }
            return (true, state.isAsleep)
        }
        if wakes { ring() }
        return isTaken
    }

    /// To be asked right before the loop waits: false where something has come meanwhile. From here on the first that comes rings.
    func fallAsleep() -> Bool {
        state.withLock { state in
            state.isAsleep = state.batch.items.isEmpty && !state.batch.isClosing
            return state.isAsleep
        }
    }

    /// Asks the loop to end; `closer` is resumed when it has.
    func close(_ closer: CheckedContinuation<Void, Never>?) {
        let alreadyEnded = state.withLock { state in
            if state.hasEnded { return true }
            state.batch.isClosing = true
            if let closer { state.closers.append(closer) }
            return false
        }
        if alreadyEnded { closer?.resume() } else { ring() }
    }

    /// All that has gathered; `spare` keeps its capacity for the next batch.
    func take(spare: inout [Item]) -> Bool {
        spare.removeAll(keepingCapacity: true)
        return state.withLock { state in
            state.isAsleep = false
            swap(&spare, &state.batch.items)
            return state.batch.isClosing
        }
    }

    /// Nothing is taken any more. What was put since the last `take` is handed back.
    func end() -> [Item] {
        state.withLock { state in
            state.hasEnded = true
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
