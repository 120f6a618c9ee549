// What gateways report of text messages that they accepted: that one arrived, or did not. The state stays what the peer said
// then; one that did not arrive goes on by the next way, like one that was refused.

import Foundation
import GRDB
import Incidents
import Routing

/// One report.
public struct DeliveryReceipt: Sendable, Equatable {
    public enum Outcome: String, Sendable {
        case confirmed
        case failed
    }

    public var delivery: Int64
    /// How the delivery's token begins: the report is about no other.
    public var mark: String
    public var outcome: Outcome
    /// Why it did not arrive, for people.
    public var reason: String?

    public init(delivery: Int64, mark: String, outcome: Outcome, reason: String? = nil) {
        self.delivery = delivery
        self.mark = mark
        self.outcome = outcome
        self.reason = reason
    }

    /// What became of a report.
    public enum Effect: Sendable, Equatable {
        case taken
        /// It was known, or something better was.
        case nothing
        /// There is no such delivery any more.
        case gone
    }

    static func hasFailed(_ id: Int64, _ database: Database) throws -> Bool {
        try database.has("SELECT 1 FROM deliveries WHERE id = ? AND receipt = 'failed' AND state IN ('delivered', 'unknown')", [id])
    }
}

extension LedgerStore {
    /// Writes a report down. Whoever has read a message has it, whatever was reported before; a failure after that says nothing.
    public func take(_ receipt: DeliveryReceipt) async throws(LedgerError) -> DeliveryReceipt.Effect {
        try await writing { database in
            var effect = DeliveryReceipt.Effect.gone
            try database.inTransaction(.immediate) {
                let known = try database.first(Self.receiptOf, [receipt.delivery]) {
                    (token: $0.token(0), last: $0.text(1), fellBack: $0.flag(2), root: $0.int64(3))
                }
                guard let known, known.token.hasPrefix(receipt.mark) else { return .commit }
                effect = .nothing
                if known.last == receipt.outcome.rawValue || known.last == DeliveryReceipt.Outcome.confirmed.rawValue { return .commit }
                let reason = receipt.outcome == .failed ? receipt.reason : nil
                try database.run(Self.setReceipt, [receipt.outcome.rawValue, reason?.storable, receipt.delivery])
                // Another way was taken, or there was none, while this one was still under way: now it is looked for anew.
                if receipt.outcome == .failed, known.fellBack, try !database.has(Self.toldOtherwise, [known.root, receipt.delivery]) {
                    try database.run(Self.lookAgain, [receipt.delivery])
                }
                effect = .taken
                return .commit
            }
            return effect
        }
    }

    /// One delivery as it would be sent: for what has to be known of it. Nil where there is none.
    public func queued(_ id: Int64, now: Date) async throws(LedgerError) -> QueuedDelivery? {
        try await readers.read { database in
            var reader = DeliveryReader(database, now: now)
            return try reader.delivery(id)
        }
    }

    /// Deliveries that did not arrive although their peer accepted them, and for which no other way has been looked for yet,
    /// the oldest first; with what the gateway said.
    public func undelivered(now: Date, limit: Int) async throws(LedgerError) -> [(delivery: QueuedDelivery, reason: String?)] {
        try await readers.read { database in
            var reader = DeliveryReader(database, now: now)
            var found: [(delivery: QueuedDelivery, reason: String?)] = []
            var roots: [Int64] = []
            try database.each(Self.undelivered, [limit]) { row in
                guard let id = row.int64(0) else { return true }
                do {
                    if let delivery = try reader.delivery(id) {
                        found.append((delivery, row.text(1)))
                        roots.append(row.int64(2) ?? id)
                    }
                } catch is RowFault {}
                return true
            }
            for (index, root) in roots.enumerated() {
                let delivery = found[index].delivery
                for row in try database.rows(Self.otherWays, [root, delivery.id]) {
                    guard let channel = row.text(0), let address = row.text(1) else { continue }
                    let way = Way(channel: channel, address: address)
                    if !delivery.tried.contains(way) { found[index].delivery.tried.append(way) }
                }
            }
            return found
        }
    }

    /// The open incident that nobody has acknowledged and that an address, or a person, was told of last.
    ///
    /// - Parameter recipient: the person whose address it is.
    public func unacknowledged(toldTo address: String, or recipient: String?) async throws(LedgerError) -> String? {
        try await readers.read { database in
            var newest: (id: Int64, incident: String)?
            for incident in try database.rows(Self.open).map({ try Incident(row: $0) }) where !incident.acknowledged {
                let told = try database.first(Self.told, [incident.id, address, recipient ?? address]) { $0.int64(0) }
                if let told, told > newest?.id ?? 0 { newest = (told, incident.id) }
            }
            return newest?.incident
        }
    }

    private static let receiptOf = "SELECT token, receipt, fell_back, ifnull(fallback_root, id) FROM deliveries WHERE id = ?"
    /// What was said of a failure does not outlive it.
    private static let setReceipt = """
        UPDATE deliveries SET receipt = ?1, reason = iif(?1 = 'confirmed' AND receipt = 'failed', NULL, ifnull(?2, reason)) WHERE id = ?3
        """
    /// Deliveries `d` of the family with the root ?1, other than ?2.
    private static let otherMembers = """
        deliveries d WHERE d.id IN (
            SELECT ?1 UNION SELECT id FROM deliveries INDEXED BY deliveries_fallback_root WHERE fallback_root = ?1
        ) AND d.id <> ?2
        """
    /// Another way has got through, or still may.
    private static let toldOtherwise = """
        SELECT 1 FROM \(otherMembers) AND (d.state IN ('held', 'pending', 'retrying') OR d.receipt = 'confirmed'
            OR d.state = 'delivered' AND d.receipt IS NOT 'failed') LIMIT 1
        """
    /// Ways that were tried beside it. One that was taken back because this one had got through has not been.
    private static let otherWays = """
        SELECT d.channel, d.address FROM \(otherMembers) AND NOT \(LedgerSchema.takenBackInVain) ORDER BY d.id
        """
    private static let lookAgain = """
        UPDATE deliveries SET fell_back = 0 WHERE id = ? AND state IN ('pending', 'retrying', 'delivered', 'unknown')
        """
    /// One that is still under way ends by its attempt first.
    private static let undelivered = """
        SELECT id, reason, ifnull(fallback_root, id) FROM deliveries INDEXED BY deliveries_undelivered
        WHERE \(LedgerSchema.undelivered) AND state IN ('delivered', 'unknown') ORDER BY created LIMIT ?
        """
    /// Of those that changed last.
    private static let open = "SELECT state FROM incidents INDEXED BY incidents_open WHERE is_open = 1 ORDER BY updated DESC LIMIT 1000"
    private static let told = """
        SELECT max(id) FROM deliveries INDEXED BY deliveries_incident
        WHERE incident = ? AND state IN ('delivered', 'unknown') AND (address = ? OR recipient = ?)
        """
}
