// Broadcasts, between their rows and their values.

import Foundation
import GRDB
import JSON
import Routing

/// The table of broadcasts.
enum BroadcastTable {
    static func broadcast(_ id: String, _ database: Database) throws -> Broadcast? {
        try database.first("SELECT state FROM broadcasts WHERE id = ?", [id], read)
    }

    /// The newest one to an audience that has begun to go out.
    static func last(to audience: String, _ database: Database) throws -> Broadcast? {
        try database.first(lastStarted, [audience], read)
    }

    /// Those that are going out. Looks at all: for once after a restore.
    static func sending(_ database: Database) throws -> [Broadcast] {
        try StandingTables.readable(database, "SELECT state FROM broadcasts WHERE status = 'sending'", Broadcast.init(json:))
    }

    /// The place of its event in the ledger.
    static func sequence(of id: String, _ database: Database) throws -> Int64? {
        try database.first("SELECT event FROM broadcasts WHERE id = ?", [id]) { $0.int64(0) }
    }

    static func ofEvent(_ sequence: Int64, _ database: Database) throws -> Broadcast? {
        try database.first("SELECT state FROM broadcasts INDEXED BY broadcasts_event WHERE event = ?", [sequence], read)
    }

    /// Writes one; its event is in the ledger already.
    static func write(_ broadcast: Broadcast, _ database: Database) throws {
        try database.run(
            upsert,
            [
                broadcast.id, broadcast.source, broadcast.event, broadcast.audienceKey, broadcast.state.rawValue, broadcast.isSettled,
                broadcast.created.microseconds, broadcast.started?.microseconds, broadcast.reached, broadcast.corrects,
                broadcast.json.bytes,
            ])
    }

    /// What was thought not to have gone out has reached its address: if the broadcast was corrected, the correction is owed.
    ///
    /// - Parameter delivery: the one that got through, or may have.
    static func owe(_ delivery: Int64, now: Date, _ database: Database) throws {
        guard let event = try database.first("SELECT event FROM deliveries WHERE id = ?", [delivery], { $0.int64(0) }),
            let original = try ofEvent(event, database), var correction = try lastCorrection(of: original.id, database),
            let level = correction.chain.firstIndex(of: original.id)
        else { return }
        let (place, cursor) = (level, max(0, delivery - 1))
        switch correction.state {
        case .sending:
            // What comes later is found anyway.
            guard correction.step == .correcting, (correction.level, correction.cursor) > (place, cursor) else { return }
        case .sent: correction.state = .sending
        case .waiting, .cooling, .refused, .expired, .stopped: return
        }
        correction.step = .correcting
        (correction.level, correction.cursor) = (place, cursor)
        try write(correction, database)
        let subject = Alarm.Subject.broadcast(correction.id)
        try AlarmTable.set(Alarm(subject: subject, due: now, what: "next part"), of: subject, database)
    }

    /// The newest correction of a broadcast, or of its correction, and so on.
    private static func lastCorrection(of id: String, _ database: Database) throws -> Broadcast? {
        var found: Broadcast?
        var seen: Set<String> = [id]
        while let next = try database.first(correctionOf, [found?.id ?? id], read), seen.insert(next.id).inserted { found = next }
        return found
    }

    /// Whether an event has a delivery at an address already that goes, or went, there by the broadcast's own choice.
    static func has(_ event: Int64, channel: String, address: String, _ database: Database) throws -> Bool {
        try database.has(there, [event, channel, address])
    }

    /// The same, but for what was taken back in vain.
    static func hasSaid(_ event: Int64, channel: String, address: String, _ database: Database) throws -> Bool {
        try database.has(said, [event, channel, address])
    }

    private static func read(_ row: Columns) throws -> Broadcast {
        try row.need(try row.storedJSON(0).flatMap { Broadcast(json: $0) }, "a broadcast")
    }

