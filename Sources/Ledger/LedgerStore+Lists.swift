// Beginnings of lists that may be long, for the page.

import Foundation
import GRDB
import Routing

extension LedgerStore {
    /// The newest first.
    public func subscriptions(limit: Int) async throws(LedgerError) -> [Subscription] {
        try await readers.read {
            try StandingTables.readable($0, Self.latestSubscriptions, values: [max(0, limit)], Subscription.init(stored:))
        }
    }

    /// What is known against addresses that begin with a text; in the order of the addresses.
    ///
    /// - Parameter prefix: as compared, see `AddressBlock.compared`; empty: all.
    public func blocks(prefix: String, limit: Int) async throws(LedgerError) -> [AddressBlock] {
        try await readers.read { database in
            try ["email", "sms"].flatMap { kind in
                try StandingTables.readable(
                    database, Self.blocks, values: [kind, prefix, prefix + "\u{10FFFF}", max(0, limit)], AddressBlock.init(stored:))
            }
        }
    }

    static let latestSubscriptions = "SELECT state FROM subscriptions ORDER BY rowid DESC LIMIT ?"
    static let blocks = "SELECT state FROM blocks WHERE kind = ? AND address >= ? AND address < ? ORDER BY kind, address LIMIT ?"
}
