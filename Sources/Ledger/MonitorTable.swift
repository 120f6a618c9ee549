// Monitors that must be heard of, between rows and values; and the alarm of the heartbeat.

import Foundation
import GRDB
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

    /// Keeps those with these names, the others are forgotten; new ones are watched from `now`. Sets all their alarms.
    static func set(_ names: [String], now: Date, alarm: (Monitor) -> Alarm?, _ database: Database) throws {
        let known = try all(database)
        for monitor in known where !names.contains(monitor.name) {
            try database.run("DELETE FROM monitors WHERE name = ?", [monitor.name])
            try AlarmTable.set(nil, of: .monitor(monitor.name), database)
        }
        for name in names {
            let monitor = known.first { $0.name == name } ?? Monitor(name: name, since: now)
            try database.run("INSERT OR IGNORE INTO monitors (name, since) VALUES (?, ?)", [name, now.microseconds])
            try AlarmTable.set(alarm(monitor), of: .monitor(name), database)
        }
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