    private static let lastStarted = """
        SELECT state FROM broadcasts INDEXED BY broadcasts_audience
        WHERE audience = ? AND started IS NOT NULL ORDER BY started DESC LIMIT 1
        """
    private static let correctionOf = """
        SELECT state FROM broadcasts INDEXED BY broadcasts_corrects
        WHERE corrects = ? AND corrects IS NOT NULL ORDER BY created DESC, id DESC LIMIT 1
        """
    private static let there = """
        SELECT 1 FROM deliveries INDEXED BY deliveries_broadcast
        WHERE \(LedgerSchema.broadcast) AND event = ? AND channel = ? AND address = ? COLLATE NOCASE LIMIT 1
        """
    private static let said = """
        SELECT 1 FROM deliveries d INDEXED BY deliveries_broadcast
        WHERE d.\(LedgerSchema.broadcast) AND d.event = ? AND d.channel = ? AND d.address = ? COLLATE NOCASE
        AND NOT \(LedgerSchema.takenBackInVain) LIMIT 1
        """
    private static let upsert = """
        INSERT INTO broadcasts (id, event, audience, status, settled, created, started, reached, corrects, state)
        VALUES (?1, ifnull((SELECT sequence FROM events WHERE source = ?2 AND id = ?3), 0), ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
        ON CONFLICT (id) DO UPDATE SET status = excluded.status, settled = excluded.settled, started = excluded.started, \
        reached = excluded.reached, state = excluded.state
        """
}

extension Broadcast {
    var json: JSONValue {
        var members: [String: JSONValue] = [
            "id": .string(id), "source": .string(source), "event": .string(event), "state": .string(state.rawValue),
            "created": .integer(Int(created.microseconds)), "audience": .array(audience.map(JSONValue.string)),
            "reached": .integer(reached), "step": .string(step.rawValue), "cursor": .integer(Int(cursor)), "level": .integer(level),
            "last_subscription": .integer(Int(lastSubscription)), "named": .string(String(namedDigest)),
        ]
        func add(_ name: String, _ text: String?) { members[name] = text.map(JSONValue.string) }
        add("by", by)
        add("incident", incident)
        add("template", template)
        add("corrects", corrects)
        add("decided_by", decidedBy)
        add("reason", reason)
        members["until"] = until.map { .integer(Int($0.microseconds)) }
        members["started"] = started.map { .integer(Int($0.microseconds)) }
        if !match.isEmpty { members["match"] = .object(match) }
        if !chain.isEmpty { members["chain"] = .array(chain.map(JSONValue.string)) }
        if !routed.isEmpty { members["routed"] = .array(routed.map { .array([.string($0.channel), .string($0.address)]) }) }
        let flags = [("urgent", isUrgent), ("routes_wait", routesWait), ("announced", isAnnounced)]
        for (name, flag) in flags where flag { members[name] = true }
        return .object(members)
    }

    init?(json: JSONValue) {
        func date(_ name: String) -> Date? { json[name]?.integer.map { Date(microseconds: Int64($0)) } }
        func words(_ name: String) -> [String] { json[name]?.array?.compactMap(\.string) ?? [] }
        guard let id = json["id"]?.string, let state = json["state"]?.string.flatMap(State.init(rawValue:)), let created = date("created"),
            let source = json["source"]?.string, let event = json["event"]?.string
        else { return nil }
        self.init(
            id: id, source: source, event: event, state: state, created: created, by: json["by"]?.string, audience: words("audience"),
            match: json["match"]?.object ?? [:], incident: json["incident"]?.string, template: json["template"]?.string,
            isUrgent: json["urgent"]?.bool ?? false, corrects: json["corrects"]?.string, chain: words("chain"),
            decidedBy: json["decided_by"]?.string, reason: json["reason"]?.string, until: date("until"), started: date("started"),
            reached: json["reached"]?.integer ?? 0, step: json["step"]?.string.flatMap(Step.init(rawValue:)) ?? .done,
            cursor: Int64(json["cursor"]?.integer ?? 0), level: json["level"]?.integer ?? 0,
            lastSubscription: Int64(json["last_subscription"]?.integer ?? 0),
            namedDigest: json["named"]?.string.flatMap { Int64($0) } ?? 0,
            routed: (json["routed"]?.array ?? []).compactMap { pair in
                let words = pair.array?.compactMap(\.string) ?? []
                return words.count == 2 ? Way(channel: words[0], address: words[1]) : nil
            },
            routesWait: json["routes_wait"]?.bool ?? false, isAnnounced: json["announced"]?.bool ?? false)
    }
}
