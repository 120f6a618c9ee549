// Other ways of the same message. They are made beside or after the one that they stand in for, and the first that gets
// through takes the others back. All of one family share a root: the delivery that routing planned.

import Foundation
import GRDB
import JSON
import Routing

extension OutcomeTransaction {
    /// Takes the next way of a delivery; nil: there is none, which is only noted. Leaves alone what is finished, or has
    /// fallen back already.
    mutating func failOver(_ id: Int64, to plan: FallbackPlan?, reason: String, tally: inout Tally) throws {
        guard let known = try find(id), !known.fellBack else { return }
        if known.state == .suppressed { return try reroute(known, to: plan, tally: &tally) }
        if try DeliveryReceipt.hasFailed(known.id, database) {
            if let plan { try fallBack(known, to: plan, reason: nil, tally: &tally) } else { try noteNoWay(of: known) }
            return try wakeIfStepFailed(known)
        }
        guard known.state.isUnfinished else { return }
        guard let plan else { return try noteNoWay(of: known) }
        try fallBack(known, to: plan, reason: reason, tally: &tally)
    }

    func noteNoWay(of known: Known) throws { try database.run(Self.fellBack, [nil, known.id]) }

    /// Makes the delivery of the next way, unless the same event has one there already. What waits on purpose stands in for nothing.
    mutating func fallBack(_ known: Known, to plan: FallbackPlan, reason: String?, tally: inout Tally) throws {
        guard let left = try database.first(Self.left, [known.id], { try Left($0) }) else { return }
        var planned = plan.planned
        let isThere =
            left.origin == .broadcast
            ? try BroadcastTable.hasSaid(left.event, channel: planned.channel, address: planned.address, database)
            : try database.has(
                planned.intent == .send ? Self.there : Self.thereOrHeld,
                [left.event, planned.channel, planned.address, left.origin == .digest])
        if isThere {
            let words = "its next way, `\(planned.channel)`, has this event already"
            return try database.run(Self.fellBack, [[reason, words].compactMap(\.self).joined(separator: "; ").storable, known.id])
        }
        if try BlockTable.isSuppressed(planned.kind, planned.address, database) {
            let words = "its next way, `\(planned.channel)`, leads to an address that is suppressed"
            return try database.run(Self.fellBack, [[reason, words].compactMap(\.self).joined(separator: "; ").storable, known.id])
        }
        planned.origin = left.origin
        planned.priority = min(planned.priority, left.priority)
        planned.isUrgent = planned.isUrgent || left.isUrgent
        try database.run(Self.fellBack, [reason?.storable, known.id])
        let insertion = DeliveryInsertion(
            planned: planned, lane: plan.lane, event: left.event, incident: known.incident, created: now,
            fallback: DeliveryInsertion.Standing(
                of: known.id, root: known.root ?? known.id, tried: left.tried + [Way(channel: known.channel, address: known.address)]))
        tally.add(.fallbacks, known.channel)
        guard planned.intent == .send else { return try insertion.writeAside(database, tally: &tally) }
        let placed = try insertion.write(database, tally: &tally)
        if !placed.isBlocked { promoted.append(placed.id) }
    }

    /// One way got through: the others need not.
    mutating func withdrawOthers(_ told: Known, tally: inout Tally) throws {
        let root = told.root ?? told.id
        var ids: [Int64] = []
        try database.each(Self.family, [root, root]) { row in
            row.int64(0).map { ids.append($0) }
            return true
        }
        for id in ids where id != told.id {
            guard let other = try find(id), other.state.isUnfinished else { continue }
            let reason = id < told.id ? "told by `\(told.channel)` instead" : "`\(told.channel)` got through after all"
            try database.run(Self.withdraw, [reason, told.id, id])
            tally.move(channel: other.channel, from: other.state.rawValue, to: DeliveryState.superseded.rawValue)
            promoted.removeAll { $0 == id }
            withdrawn.append(id)
            if other.isHead { try promoteNext(other, tally: &tally) }
        }
    }

    private static let left = "SELECT event, tried, priority, urgent, origin FROM deliveries WHERE id = ?"
    /// A digest is another message than that about its newest event; what is held, or was kept back, has not been said, nor what
    /// was taken back in vain.
    private static let there = """
        SELECT 1 FROM deliveries d INDEXED BY deliveries_event WHERE d.event = ? AND d.channel = ? AND d.address = ?
        AND (d.origin = 'digest') = ? AND d.state NOT IN ('held', 'suppressed') AND NOT \(LedgerSchema.takenBackInVain) LIMIT 1
        """
    private static let thereOrHeld = """
        SELECT 1 FROM deliveries d INDEXED BY deliveries_event WHERE d.event = ? AND d.channel = ? AND d.address = ?
        AND (d.origin = 'digest') = ? AND d.state <> 'suppressed' AND NOT \(LedgerSchema.takenBackInVain) LIMIT 1
        """
    private static let fellBack = "UPDATE deliveries SET fell_back = 1, fallback_at = NULL, reason = ifnull(?, reason) WHERE id = ?"
    private static let family = """
        SELECT ? UNION SELECT id FROM deliveries INDEXED BY deliveries_fallback_root WHERE fallback_root = ? ORDER BY 1
        """
    private static let withdraw = """
        UPDATE deliveries SET state = 'superseded', reason = ?, successor = ?, blocked = 0 WHERE id = ?
        """

    private struct Left {
        var event: Int64
        var tried: [Way]
        var priority: Int
        var isUrgent: Bool
        var origin: Origin

        init(_ row: some StoredRow) throws {
            event = try row.need(row.int64(0), "the event of a delivery")
            tried = try row.ways(1)
            priority = row.int(2) ?? 0
            isUrgent = row.flag(3)
            origin = try row.need(row.text(4).flatMap(Origin.init(rawValue:)), "the origin of a delivery")
        }
    }
}
