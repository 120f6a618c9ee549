// What waits on purpose: counted by why, for `tocsin status`; and as a digest says it, for `tocsin deliveries show`.

import Foundation
import GRDB
import Incidents
import Routing

/// How much waits for one reason.
public struct HeldCount: Sendable, Equatable {
    public var kind: Hold.Kind
    public var count: Int
    /// When the first of it is to be released; nil where nothing is known.
    public var next: Date?

    public init(kind: Hold.Kind, count: Int, next: Date?) {
        self.kind = kind
        self.count = count
        self.next = next
    }
}

extension LedgerStore {
    /// What is held and not released, in the order of `Hold.Kind.allCases`. The cost is that of what is held.
    public func heldCounts() async throws(LedgerError) -> [HeldCount] {
        try await readers.read { database in
            let found = try database.rows(Self.heldByKind).compactMap { row -> HeldCount? in
                guard let kind = row.text(0).flatMap(Hold.Kind.init(rawValue:)), let count = row.int(1) else { return nil }
                return HeldCount(kind: kind, count: count, next: row.date(2))
            }
            return Hold.Kind.allCases.compactMap { kind in found.first { $0.kind == kind } }
        }
    }

    /// What the message of a delivery says of others that waited for it, as a digest does: one entry for each incident, as it
    /// is now; and how many there are beside these. Empty where there is no such delivery, and where it holds nothing.
    public func digest(of delivery: Int64, now: Date) async throws(LedgerError) -> (items: [DigestItem], more: Int) {
        try await readers.read { database in
            var reader = DeliveryReader(database, now: now)
            let found = try reader.delivery(delivery)
            return (found?.digest ?? [], found?.digestMore ?? 0)
        }
    }

    private static let heldByKind = """
        SELECT hold, count(*), min(due) FROM deliveries INDEXED BY deliveries_held_due WHERE \(LedgerSchema.held) GROUP BY hold
        """
}
