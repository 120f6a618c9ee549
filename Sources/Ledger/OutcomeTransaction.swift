// Outcomes, inside one transaction: the attempt, the delivery's next state, and what follows for others: the next one of
// its conversation, the next way for its recipient, the other ways that are no longer needed.

import Foundation
import GRDB

/// Records attempts. Used by one call at a time, so that each call is told what it led to.
struct OutcomeTransaction {
    let database: Database
    var promoted: [Int64] = []
    var withdrawn: [Int64] = []

    init(_ database: Database) { self.database = database }

    /// What is known of a delivery before its outcome.
    struct Known {
        var id: Int64
        var incident: String?
        var channel: String
        var address: String
        var state: DeliveryState
        var isBlocked: Bool
        var attempts: Int
        var fellBack: Bool
        var root: Int64?

        /// Its end lets another one of its conversation go.
        var isHead: Bool { !isBlocked && state != .held }

        init(_ row: Row) throws {
            id = try row.need(row.int64(0), "the id of a delivery")
            incident = row.text(1)
            channel = try row.need(row.text(2), "a channel")
            address = try row.need(row.text(3), "an address")
            state = try row.need(row.text(4).flatMap(DeliveryState.init(rawValue:)), "the state of a delivery")
            isBlocked = row.flag(5)
            attempts = row.int(6) ?? 0
            fellBack = row.flag(7)
            root = row.int64(8)
        }

        static let columns = "id, incident, channel, address, state, blocked, attempts, fell_back, fallback_root"
        static let find = "SELECT \(columns) FROM deliveries WHERE id = ?"
    }

    /// Records one attempt. That of a delivery which is finished already is kept, and changes nothing else, but that what
    /// a peer accepted counts as delivered; that of one which is gone from the ledger is left out.
    mutating func record(_ record: AttemptRecord, tally: inout Tally) throws {
        guard let known = try find(record.delivery) else { return }
        let isAttempt = !record.outcome.isEmpty
        let attempts = known.attempts + (isAttempt ? 1 : 0)
        if isAttempt { try insert(record, number: attempts) }
        guard known.state.isUnfinished else {
            if record.next == .delivered, known.state != .delivered { return try deliverAfterAll(record, known, attempts, &tally) }
            if isAttempt { try database.run(Self.count, [attempts, record.delivery]) }
            return
        }
        let unknowns = record.outcome == "unknown" ? 1 : 0
        let first = isAttempt ? record.at.microseconds : nil as Int64?
        switch record.next {
        case .overtaken:
            if known.isHead { try advance(known, overtaken: true, now: record.end, &tally) }
            return
        case .retry(let due):
            try database.run(
                Self.retry,
                [
                    due.microseconds, record.reason?.storable, record.degraded?.storable, attempts, unknowns, first,
                    known.fellBack ? nil : record.fallbackAt?.microseconds, record.delivery,
                ])
        case .delivered, .dead, .unknown, .expired, .superseded:
            let (reason, successor) = record.next.explanation
            let delivered = record.next == .delivered ? record.end.microseconds : nil as Int64?
            try database.run(
                Self.finish,
                [
                    record.next.state.rawValue, reason?.storable, record.degraded?.storable, delivered, attempts, unknowns, first,
                    successor, record.delivery,
                ])
            promoted.removeAll { $0 == record.delivery }
            if record.next == .delivered { try withdrawOthers(of: known, now: record.end, &tally) }
            if let plan = record.fallback, record.next.allowsFallback, !known.fellBack {
                try takeNextWay(of: known, plan, why: nil, now: record.end, &tally)
            }
            if known.isHead { try advance(known, overtaken: false, now: record.end, &tally) }
        }
        tally.move(channel: known.channel, from: known.state.rawValue, to: record.next.state.rawValue)
    }

    /// What it led to, oldest first. One whose row is damaged is left out, as `LedgerStore.ready` leaves it out: the
    /// outcome of the delivery before it counts all the same.
    func recorded() throws -> Recorded {
        if promoted.isEmpty { return Recorded(withdrawn: withdrawn) }
        var reader = DeliveryReader(database)
        let ready = try promoted.compactMap { id in
            do {
                return try reader.delivery(id)
            } catch is RowFault {
                return nil
            }
        }
        return Recorded(ready: ready, withdrawn: withdrawn)
    }

    func find(_ id: Int64) throws -> Known? { try database.row(Known.find, [id]).map { try Known($0) } }

    private func insert(_ record: AttemptRecord, number: Int) throws {
        try database.run(
            Self.attempt,
            [
                record.delivery, number, record.at.microseconds, record.milliseconds, record.outcome, record.code?.storable,
                record.reason?.storable, record.detail?.storable, record.remoteID?.storable,
            ])
    }

    /// It was given up, or superseded, while the attempt was under way that the peer then accepted.
    private mutating func deliverAfterAll(_ record: AttemptRecord, _ known: Known, _ attempts: Int, _ tally: inout Tally) throws {
        try database.run(Self.deliverAfterAll, [record.end.microseconds, attempts, record.delivery])
        tally.move(channel: known.channel, from: known.state.rawValue, to: DeliveryState.delivered.rawValue)
        try withdrawOthers(of: known, now: record.end, &tally)
    }

    private static let attempt = """
        INSERT INTO attempts (delivery, number, at, ms, outcome, code, reason, detail, remote_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    private static let count = "UPDATE deliveries SET attempts = ? WHERE id = ?"
    private static let retry = """
        UPDATE deliveries SET state = 'retrying', due = ?, reason = ?, degraded = ifnull(?, degraded), attempts = ?, \
        unknowns = unknowns + ?, first_attempt = ifnull(first_attempt, ?), fallback_at = ifnull(fallback_at, ?) WHERE id = ?
        """
    private static let finish = """
        UPDATE deliveries SET state = ?, reason = ?, degraded = ifnull(?, degraded), delivered_at = ?, attempts = ?, \
        unknowns = unknowns + ?, first_attempt = ifnull(first_attempt, ?), successor = ?, blocked = 0 WHERE id = ?
        """
    private static let deliverAfterAll = """
        UPDATE deliveries SET state = 'delivered', reason = NULL, delivered_at = ?, attempts = ?, successor = NULL WHERE id = ?
        """
}

extension Disposition {
    /// The reason that is kept, and the delivery that took its place.
    var explanation: (reason: String?, successor: Int64?) {
        switch self {
        case .delivered, .retry, .overtaken: (nil, nil)
        case .dead(let reason), .unknown(let reason), .expired(let reason): (reason, nil)
        case .superseded(let reason, let successor): (reason, successor)
        }
    }

    /// It ended without having got through, as far as is known.
    var allowsFallback: Bool {
        switch self {
        case .dead, .unknown: true
        case .delivered, .retry, .expired, .superseded, .overtaken: false
        }
    }
}
