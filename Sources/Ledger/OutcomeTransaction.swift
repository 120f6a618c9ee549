// Outcomes, inside one transaction: the attempt, the delivery's next state, and the next one of its conversation.

import CrashPoints
import Foundation
import GRDB

/// Records attempts. Used by one call at a time, so that each call is told what it made ready.
struct OutcomeTransaction {
    private let database: Database
    private var promoted: [Int64] = []

    init(_ database: Database) { self.database = database }

    private struct Known {
        var incident: String?
        var channel: String
        var address: String
        var state: DeliveryState
        var isBlocked: Bool
        var attempts: Int
    }

    /// Records one attempt. That of a delivery which is finished already is kept, and changes nothing else; that of one
    /// which is gone from the ledger is left out.
    mutating func record(_ record: AttemptRecord, tally: inout Tally) throws {
        guard let known = try find(record.delivery) else { return }
        let isAttempt = !record.outcome.isEmpty
        let attempts = known.attempts + (isAttempt ? 1 : 0)
        if isAttempt { try insert(record, number: attempts) }
        guard known.state.isUnfinished else {
            if isAttempt { try database.run(Self.count, [attempts, record.delivery]) }
            return
        }
        let unknowns = record.outcome == "unknown" ? 1 : 0
        let first = isAttempt ? record.at.microseconds : nil as Int64?
        if case .retry(let due) = record.next {
            try database.run(
                Self.retry,
                [due.microseconds, record.reason?.storable, record.degraded?.storable, attempts, unknowns, first, record.delivery])
        } else {
            let (reason, successor) = record.next.explanation
            let delivered = record.next == .delivered ? record.end.microseconds : nil as Int64?
            try database.run(
                Self.finish,
                [
                    record.next.state.rawValue, reason?.storable, record.degraded?.storable, delivered, attempts, unknowns, first,
                    successor, record.delivery,
                ])
            promoted.removeAll { $0 == record.delivery }
            if !known.isBlocked, known.state != .held { try promoteNext(known) }
        }
        tally.move(channel: known.channel, from: known.state.rawValue, to: record.next.state.rawValue)
    }

    /// What became ready, oldest first. One whose row is damaged is left out, as `LedgerStore.ready` leaves it out: the
    /// outcome of the delivery before it counts all the same.
    func ready() throws -> [QueuedDelivery] {
        if promoted.isEmpty { return [] }
        var reader = DeliveryReader(database)
        return try promoted.compactMap { id in
            do {
                return try reader.delivery(id)
            } catch is RowFault {
                return nil
            }
        }
    }

    private func find(_ id: Int64) throws -> Known? {
        guard let row = try database.row(Self.find, [id]) else { return nil }
        return Known(
            incident: row.text(0), channel: try row.need(row.text(1), "a channel"), address: try row.need(row.text(2), "an address"),
            state: try row.need(row.text(3).flatMap(DeliveryState.init(rawValue:)), "the state of a delivery"), isBlocked: row.flag(4),
            attempts: row.int(5) ?? 0)
    }

    private func insert(_ record: AttemptRecord, number: Int) throws {
        try database.run(
            Self.attempt,
            [
                record.delivery, number, record.at.microseconds, record.milliseconds, record.outcome, record.code?.storable,
                record.reason?.storable, record.detail?.storable, record.remoteID?.storable,
            ])
    }

    /// The head of the conversation is done: the oldest that waits becomes the head.
    private mutating func promoteNext(_ known: Known) throws {
        guard let incident = known.incident else { return }
        guard let next = try database.row(Self.next, [incident, known.channel, known.address])?.int64(0) else { return }
        try database.run(Self.unblock, [next])
        promoted.append(next)
        CrashPoint.promoted.reached()
    }

    private static let find = "SELECT incident, channel, address, state, blocked, attempts FROM deliveries WHERE id = ?"
    private static let attempt = """
        INSERT INTO attempts (delivery, number, at, ms, outcome, code, reason, detail, remote_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    private static let count = "UPDATE deliveries SET attempts = ? WHERE id = ?"
    private static let retry = """
        UPDATE deliveries SET state = 'retrying', due = ?, reason = ?, degraded = ifnull(?, degraded), attempts = ?, \
        unknowns = unknowns + ?, first_attempt = ifnull(first_attempt, ?) WHERE id = ?
        """
    private static let finish = """
        UPDATE deliveries SET state = ?, reason = ?, degraded = ifnull(?, degraded), delivered_at = ?, attempts = ?, \
        unknowns = unknowns + ?, first_attempt = ifnull(first_attempt, ?), successor = ?, blocked = 0 WHERE id = ?
        """
    static let next = """
        SELECT id FROM deliveries INDEXED BY deliveries_unfinished
        WHERE incident = ? AND channel = ? AND address = ? AND \(LedgerSchema.unfinished) AND blocked = 1 ORDER BY id LIMIT 1
        """
    private static let unblock = "UPDATE deliveries SET blocked = 0 WHERE id = ?"
}

extension Disposition {
    /// The reason that is kept, and the delivery that took its place.
    var explanation: (reason: String?, successor: Int64?) {
        switch self {
        case .delivered, .retry: (nil, nil)
        case .dead(let reason), .unknown(let reason), .expired(let reason): (reason, nil)
        case .superseded(let reason, let successor): (reason, successor)
        }
    }
}
