// Outcomes, inside one transaction: the attempt, the delivery's next state, and what follows for the others: of its
// conversation (`+Collapse`), and of its other ways (`+Fallback`).

import Foundation
import GRDB
import Routing

/// Records attempts. Used by one call at a time, so that each call is told what it made ready.
struct OutcomeTransaction {
    let database: Database
    /// Made ready, in that order.
    var promoted: [Int64] = []
    /// Finished because another way got through.
    var withdrawn: [Int64] = []
    /// Something is known against an address now.
    var hasBlocks = false
    /// What became of addresses.
    var changes = SuppressedAddresses.Changes()
    /// Something was written to `threads`.
    private(set) var keptThread = false
    /// The latest moment that a record speaks of: collapse is judged by it.
    private(set) var now: Date

    init(_ database: Database, now: Date = .distantPast) {
        self.database = database
        self.now = now
    }

    /// A delivery as it was before.
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
        /// How many were held, and are said by it.
        var contains: Int
        var origin: Origin

        var conversation: Conversation? { incident.map { Conversation(incident: $0, channel: channel, address: address) } }
        var isHead: Bool { !isBlocked && state != .held }
        /// Others stand in for it, or it for others.
        var hasOtherWays: Bool { fellBack || root != nil }
    }

    /// Records one attempt. That of a delivery which is finished already is kept, and changes nothing else, unless it was
    /// accepted; that of one which is gone from the ledger is left out.
    mutating func record(_ record: AttemptRecord, tally: inout Tally) throws {
        guard let known = try find(record.delivery) else { return }
        now = max(now, record.end)
        let isAttempt = !record.outcome.isEmpty
        let attempts = known.attempts + (isAttempt ? 1 : 0)
        if isAttempt { try insert(record, number: attempts) }
        if let thread = record.thread, let conversation = known.conversation {
            try conversation.keep(thread, database)
            keptThread = true
        }
        guard known.state.isUnfinished || record.next == .delivered && known.state != .delivered else {
            if isAttempt { try database.run(Self.count, [attempts, record.delivery]) }
            if known.origin == .broadcast, known.state == .superseded, record.unknowns > 0 {
                try database.run(Self.doubtful, [known.id])
                try BroadcastTable.owe(known.id, now: now, database)
            }
            return try judge(known, record, tally: &tally)
        }
        tally.figures.add(record, channel: known.channel)
        switch record.next {
        case .retry(let due):
            try database.run(
                Self.retry,
                [
                    due.microseconds, record.reason?.storable, record.degraded?.storable, attempts, record.unknowns, record.firstAttempt,
                    known.fellBack ? nil : record.fallbackAt?.microseconds, known.id,
                ])
            tally.move(channel: known.channel, from: known.state.rawValue, to: DeliveryState.retrying.rawValue)
        case .overtaken:
            if isAttempt { try database.run(Self.tried, [attempts, record.unknowns, record.firstAttempt, known.id]) }
            try overtake(known, tally: &tally)
        case .delivered, .dead, .unknown, .expired, .superseded:
            if known.state == .superseded {
                try takeBack(known)
                if known.origin == .broadcast { try BroadcastTable.owe(known.id, now: now, database) }
            }
            try finish(known, record, attempts: attempts, tally: &tally)
        }
        try judge(known, record, tally: &tally)
    }

    private mutating func finish(_ known: Known, _ record: AttemptRecord, attempts: Int, tally: inout Tally) throws {
        let (reason, successor) = record.next.explanation
        let delivered = record.next == .delivered ? record.end.microseconds : nil as Int64?
        if let delivered, known.state == .pending {
            try database.run(Self.deliver, [delivered, record.degraded?.storable, attempts, record.firstAttempt, known.id])
        } else {
            try database.run(
                Self.finish,
                [
                    record.next.state.rawValue, reason?.storable, record.degraded?.storable, delivered, attempts, record.unknowns,
                    record.firstAttempt, successor, known.id,
                ])
        }
        tally.move(channel: known.channel, from: known.state.rawValue, to: record.next.state.rawValue)
        promoted.removeAll { $0 == known.id }
        if successor != nil { try handOver(known) }
        if known.isHead, known.state.isUnfinished { try promoteNext(known, tally: &tally) }
        switch record.next {
        // Its gateway may have been quicker than this: what is known not to have arrived takes nothing back.
        case .delivered where try known.hasOtherWays && !DeliveryReceipt.hasFailed(known.id, database):
            try withdrawOthers(known, tally: &tally)
        case .dead, .unknown:
            if let plan = record.fallback, !known.fellBack { try fallBack(known, to: plan, reason: reason, tally: &tally) }
        default: break
        }
        if known.contains > 0 || known.root != nil {
            try DigestContents(holder: known.root ?? known.id).follow(database, now: now, tally: &tally)
        }
        if record.next.isFailure { try wakeIfStepFailed(known) }
    }

    /// What followed. A delivery whose row is damaged is left out, as `LedgerStore.ready` leaves it out: the outcome of the
    /// one before it counts all the same.
    func recorded() throws -> Recorded {
        if promoted.isEmpty { return Recorded(withdrawn: withdrawn) }
        var reader = DeliveryReader(database, now: now)
        let ready: [QueuedDelivery] = try promoted.compactMap { id in
            do {
                return try reader.delivery(id)
            } catch is RowFault {
                return nil
            }
        }
        return Recorded(ready: ready, withdrawn: withdrawn)
    }

    func find(_ id: Int64) throws -> Known? {
        try database.first(Self.find, [id]) { row in
            Known(
                id: id, incident: row.text(0), channel: try row.need(row.text(1), "a channel"),
                address: try row.need(row.text(2), "an address"),
                state: try row.need(row.text(3).flatMap(DeliveryState.init(rawValue:)), "the state of a delivery"),
                isBlocked: row.flag(4), attempts: row.int(5) ?? 0, fellBack: row.flag(6), root: row.int64(7),
                contains: row.int(8) ?? 0, origin: row.text(9).flatMap(Origin.init(rawValue:)) ?? .route)
        }
    }

    private func insert(_ record: AttemptRecord, number: Int) throws {
        try database.run(
            Self.attempt,
            [
                record.delivery, number, record.at.microseconds, record.milliseconds, record.outcome, record.code?.storable,
                record.reason?.storable, record.detail?.storable, record.remoteID?.storable,
            ])
    }

    private static let find = """
        SELECT incident, channel, address, state, blocked, attempts, fell_back, fallback_root, contains, origin
        FROM deliveries WHERE id = ?
        """
    private static let attempt = """
        INSERT INTO attempts (delivery, number, at, ms, outcome, code, reason, detail, remote_id) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """
    private static let doubtful = "UPDATE deliveries SET unknowns = unknowns + 1 WHERE id = ?"
    private static let count = "UPDATE deliveries SET attempts = ? WHERE id = ?"
    private static let tried = """
        UPDATE deliveries SET attempts = ?, unknowns = unknowns + ?, first_attempt = ifnull(first_attempt, ?) WHERE id = ?
        """
    private static let retry = """
        UPDATE deliveries SET state = 'retrying', due = ?, reason = ?, degraded = ifnull(?, degraded), attempts = ?, \
        unknowns = unknowns + ?, first_attempt = ifnull(first_attempt, ?), fallback_at = ifnull(fallback_at, ?) WHERE id = ?
        """
    /// What nearly all come to, with no index touched that need not be.
    private static let deliver = """
        UPDATE deliveries SET state = 'delivered', delivered_at = ?, reason = NULL, degraded = ifnull(?, degraded), attempts = ?, \
        first_attempt = ifnull(first_attempt, ?), blocked = 0 WHERE id = ?
        """
    private static let finish = """
        UPDATE deliveries SET state = ?, reason = ?, degraded = ifnull(?, degraded), delivered_at = ?, attempts = ?, \
        unknowns = unknowns + ?, first_attempt = ifnull(first_attempt, ?), successor = ?, blocked = 0, dropped_at = NULL WHERE id = ?
        """
}

extension AttemptRecord {
    fileprivate var unknowns: Int { outcome == "unknown" ? 1 : 0 }
    fileprivate var firstAttempt: Int64? { outcome.isEmpty ? nil : at.microseconds }
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
}
