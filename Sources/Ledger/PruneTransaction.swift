// One step of pruning, inside one transaction. Everything is found by an index; references to what goes are cleared.

import Foundation
import GRDB
import Incidents

/// The work of one step.
struct PruneTransaction {
    private let database: Database
    private let cutoff: Int64
    private let now: Date
    private var budget: Int
    private(set) var position: PrunePosition
    private(set) var deleted = 0
    private(set) var isDone = false
    /// Incidents that are gone.
    private(set) var forgotten: [String] = []
    /// Subscriptions that are gone.
    private(set) var ended: [String] = []
    private var tally = Tally()

    init(_ database: Database, cutoff: Int64, now: Date, limit: Int, position: PrunePosition) {
        self.database = database
        self.now = now
        self.cutoff = cutoff
        self.budget = limit
        self.position = position
    }

    func hasAny() throws -> Bool {
        if !position.isBeyondIncidents, try nextIncident() != nil { return true }
        return try nextEvent() != nil || database.has(Self.endedSilence, [cutoff]) || database.has(Self.oldBounces, [cutoff])
            || !StandingTables.overdueSubscriptions(now, limit: 1, database).isEmpty
            || Figures.hasOld(before: Date(microseconds: cutoff), now: now, database)
    }

    mutating func run() throws {
        while budget > 0, !position.isBeyondIncidents {
            guard let row = try nextIncident() else {
                position.isBeyondIncidents = true
                break
            }
            let id = try row.need(row.text(2), "the id of an incident")
            let isThrough = try pruneIncident(id, place: row.int64(0) ?? 0)
            if isThrough { (position.incident, position.updated) = (row.int64(0) ?? 0, row.int64(1) ?? 0) }
            budget -= 1
        }
        while budget > 0, position.isBeyondIncidents {
            guard let row = try nextEvent() else {
                try pruneSilences()
                spend(try AbsenceTable.prune(before: Date(microseconds: cutoff), database))
                try pruneBounces()
                try pruneSubscriptions()
                try Figures.prune(before: Date(microseconds: cutoff), now: now, database)
                isDone = budget > 0
                break
            }
            if try pruneEvent(row) != .more { (position.event, position.received) = (row.int64(0) ?? 0, row.int64(1) ?? 0) }
            budget -= 1
        }
        try tally.write(database)
    }

    /// Those that ended long ago, and that nothing names any more: all at once, for there are few.
    private mutating func pruneSilences() throws {
        var ids: [String] = []
        try database.each(Self.endedSilence, [cutoff]) { row in
            row.text(0).map { ids.append($0) }
            return true
        }
        for id in ids {
            try database.run("DELETE FROM silences WHERE id = ?", [id])
            try AlarmTable.set(nil, of: .silence(id), database)
        }
        spend(ids.count)
    }

    /// Bounces of addresses that were never suppressed. What is suppressed stays.
    private mutating func pruneBounces() throws {
        try database.run(Self.forgetBounces, [cutoff])
        spend(database.changesCount)
    }

    /// Those that nobody confirmed in time.
    private mutating func pruneSubscriptions() throws {
        ended = try StandingTables.overdueSubscriptions(now, limit: max(1, budget), database)
        for id in ended { try StandingTables.endSubscription(id, database) }
        spend(ended.count)
    }

    private enum Progress {
        case gone
        /// It must stay.
        case stays
        /// The budget did not reach.
        case more
    }

    /// - Returns: whether this walk is through with the incident, be it gone or not.
    private mutating func pruneIncident(_ id: String, place: Int64) throws -> Bool {
        if try database.has(Self.unfinished, [id]) { return true }
        while let event = try database.row(Self.firstEvent, [id]) {
            // Received later than it says it was touched: an old story that was told late.
            guard let received = event.int64(1), received < cutoff else { return true }
            switch try pruneEvent(event) {
            case .gone: break
            case .stays: return true
            case .more: return false
            }
            if budget <= 0 { return false }
        }
        try database.run("DELETE FROM incidents WHERE rowid = ?", [place])
        try AlarmTable.set(nil, of: .incident(id), database)
        try Conversation.forgetThreads(of: id, database)
        deleted += 1
        forgotten.append(id)
        return true
    }

    /// Deliveries first, as many as the budget allows, then the event itself.
    private mutating func pruneEvent(_ event: Row) throws -> Progress {
        let sequence = try event.need(event.int64(0), "the sequence of an event")
        let isBroadcast = event.text(2) == EventType.broadcast.rawValue
        if isBroadcast, try database.has(Self.goesOn, [sequence]) { return .stays }
        while let delivery = try database.row(Self.firstDelivery, [sequence]) {
            if budget <= 0 { return .more }
            guard try pruneDelivery(delivery) else { return .stays }
        }
        try database.run("DELETE FROM events WHERE sequence = ?", [sequence])
        if isBroadcast { try database.run("DELETE FROM broadcasts WHERE event = ?", [sequence]) }
        tally.add(.events, try event.need(event.text(2), "the type of an event"), -1)
        if event.flag(3) { tally.add(.stale, "", -1) }
        spend(1)
        return .gone
    }

