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

    /// Remembers what came with a key.
    ///
    /// - Returns: false where something else came with it before.
    func accept(_ submitter: Submitter, _ key: String, _ body: [UInt8]) -> Bool {
        let name = "\(submitter.id)\0\(key)"
        let digest = SHA256.digest(body)
        return state.withLock { state in
            if let known = state.young[name] ?? state.old[name] { return known == digest }
            if state.young.count >= Self.limit / 2 {
                state.old = state.young
                state.young = [:]
            }
            state.young[name] = digest
            return true
        }
    }
}
