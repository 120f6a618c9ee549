// The clock's side of the ledger: what is due, and what follows from it.

import CrashPoints
import Foundation
import GRDB
import Incidents
import Routing

extension LedgerStore {
    /// Alarms due by `now`, the newest due first. The cost is that of what is due.
    public func dueAlarms(now: Date, limit: Int) async throws(LedgerError) -> [Alarm] {
        try await readers.read { try AlarmTable.due(now, limit: limit, $0) }
    }

    /// The alarms to come, the earliest first; what is due already comes first of all.
    public func nextAlarms(limit: Int) async throws(LedgerError) -> [Alarm] {
        try await readers.read { try AlarmTable.next(limit: limit, $0) }
    }

    /// When the earliest alarm rings; nil: none is set.
    public func nextAlarm() async throws(LedgerError) -> Date? {
        try await readers.read { try AlarmTable.nextDue($0) }
    }

    /// Rings alarms, in one transaction for all: as long as the bell gives events for one (at most 32 rounds), they are accepted
    /// like any other; then its next alarm is in place, from the last decision, or from the bell where nothing was raised.
    /// An alarm that has been moved to later meanwhile does not ring.
    ///
    /// Where what is stored of one incident cannot be read, or an alarm comes to nothing and asks for the same time again, it
    /// rings again 60 s after `now`, and a receipt `rejected` says why. The others are not touched by it.
    ///
    /// - Parameter now: nil: the time of the latest of the alarms.
    /// - Returns: the receipts of all arrivals, in their order.
    /// - Throws: as `accept`; then nothing was raised.
    public func ring(_ alarms: [Alarm], with bell: AlarmBell, now: Date? = nil) async throws(LedgerError) -> [Receipt] {
        guard let latest = alarms.map(\.due).max() else { return [] }
        let now = max(now ?? latest, latest)
        return try await writing { database, cache in
            do {
                return try Self.ring(alarms, bell, now: now, isCareful: false, database, cache)
            } catch  where LedgerError.isOfOneRow(error) {
                return try Self.ring(alarms, bell, now: now, isCareful: true, database, cache)
            }
        }
    }

    private static func ring(
        _ alarms: [Alarm], _ bell: AlarmBell, now: Date, isCareful: Bool, _ database: Database, _ cache: IncidentCache
    ) throws -> [Receipt] {
        var ringing = RingTransaction(database, cache: cache, bell: bell, now: now)
        try database.inTransaction(.immediate) {
            try ringing.run(alarms, isCareful: isCareful)
            CrashPoint.beforeRingCommit.reached()
            return .commit
        }
        CrashPoint.afterRingCommit.reached()
        ringing.intake.remember()
        return ringing.receipts
    }

    /// After a change of configuration: sets the alarms of open incidents anew, in steps, in the order of their ids. What cannot be
    /// read is left out.
    ///
    /// - Parameters:
    ///   - last: what the step before returned; nil: from the start.
    ///   - limit: incidents to look at.
    ///   - severity: the severity as it is judged now, by which open incidents of a service are found; nil: they stay as they are.
    /// - Returns: where to go on; nil: done.
    public func rescheduleAlarms(
        after last: String?, limit: Int, severity: (@Sendable (Incident) -> Severity?)? = nil,
        alarm: @escaping @Sendable (Incident) -> Alarm?
    ) async throws(LedgerError) -> String? {
        try await writing { database, cache in
            var intake = IntakeTransaction(database, cache: cache)
            var (place, count) = (last, 0)
            try database.inTransaction(.immediate) {
                var open: [String] = []
                try database.each(Self.incidentsInOrder, [last ?? "", limit]) { row in
                    count += 1
                    place = row.text(0)
                    if row.flag(1), let id = place { open.append(id) }
                    return true
                }
                for id in open {
                    do {
                        guard let incident = try intake.incident(id) else { continue }
                        if let judged = severity?(incident) { try Self.list(incident, as: judged, database) }
                        let next = alarm(incident)
                        if try AlarmTable.alarm(of: .incident(id), database) != next { try intake.move(next, of: incident) }
                    } catch is RowFault {}
                }
                return .commit
            }
            intake.remember()
            return count < limit ? nil : place
        }
    }

    private static func list(_ incident: Incident, as severity: Severity, _ database: Database) throws {
        let values: [(any Bindable)?] = [incident.openService, severity.rank, severity.name]
        try database.run(Self.relist, [incident.id] + values + values)
    }

    private static let relist = """
        UPDATE incidents SET open_service = ?2, rank = ?3, judged = ?4
        WHERE id = ?1 AND (open_service IS NOT ?5 OR rank IS NOT ?6 OR judged IS NOT ?7)
        """

    /// The configuration by which the alarms were last set; nil: they never were.
    public func alarmsVersion() async throws(LedgerError) -> String? {
        try await readers.read { try $0.row("SELECT value FROM meta WHERE name = ?", [Self.alarmsVersionName])?.text(0) }
    }

    public func setAlarmsVersion(_ version: String) async throws(LedgerError) {
        try await writing { try $0.run("INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)", [Self.alarmsVersionName, version]) }
    }

    private static let alarmsVersionName = "alarms_version"
    private static let incidentsInOrder = "SELECT id, is_open FROM incidents WHERE id > ? ORDER BY id LIMIT ?"
}
