// Another way for the same message, and the end of the ways that are no longer needed.

import Foundation
import GRDB
import JSON

extension OutcomeTransaction {
    /// Makes the delivery that goes the next way. Where the same event goes to that address already, none is made.
    ///
    /// - Parameter why: why it is taken although the first one is not at its end; nil where it is.
    mutating func takeNextWay(of known: Known, _ plan: FallbackPlan, why: String?, now: Date, _ tally: inout Tally) throws {
        let planned = plan.planned
        let isThere = try database.has(Self.sameEvent, [known.id, planned.channel, planned.address])
        let verb = isThere ? "was told" : why == nil ? "is told" : "is told as well"
        let note = [why, "\(verb) by `\(planned.channel)`"].compactMap(\.self).joined(separator: "; ")
        try database.run(Self.fellBack, [note.storable, note.storable, known.id])
        if isThere { return }

        let conversation: StatementArguments = [known.incident, planned.channel, planned.address]
        let isBlocked = try known.incident != nil && database.has(IntakeTransaction.waiting, conversation)
        let isFirst = try !isBlocked && (known.incident == nil || !database.has(IntakeTransaction.told, conversation))
        let tried =
            try (database.row(Self.tried, [known.id])?.storedJSON(0)?.array ?? []) + [[.string(known.channel), .string(known.address)]]
        try database.run(
            Self.insert,
            [
                Data(Token.mint()), planned.channel, planned.address, planned.kind.rawValue, plan.lane, planned.recipient, planned.language,
                planned.timezone, isFirst, now.microseconds, planned.due.microseconds, isBlocked, known.id, known.root ?? known.id,
                Data(JSONValue.array(tried)), known.id,
            ])
        tally.add(.deliveries, planned.channel, state: DeliveryState.pending.rawValue)
        tally.add(.fallbacks, known.channel)
        if !isBlocked { promoted.append(database.lastInsertedRowID) }
    }

    /// One way got through: the others that still wait are not needed.
    mutating func withdrawOthers(of known: Known, now: Date, _ tally: inout Tally) throws {
        if known.root == nil, !known.fellBack { return }
        let root = known.root ?? known.id
        let others = try database.rows(Self.relatives, [root, root, known.id]).map { try Known($0) }
        for other in others where other.state.isUnfinished {
            let reason = other.id < known.id ? "told by `\(known.channel)` instead" : "`\(known.channel)` got through after all"
            try database.run(Self.withdraw, [reason, known.id, other.id])
            tally.move(channel: other.channel, from: other.state.rawValue, to: DeliveryState.superseded.rawValue)
            withdrawn.append(other.id)
            promoted.removeAll { $0 == other.id }
            if other.isHead { try advance(other, overtaken: false, now: now, &tally) }
        }
    }

    private static let sameEvent = """
        SELECT 1 FROM deliveries WHERE event = (SELECT event FROM deliveries WHERE id = ?) AND channel = ? AND address = ? LIMIT 1
        """
    private static let fellBack = """
        UPDATE deliveries SET fell_back = 1, fallback_at = NULL, reason = CASE WHEN reason IS NULL THEN ? ELSE reason || '; ' || ? END \
        WHERE id = ?
        """
    private static let tried = "SELECT tried FROM deliveries WHERE id = ?"
    private static let insert = """
        INSERT INTO deliveries (event, token, incident, channel, address, kind, lane, recipient, entry, routes, template, language, \
        timezone, urgent, priority, is_first, created, due, expires, retry_for, replaces, blocked, state, fallback_of, fallback_root, \
        tried) \
        SELECT event, ?, incident, ?, ?, ?, ?, ?, entry, routes, template, ?, ?, urgent, priority, ?, ?, ?, expires, retry_for, \
        replaces, ?, 'pending', ?, ?, ? FROM deliveries WHERE id = ?
        """
    private static let relatives = """
        SELECT \(Known.columns) FROM deliveries WHERE (id = ? OR fallback_root = ?) AND id <> ? ORDER BY id
        """
    private static let withdraw = """
        UPDATE deliveries SET state = 'superseded', reason = ?, successor = ?, blocked = 0, fallback_at = NULL WHERE id = ?
        """
}