    /// - Returns: false where it must stay.
    private mutating func pruneDelivery(_ row: Row) throws -> Bool {
        let id = try row.need(row.int64(0), "the id of a delivery")
        let state = try row.need(row.text(2), "the state of a delivery")
        // What it says of others is named by them for as long as they are there.
        if row.flag(3) || row.flag(6) { return false }
        if let digest = row.text(7).flatMap({ Int64($0) }) {
            try database.run("UPDATE deliveries SET contains = contains - 1 WHERE id = ?", [digest])
        }
        try database.run("DELETE FROM attempts WHERE delivery = ?", [id])
        spend(database.changesCount)
        try release(row, id: id)
        // Usually there are none: what is named by others is deleted after them.
        try database.run("UPDATE deliveries SET successor = NULL WHERE successor = ?", [id])
        try database.run("UPDATE deliveries SET fallback_of = NULL, fallback_root = NULL WHERE fallback_root = ?", [id])
        try database.run("DELETE FROM deliveries WHERE id = ?", [id])
        tally.add(.deliveries, try row.need(row.text(1), "a channel"), state: state, -1)
        spend(1)
        return true
    }

    /// What it was collapsed into stands for it no longer, nor does what that was collapsed into.
    private func release(_ row: Row, id: Int64) throws {
        guard row.text(2) == DeliveryState.superseded.rawValue, var next = row.int64(4) else { return }
        let count = 1 + (row.int(5) ?? 0)
        // Bounded: in a damaged file they may go round in a circle.
        for _ in 0..<10_000 {
            guard let after = try database.row(Self.release, [count, next, id])?.int64(0) else { return }
            next = after
        }
    }

    private mutating func spend(_ rows: Int) {
        deleted += rows
        budget -= rows
    }

    private func nextIncident() throws -> Row? {
        try database.row(Self.nextIncident, [position.updated, position.incident, cutoff])
    }

    private func nextEvent() throws -> Row? {
        try database.row(Self.nextEvent, [position.received, position.event, cutoff])
    }

    static let nextIncident = """
        SELECT rowid, updated, id FROM incidents INDEXED BY incidents_closed
        WHERE is_open = 0 AND (updated, rowid) > (?, ?) AND updated < ? ORDER BY updated, rowid LIMIT 1
        """
    static let nextEvent = """
        SELECT sequence, received_at, type, stale FROM events INDEXED BY events_loose
        WHERE \(LedgerSchema.loose) AND (received_at, sequence) > (?, ?) AND received_at < ? ORDER BY received_at, sequence LIMIT 1
        """
    static let firstEvent = """
        SELECT sequence, received_at, type, stale FROM events INDEXED BY events_incident
        WHERE incident = ? ORDER BY sequence LIMIT 1
        """
    /// The fourth column: it is unfinished itself, or stands behind one that is.
    static let firstDelivery = """
        SELECT id, channel, state, state IN ('held', 'pending', 'retrying') OR EXISTS (
            SELECT 1 FROM deliveries s WHERE s.id = d.successor AND s.state IN ('held', 'pending', 'retrying')), successor, replaces, contains, digest
        FROM deliveries d INDEXED BY deliveries_event WHERE event = ? ORDER BY id LIMIT 1
        """
    private static let oldBounces = "SELECT 1 FROM blocks INDEXED BY blocks_latest WHERE since IS NULL AND latest < ? LIMIT 1"
    private static let forgetBounces = "DELETE FROM blocks INDEXED BY blocks_latest WHERE since IS NULL AND latest < ?"
    private static let goesOn = "SELECT 1 FROM broadcasts INDEXED BY broadcasts_event WHERE event = ? AND settled = 0"
    private static let endedSilence = """
        SELECT id FROM silences WHERE ended < ?
        AND NOT EXISTS (SELECT 1 FROM deliveries INDEXED BY deliveries_silence WHERE silence = silences.id AND silence IS NOT NULL)
        """
    /// Within the conversation: another way that got through is a successor, too, and stands for nothing.
    private static let release = """
        UPDATE deliveries SET replaces = max(0, replaces - ?) WHERE id = ?
        AND (incident, channel, address) = (SELECT incident, channel, address FROM deliveries WHERE id = ?) RETURNING successor
        """
    private static let unfinished = """
        SELECT 1 FROM deliveries INDEXED BY deliveries_unfinished WHERE incident = ? AND \(LedgerSchema.unfinished) LIMIT 1
        """
}
