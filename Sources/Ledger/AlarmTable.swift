// Alarms in their table: one for each incident or silence.

import Foundation
import GRDB
import Incidents
import Routing

/// Reads and writes alarms.
enum AlarmTable {
    /// Sets the one alarm of a subject; nil: it has none any more.
    static func set(_ alarm: Alarm?, of subject: Alarm.Subject, _ database: Database) throws {
        if let alarm {
            try database.run(upsert, [subject.stored, alarm.due.microseconds, alarm.what.storable])
        } else {
            try database.run("DELETE FROM alarms WHERE subject = ?", [subject.stored])
        }
    }

    static func alarm(of subject: Alarm.Subject, _ database: Database) throws -> Alarm? {
        try database.first("SELECT due, what FROM alarms WHERE subject = ?", [subject.stored]) { row in
            Alarm(subject: subject, due: try row.need(row.date(0), "the time of an alarm"), what: row.text(1) ?? "")
        }
    }

    /// By `now`, the newest first.
    static func due(_ now: Date, limit: Int, _ database: Database) throws -> [Alarm] {
        try list("SELECT subject, due, what FROM alarms WHERE due <= ? ORDER BY due DESC", [now.microseconds], limit, database)
    }

    /// The earliest first.
    static func next(limit: Int, _ database: Database) throws -> [Alarm] {
        try list("SELECT subject, due, what FROM alarms ORDER BY due", [], limit, database)
    }

    static func nextDue(_ database: Database) throws -> Date? {
        try next(limit: 1, database).first?.due
    }

    /// Those of rotations, by the range of subjects that begin with `rotation/`.
    static func rotations(_ database: Database) throws -> [Alarm] {
        try list("SELECT subject, due, what FROM alarms WHERE subject >= 'rotation/' AND subject < 'rotation0'", [], .max, database)
    }

    /// A row that is none of ours is left out; `verify` names it.
    private static func list(_ sql: String, _ values: [(any Bindable)?], _ limit: Int, _ database: Database) throws -> [Alarm] {
        var alarms: [Alarm] = []
        if limit <= 0 { return alarms }
        try database.each(sql, values) { row in
            if let subject = row.text(0).flatMap(Alarm.Subject.init(stored:)), let due = row.date(1) {
                alarms.append(Alarm(subject: subject, due: due, what: row.text(2) ?? ""))
            }
            return alarms.count < limit
        }
        return alarms
    }

    private static let upsert = """
        INSERT INTO alarms (subject, due, what) VALUES (?, ?, ?)
        ON CONFLICT (subject) DO UPDATE SET due = excluded.due, what = excluded.what
        """
}

extension Alarm.Subject {
    static let incidentPrefix = "incident/"
    static let silencePrefix = "silence/"
    static let broadcastPrefix = "broadcast/"
    static let rotationPrefix = "rotation/"
    static let addressPrefix = "address/"
    static let monitorPrefix = "monitor/"
    static let heartbeatName = "heartbeat/"

    var stored: String {
        switch self {
        case .incident(let id): Self.incidentPrefix + id
        case .silence(let id): Self.silencePrefix + id
        case .broadcast(let id): Self.broadcastPrefix + id
        case .rotation(let name): Self.rotationPrefix + name
        case .address(let kind, let address): Self.addressPrefix + kind.rawValue + "/" + address
        case .monitor(let name): Self.monitorPrefix + name
        case .heartbeat: Self.heartbeatName
        }
    }

    init?(stored: String) {
        if stored.hasPrefix(Self.incidentPrefix) {
            self = .incident(String(stored.dropFirst(Self.incidentPrefix.count)))
        } else if stored.hasPrefix(Self.silencePrefix) {
            self = .silence(String(stored.dropFirst(Self.silencePrefix.count)))
        } else if stored.hasPrefix(Self.broadcastPrefix) {
            self = .broadcast(String(stored.dropFirst(Self.broadcastPrefix.count)))
        } else if stored.hasPrefix(Self.rotationPrefix) {
            self = .rotation(String(stored.dropFirst(Self.rotationPrefix.count)))
        } else if stored.hasPrefix(Self.addressPrefix) {
            let parts = stored.dropFirst(Self.addressPrefix.count).split(separator: "/", maxSplits: 1)
            guard parts.count == 2, let kind = ChannelKind(rawValue: String(parts[0])) else { return nil }
            self = .address(kind: kind, address: String(parts[1]))
        } else if stored.hasPrefix(Self.monitorPrefix) {
            self = .monitor(String(stored.dropFirst(Self.monitorPrefix.count)))
        } else if stored == Self.heartbeatName {
            self = .heartbeat
        } else {
            return nil
        }
    }
}
