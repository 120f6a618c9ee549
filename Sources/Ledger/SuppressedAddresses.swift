// What the way out must know at once of addresses that are suppressed, without asking the file: which they are, so that
// no other way leads to them; and which deliveries were taken back that may lie in a lane already.

import Foundation
import Incidents
import Routing
import Synchronization

/// Changed after COMMIT, by the writer's thread; read by everybody.
final class SuppressedAddresses: Sendable {
    struct Key: Hashable, Sendable {
        var kind: ChannelKind
        /// As compared.
        var address: String
    }

    /// What one transaction changed.
    struct Changes: Sendable {
        var addresses: [(key: Key, isSuppressed: Bool)] = []
        /// Deliveries that were taken back.
        var withdrawn: [Int64] = []

        var isEmpty: Bool { addresses.isEmpty && withdrawn.isEmpty }
    }

    private struct State {
        var keys: Set<Key> = []
        var withdrawn: Set<Int64> = []
    }

    /// More are not remembered: they have left the lanes long ago.
    private static let most = 200_000

    private let state = Mutex(State())
    private let isAny = Atomic<Bool>(false)

    func load(_ keys: [Key]) {
        if keys.isEmpty { return }
        state.withLock { $0.keys.formUnion(keys) }
        isAny.store(true, ordering: .releasing)
    }

    func note(_ changes: Changes) {
        if changes.isEmpty { return }
        state.withLock { state in
            for change in changes.addresses {
                if change.isSuppressed { state.keys.insert(change.key) } else { state.keys.remove(change.key) }
            }
            if state.withdrawn.count + changes.withdrawn.count > Self.most { state.withdrawn = [] }
            state.withdrawn.formUnion(changes.withdrawn)
        }
        isAny.store(true, ordering: .releasing)
    }

    func contains(_ kind: ChannelKind, _ address: String) -> Bool {
        guard isAny.load(ordering: .acquiring) else { return false }
        let key = Key(kind: kind, address: AddressBlock.compared(address, kind))
        return state.withLock { $0.keys.contains(key) }
    }

    func hasWithdrawn(_ id: Int64) -> Bool {
        guard isAny.load(ordering: .acquiring) else { return false }
        return state.withLock { $0.withdrawn.contains(id) }
    }
}

extension LedgerStore {
    /// Whether nothing is to be sent to an address, as far as this process knows: it knows all where it is the router's.
    public func isSuppressed(_ kind: ChannelKind, _ address: String) -> Bool { suppressed.contains(kind, address) }

    /// Whether a delivery was taken back because its address was suppressed while it waited.
    public func wasWithdrawn(_ id: Int64) -> Bool { suppressed.hasWithdrawn(id) }

    /// All addresses that anything is known against, by kind and address.
    public func blocks() async throws(LedgerError) -> [AddressBlock] { try await readers.read { try BlockTable.all($0) } }

    /// The mail address that a mail of ours with this token (of its Message-ID) went to; nil: there was none.
    public func mailAddress(ofToken token: String) async throws(LedgerError) -> String? {
        let bytes = Token.bytes(token)
        guard bytes.count == 16 else { return nil }
        return try await readers.read { try $0.first(Self.tokenAddress, [bytes]) { $0.text(0) } }
    }

    private static let tokenAddress =
        "SELECT address FROM deliveries INDEXED BY deliveries_token WHERE token = ? AND kind = 'email' LIMIT 1"
}
