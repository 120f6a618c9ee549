// What was held and is said by another delivery: it comes to what that one, or another way of it, comes to.
//
// Invariant: while any way of the digest may still go out, its contents are `held`, and name the first way as their digest.

import Foundation
import GRDB
import Routing

/// The deliveries that name one as their digest.
struct DigestContents {
    /// The one that they name: the first of its ways.
    let holder: Int64

    /// Lets them follow what has become of the digest and its other ways. Does nothing where they did already.
    func follow(_ database: Database, now: Date, tally: inout Tally) throws {
        guard let own = try database.first(Self.holder, [holder], { ($0.int(0) ?? 0, $0.text(1)) }), own.0 > 0 else { return }
        var ways: [Way] = []
        try database.each(Self.ways, [holder, holder]) { row in
            ways.append(try Way(row))
            return true
        }
        guard let last = ways.last else { return }
        if let told = ways.first(where: { $0.state == .delivered }) {
            try set(.delivered, reason: nil, deliveredAt: told.deliveredAt, database, &tally)
        } else if ways.contains(where: { $0.state.isUnfinished }) {
            try set(.held, reason: nil, deliveredAt: nil, database, &tally)
        } else if let unknown = ways.first(where: { $0.state == .unknown }) {
            try set(.unknown, reason: unknown.reason, deliveredAt: nil, database, &tally)
        } else if last.state == .superseded, let successor = last.successor, successor > holder,
            !ways.contains(where: { $0.id == successor })
        {
            try move(to: successor, database)
            try DigestContents(holder: successor).follow(database, now: now, tally: &tally)
        } else if own.1 != Origin.digest.rawValue, last.state == .superseded || last.state == .expired {
            // The message that they were to go with does not go out, for reasons of its own: they go by themselves.
            try database.run(Self.holdAgain, [now.microseconds, String(holder)])
            try database.run("UPDATE deliveries SET contains = 0 WHERE id = ?", [holder])
        } else {
            try set(last.state, reason: last.reason, deliveredAt: nil, database, &tally)
        }
    }

    /// Another delivery says them now.
    func move(to successor: Int64, _ database: Database) throws {
        try database.run(
            "UPDATE deliveries INDEXED BY deliveries_digest SET digest = ? WHERE digest = ?", [String(successor), String(holder)])
        let count = database.changesCount
        try database.run("UPDATE deliveries SET contains = contains + ? WHERE id = ?", [count, successor])
        try database.run("UPDATE deliveries SET contains = 0 WHERE id = ?", [holder])
    }

    private func set(
        _ state: DeliveryState, reason: String?, deliveredAt: Date?, _ database: Database, _ tally: inout Tally
    ) throws {
        let reason = reason.map { "in digest \(holder): \($0)" }
        var moved: [(channel: String, from: String, count: Int)] = []
        try database.each(Self.states, [String(holder), state.rawValue]) { row in
            moved.append((row.text(0) ?? "", row.text(1) ?? "", row.int(2) ?? 0))
            return true
        }
        if moved.isEmpty { return }
        try database.run(Self.set, [state.rawValue, reason, deliveredAt?.microseconds, String(holder), state.rawValue])
        for (channel, from, count) in moved {
            tally.add(.deliveries, channel, state: from, -count)
            tally.add(.deliveries, channel, state: state.rawValue, count)
        }
    }

    /// One way of the digest.
    private struct Way {
        var id: Int64
        var state: DeliveryState
        var reason: String?
        var deliveredAt: Date?
        var successor: Int64?

        init(_ row: Columns) throws {
            id = try row.need(row.int64(0), "the id of a delivery")
            state = try row.need(row.text(1).flatMap(DeliveryState.init(rawValue:)), "the state of a delivery")
            reason = row.text(2)
            deliveredAt = row.date(3)
            successor = row.int64(4)
        }
    }

    private static let holder = "SELECT contains, origin FROM deliveries WHERE id = ?"
    private static let ways = """
        SELECT id, state, reason, delivered_at, successor FROM deliveries WHERE id IN (
            SELECT ? UNION SELECT id FROM deliveries INDEXED BY deliveries_fallback_root WHERE fallback_root = ?) ORDER BY id
        """
    private static let states = """
        SELECT channel, state, count(*) FROM deliveries INDEXED BY deliveries_digest WHERE digest = ? AND state <> ?
        GROUP BY channel, state
        """
    private static let set = """
        UPDATE deliveries INDEXED BY deliveries_digest SET state = ?, reason = ?, delivered_at = ? WHERE digest = ? AND state <> ?
        """
    private static let holdAgain = """
        UPDATE deliveries INDEXED BY deliveries_digest SET state = 'held', digest = NULL, released = NULL, due = ? WHERE digest = ?
        """
}
