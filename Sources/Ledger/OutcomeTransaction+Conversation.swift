// Who goes next in a conversation, and who is not sent any more because something newer says it all (interfaces, section 8,
// "Order and collapse").

import Foundation
import GRDB

extension OutcomeTransaction {
    /// Seconds after which what waits may be superseded.
    private static let freshness: TimeInterval = 30
    /// How many of a line are looked at in one go; the others wait for the next end.
    private static let atOnce = 1_000

    /// One that waits.
    private struct Waiting {
        var id: Int64
        var priority: Int
        var isUrgent: Bool
        var isFirst: Bool
        var replaces: Int
        var state: String
        var mayBeSuperseded: Bool

        init(_ row: Row, now: Date) throws {
            id = try row.need(row.int64(0), "the id of a delivery")
            let due = row.date(1) ?? now
            mayBeSuperseded = due <= now && ((row.int(2) ?? 0) > 0 || now.timeIntervalSince(due) > OutcomeTransaction.freshness)
            priority = row.int(3) ?? 0
            isUrgent = row.flag(4)
            isFirst = row.flag(5)
            replaces = row.int(6) ?? 0
            state = row.text(7) ?? DeliveryState.pending.rawValue
        }

        static let columns = "id, due, attempts, priority, urgent, is_first, replaces, state"
    }

    /// The head of a conversation is done, or was overtaken: the next one becomes the head, and stands for all those
    /// before it that need not be sent any more.
    mutating func advance(_ head: Known, overtaken: Bool, now: Date, _ tally: inout Tally) throws {
        guard let incident = head.incident else { return try stay(head, overtaken) }
        let line = try database.rows(Self.line, [incident, head.channel, head.address]).map { try Waiting($0, now: now) }
        guard let last = line.indices.last else { return try stay(head, overtaken) }
        let place = line.firstIndex { !$0.mayBeSuperseded } ?? last
        let next = line[place]
        var replaced = Array(line[..<place])
        if overtaken, let row = try database.row(Self.one, [head.id]) { replaced.insert(try Waiting(row, now: now), at: 0) }

        for one in replaced {
            try database.run(Self.supersede, ["overtaken while it waited: see delivery \(next.id)", next.id, one.id])
            tally.move(channel: head.channel, from: one.state, to: DeliveryState.superseded.rawValue)
        }
        let all = replaced + [next]
        try database.run(
            Self.succeed,
            [
                all.map(\.priority).min() ?? next.priority, all.contains(where: \.isUrgent), all.contains(where: \.isFirst),
                replaced.reduce(next.replaces) { $0 + 1 + $1.replaces }, next.id,
            ])
        promoted.append(next.id)
    }

    private mutating func stay(_ head: Known, _ overtaken: Bool) throws {
        if overtaken { promoted.append(head.id) }
    }

    private static let line = """
        SELECT \(Waiting.columns) FROM deliveries INDEXED BY deliveries_unfinished
        WHERE incident = ? AND channel = ? AND address = ? AND \(LedgerSchema.unfinished) AND blocked = 1 ORDER BY id LIMIT \(atOnce)
        """
    private static let one = "SELECT \(Waiting.columns) FROM deliveries WHERE id = ?"
    private static let supersede = """
        UPDATE deliveries SET state = 'superseded', reason = ?, successor = ?, blocked = 0, fallback_at = NULL WHERE id = ?
        """
    private static let succeed = "UPDATE deliveries SET blocked = 0, priority = ?, urgent = ?, is_first = ?, replaces = ? WHERE id = ?"
}
