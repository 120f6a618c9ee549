// Who is away, and the alarms of those who take turns.

import Foundation
import GRDB
import Routing

extension LedgerStore {
    /// The oldest word first; also those that are over and still known.
    public func absences() async throws(LedgerError) -> [Absence] { try await readers.read { try AbsenceTable.all($0) } }

    /// Sets the alarms of rotations anew: those that are not among them have none any more. One that is due by `now` stays, so
    /// that a hand-over is announced although the configuration has changed meanwhile.
    public func setRotationAlarms(_ alarms: [Alarm], now: Date) async throws(LedgerError) {
        try await writing { database in
            try database.inTransaction(.immediate) {
                try AlarmTable.setRotations(alarms, now: now, database)
                return .commit
            }
        }
    }
}

extension VirtualLedger {
    /// As `LedgerStore.setRotationAlarms`.
    public func setRotationAlarms(_ alarms: [Alarm], now: Date) throws(LedgerError) {
        try run { try AlarmTable.setRotations(alarms, now: now, $0) }
    }
}

extension AlarmTable {
    fileprivate static func setRotations(_ alarms: [Alarm], now: Date, _ database: Database) throws {
        let wanted = Set(alarms.map(\.subject))
        for alarm in try rotations(database) where !wanted.contains(alarm.subject) { try set(nil, of: alarm.subject, database) }
        for alarm in alarms {
            if let kept = try self.alarm(of: alarm.subject, database), kept.due <= now { continue }
            try set(alarm, of: alarm.subject, database)
        }
    }
}
