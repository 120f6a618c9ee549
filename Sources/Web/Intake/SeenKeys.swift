// Which idempotency keys came lately, and with what: what the ledger does not know yet, since the events still wait in the queue.

import Cryptography
import Synchronization

/// The last keys, of all who send.
final class SeenKeys: Sendable {
    static let limit = 20_000

    private struct State {
        /// Two halves: when the younger is full, the older goes.
        var young: [String: [UInt8]] = [:]
        var old: [String: [UInt8]] = [:]
    }

    private let state = Mutex(State())

    /// A key of one who sends, and what came with it.
    struct Entry: Sendable {
        let name: String
        let digest: [UInt8]

        init(_ submitter: Submitter, _ key: String, _ body: [UInt8]) {
            name = "\(submitter.id)\0\(key)"
            digest = SHA256.digest(body)
        }
    }

    /// What is known of a key.
    enum Standing: Sendable, Equatable {
        case new, same
        /// Something else came with it before.
        case other
    }

    /// Whether something else came with this key before.
    func knowsOther(than entry: Entry) -> Bool {
        state.withLock { state in
            guard let known = state.young[entry.name] ?? state.old[entry.name] else { return false }
            return known != entry.digest
        }
    }

    /// Nothing came of it: the key may be used again.
    func forget(_ entry: Entry) {
        state.withLock { state in
            state.young[entry.name] = nil
            state.old[entry.name] = nil
        }
    }

    /// Remembers what came with a key.
    func remember(_ entry: Entry) -> Standing {
        state.withLock { state in
            if let known = state.young[entry.name] ?? state.old[entry.name] { return known == entry.digest ? .same : .other }
            if state.young.count >= Self.limit / 2 {
                state.old = state.young
                state.young = [:]
            }
            state.young[entry.name] = entry.digest
            return .new
        }
    }
}
