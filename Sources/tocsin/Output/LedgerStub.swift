// Stands in for the ledger's side until that is merged; to be deleted with the merge.

import Foundation
import Ledger
import Routing

struct SilenceRow: Sendable {
    var silence: Silence
    var suppressed: Int
    var incidents: Int
}

extension LedgerStore {
    func silences(includeEnded: Bool) async throws(LedgerError) -> [SilenceRow] { [] }
    func subscriptions() async throws(LedgerError) -> [Subscription] { [] }
    func nextAlarms(limit: Int) async throws(LedgerError) -> [Alarm] { [] }
    func surroundings<T: Sendable>(_ body: @Sendable (any Surroundings) throws -> T) async throws -> T { try body(NoSurroundings()) }
}

struct HeldCount: Sendable {
    var kind: Hold.Kind
    var count: Int
    var next: Date?
}

extension LedgerStore {
    func heldCounts() async throws(LedgerError) -> [HeldCount] { [] }
}

extension DeliveryRow {
    var origin: Origin { .route }
    var hold: HoldRow? { nil }
    var silence: String? { nil }
    var contains: [Int64] { [] }
}

struct HoldRow {
    var kind: Hold.Kind
    var key: String
}
