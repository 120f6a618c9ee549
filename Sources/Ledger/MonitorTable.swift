// Monitors that must be heard of, between rows and values; and the alarm of the heartbeat.

import Foundation
import GRDB
import Incidents
import Routing

/// Reads and writes `monitors`.
enum MonitorTable {
    static func monitor(_ name: String, _ database: Database) throws -> Monitor? {
        try database.first("SELECT name, since, heard, missed FROM monitors WHERE name = ?", [name]) { try Monitor(row: $0) }
    }

    /// By name. What cannot be read is left out.
    static func all(_ database: Database) throws -> [Monitor] {
        var found: [Monitor] = []
        try database.each("SELECT name, since, heard, missed FROM monitors ORDER BY name", []) { row in
            if let monitor = try? Monitor(row: row) { found.append(monitor) }
            return true
        }
        return found
    }

    /// A sign of life. The alarm stays where it is, and finds it when it rings; but one that was silent is looked at at once.
    static func hear(_ name: String, at time: Date, _ database: Database) throws {
        try database.run("UPDATE monitors SET heard = ? WHERE name = ?", [time.microseconds, name])
        try database.run(wake, [time.microseconds, name])
    }

    /// What was told of it.
    static func tell(_ monitor: Monitor, _ database: Database) throws {
        try database.run("UPDATE monitors SET missed = ? WHERE name = ?", [monitor.missed?.microseconds, monitor.name])
    }

    static func forget(_ name: String, _ database: Database) throws {
        try database.run("DELETE FROM monitors WHERE name = ?", [name])
    }

    /// Keeps those with these names, the others are forgotten; new ones are watched from `now`. Sets all their alarms. One that is to
    /// be forgotten and whose incident is open is kept until its alarm, at once, has ended that.
    static func set(_ names: [String], now: Date, alarm: (Monitor) -> Alarm?, _ database: Database) throws {
        let known = try all(database)
        let open = try openIncidents(database)
        for name in Set(known.map(\.name)).union(open).subtracting(names).sorted() {
            let subject = Alarm.Subject.monitor(name)
            if open.contains(name) {
                try database.run("INSERT OR IGNORE INTO monitors (name, since) VALUES (?, ?)", [name, now.microseconds])
                try database.run("UPDATE monitors SET missed = coalesce(missed, since) WHERE name = ?", [name])
                try AlarmTable.set(Alarm(subject: subject, due: now, what: "its rule was removed"), of: subject, database)
            } else {
                try forget(name, database)
                try AlarmTable.set(nil, of: subject, database)
            }
        }
        for name in names {
            let monitor = known.first { $0.name == name } ?? Monitor(name: name, since: now)
            try database.run("INSERT OR IGNORE INTO monitors (name, since) VALUES (?, ?)", [name, now.microseconds])
            try AlarmTable.set(alarm(monitor), of: .monitor(name), database)
        }
    }

    /// The monitors whose silence opened an incident that is open.
    private static func openIncidents(_ database: Database) throws -> Set<String> {
        let (first, last) = (DeadManRule.incidentPrefix, String(DeadManRule.incidentPrefix.dropLast()) + ".")
        var ids: [String] = []
        try database.each("SELECT id FROM incidents WHERE id > ? AND id < ? AND is_open = 1", [first, last]) { row in
            if let id = row.text(0) { ids.append(id) }
            return true
        }
        // A producer may call an incident so, too.
        let own = "SELECT 1 FROM events WHERE source = ? AND id > ? AND id < ? LIMIT 1"
        return try Set(
            ids.map { String($0.dropFirst(first.count)) }.filter { name in
                let opening = "\(DeadManRule.eventPrefix)/\(name)"
                return try database.row(own, [Event.ownSource, opening + "/", opening + "0"]) != nil
            })
    }

    private static let wake = """
        INSERT OR REPLACE INTO alarms (subject, due, what)
        SELECT '\(Alarm.Subject.monitorPrefix)' || name, ?1, 'heard again' FROM monitors WHERE name = ?2 AND missed IS NOT NULL
        """
}

extension Monitor {
    init(row: some StoredRow) throws {
        self.init(
            name: try row.need(row.text(0), "the name of a monitor"), since: try row.need(row.date(1), "since when a monitor is watched"),
            heard: row.date(2), missed: row.date(3))
    }
}

extension LedgerStore {
    /// The monitors that are watched, by name.
    public func monitors() async throws(LedgerError) -> [Monitor] { try await readers.read { try MonitorTable.all($0) } }

    /// Watches the monitors with these names from now on, and no others; those that were watched before go on as they were.
    public func setMonitors(
        _ names: [String], now: Date, alarm: @escaping @Sendable (Monitor) -> Alarm?
    ) async throws(LedgerError) {
        try await writing { database in
            try database.inTransaction(.immediate) {
                try MonitorTable.set(names, now: now, alarm: alarm, database)
                return .commit
            }
        }
    }

    /// Sets the alarm of the heartbeat; nil: there is none. One that is due by `now` still rings, once.
    public func setHeartbeat(_ alarm: Alarm?, now: Date) async throws(LedgerError) {
        try await writing { database in
            let kept = try AlarmTable.alarm(of: .heartbeat, database)
            if let kept, kept.due <= now, alarm != nil { return }
            if kept != alarm { try AlarmTable.set(alarm, of: .heartbeat, database) }
        }
    }

    /// How the ledger is, as a reader sees it: the cost is that of what is unfinished, and nobody waits for it.
    public func vitalSigns(now: Date) async throws(LedgerError) -> VitalSigns {
        try await readers.read { try Self.vitalSigns($0, now: now) }
    }

    static func vitalSigns(_ database: Database, now: Date) throws -> VitalSigns {
        VitalSigns(
            openIncidents: try database.number("SELECT count(*) FROM incidents WHERE is_open = 1"),
            dead: try database.number("SELECT count(*) FROM deliveries d WHERE \(DeliveryFilter.mendable)"),
            overdue: try database.row(dueCount, [now.addingTimeInterval(-VitalSigns.patience).microseconds])?.int(0) ?? 0)
    }

    private static let dueCount = """
        SELECT count(*) FROM deliveries INDEXED BY deliveries_unfinished WHERE \(LedgerSchema.unfinished) AND due <= ?
        """
}

extension VirtualLedger {
    /// As `LedgerStore.setMonitors`.
    public func setMonitors(_ names: [String], now: Date, alarm: (Monitor) -> Alarm?) throws(LedgerError) {
        try run { try MonitorTable.set(names, now: now, alarm: alarm, $0) }
    }
}
