// Who comes next in a conversation. What was overtaken while it waited collapses into a newer one, which then speaks for it
// (interfaces, section 8): the run of those, at the beginning of the line, that are due and may be superseded.

import CrashPoints
import Foundation
import GRDB

extension OutcomeTransaction {
    /// The head is done: the next one takes its place.
    mutating func promoteNext(_ head: Known, tally: inout Tally) throws {
        guard let conversation = head.conversation else { return }
        let line = try run(conversation, now: now)
        guard let target = line.target else { return }
        try promote(target, of: conversation, taking: line.taken, tally: &tally)
    }

    /// The head has been overtaken: it collapses with the run behind it. Only into a newer one: where none waits that is due,
    /// the head stays, and is ready.
    mutating func overtake(_ head: Known, tally: inout Tally) throws {
        promoted.removeAll { $0 == head.id }
        guard head.isHead, let conversation = head.conversation else { return promoted.append(head.id) }
        var line = try run(conversation, now: now, after: head.id)
        guard let target = line.target, let row = try database.first(Self.row, [head.id], { try Waiting($0) }) else {
            return promoted.append(head.id)
        }
        line.taken.add(row)
        try database.run(Self.supersede, [Self.overtaken(by: target), target, head.id])
        try promote(target, of: conversation, taking: line.taken, tally: &tally)
    }

    /// Another took the place of a delivery for a reason of its own. It speaks for it, if it is of the same conversation.
    func handOver(_ known: Known) throws { try count(known, sign: 1) }

    /// A superseded delivery got through after all: those that stand for it do so no longer.
    func takeBack(_ known: Known) throws { try count(known, sign: -1) }

    private func count(_ known: Known, sign: Int) throws {
        guard let conversation = known.conversation else { return }
        try database.run(Self.count, [known.id] + conversation.key + [sign])
    }

    private static func overtaken(by successor: Int64) -> String { "overtaken while it waited: see delivery \(successor)" }

    private mutating func promote(
        _ target: Int64, of conversation: Conversation, taking taken: Taken, tally: inout Tally
    ) throws {
        if taken.count == 0 {
            try database.run(Self.unblock, [target])
        } else {
            try database.run(Self.collapse, [Self.overtaken(by: target), target] + conversation.key + [target])
            try database.run(
                Self.take,
                [
                    taken.count, taken.priority, taken.isUrgent, taken.isFirst, taken.fallbackAt, taken.fallbackAt, taken.isEndless,
                    taken.expires, target,
                ])
            for (state, count) in taken.states {
                tally.add(.deliveries, conversation.channel, state: state.rawValue, -count)
                tally.add(.deliveries, conversation.channel, state: DeliveryState.superseded.rawValue, count)
            }
        }
        for digest in taken.digests { try DigestContents(holder: digest).move(to: target, database) }
        for root in taken.roots { try DigestContents(holder: root).follow(database, now: now, tally: &tally) }
        // What waits behind the new head lends it its urgency, as it lent it to the one before.
        try database.run(Self.lend, conversation.key + conversation.key + [target])
        promoted.append(target)
        CrashPoint.promoted.reached()
    }

    /// The line's beginning: what collapses, and into which. One that is not due yet ends the run, and is not put before
    /// what is: it takes the lead only where it is the first.
    private func run(_ conversation: Conversation, now: Date, after head: Int64? = nil) throws -> (taken: Taken, target: Int64?) {
        var taken = Taken()
        var last: Waiting?
        var target: Int64?
        try database.each(Conversation.waiting, conversation.key) { row in
            let waiting = try Waiting(row)
            if waiting.due > now {
                if last == nil, head == nil { target = waiting.id }
                return false
            }
            if let last { taken.add(last) }
            last = waiting
            if waiting.mayBeSuperseded(now) || waiting.id < head ?? 0 { return true }
            target = waiting.id
            return false
        }
        if target == nil, let last, last.id > head ?? 0 { target = last.id }
        return (taken, target)
    }

    private static let row = "SELECT \(Conversation.waitingColumns) FROM deliveries WHERE id = ?"
    private static let unblock = "UPDATE deliveries SET blocked = 0 WHERE id = ?"
    private static let supersede = """
        UPDATE deliveries SET state = 'superseded', reason = ?, successor = ?, blocked = 0 WHERE id = ?
        """
    private static let collapse = """
        UPDATE deliveries INDEXED BY deliveries_unfinished SET state = 'superseded', reason = ?, successor = ?, blocked = 0
        WHERE \(Conversation.condition) AND \(LedgerSchema.unfinished) AND blocked = 1 AND id < ?
        """
    private static let take = """
        UPDATE deliveries SET blocked = 0, replaces = replaces + ?, priority = min(priority, ?), urgent = max(urgent, ?), \
        is_first = max(is_first, ?), fallback_at = iif(fell_back OR ? IS NULL, fallback_at, ifnull(fallback_at, ?)), \
        expires = iif(expires IS NULL OR ?, NULL, max(expires, ?)) WHERE id = ?
        """
    private static let lend = """
        UPDATE deliveries SET
            priority = min(priority, ifnull((SELECT min(priority) \(Conversation.behind)), priority)),
            urgent = max(urgent, ifnull((SELECT max(urgent) \(Conversation.behind)), urgent))
        WHERE id = ?
        """
    /// Adds to, or takes from, all that stand for a delivery, directly or through others.
    private static let count = """
        WITH RECURSIVE up(id) AS (
            SELECT successor FROM deliveries WHERE id = ?1
            UNION SELECT d.successor FROM up JOIN deliveries d ON d.id = up.id
                WHERE d.successor IS NOT NULL AND d.incident = ?2 AND d.channel = ?3 AND d.address = ?4)
        UPDATE deliveries SET replaces = replaces + ?5 * (1 + (SELECT replaces FROM deliveries WHERE id = ?1)),
            is_first = iif(?5 > 0, max(is_first, (SELECT is_first FROM deliveries WHERE id = ?1)), is_first)
        WHERE id IN (SELECT id FROM up) AND incident = ?2 AND channel = ?3 AND address = ?4
        """
}
