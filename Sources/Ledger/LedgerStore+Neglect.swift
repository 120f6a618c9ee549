// Open incidents that nobody has touched for long: which they are, and that the operators are told, once.

import Foundation
import GRDB
import Incidents
import Routing

/// Tells of what nobody has touched, inside one transaction: the event and the next time of each incident are one step.
enum NeglectTransaction {
    /// Makes the event.
    typealias Notice = (_ incidents: [Incident], _ count: Int) -> Arrival

    static func next(_ database: Database) throws -> Date? { try database.first(first, []) { $0.date(0) } }

    /// - Returns: nil where there is nothing to tell.
    static func run(_ intake: inout IntakeTransaction, _ database: Database, now: Date, _ notice: Notice) throws -> Receipt? {
        let count = try database.row(counted, [now.microseconds])?.int(0) ?? 0
        if count == 0 { return nil }
        var ids: [String] = []
        try database.each(named, [now.microseconds, Neglect.listed]) { row in
            if let id = row.text(0) { ids.append(id) }
            return true
        }
        var incidents: [Incident] = []
        for id in ids {
            // What cannot be read is counted, and `verify` names it.
            do { if let incident = try intake.incident(id) { incidents.append(incident) } } catch is RowFault {}
        }
        let receipt = try intake.accept(PreparedArrival(notice(incidents, count)))
        try database.run(postponed, [Neglect.mark(afterListingAt: now).microseconds, now.microseconds])
        return receipt
    }

    private static let due = "FROM incidents INDEXED BY incidents_look_at WHERE \(LedgerSchema.neglectable) AND look_at <= ?"
    static let first = """
        SELECT look_at FROM incidents INDEXED BY incidents_look_at WHERE \(LedgerSchema.neglectable) ORDER BY look_at LIMIT 1
        """
    static let counted = "SELECT count(*) \(due)"
    static let named = "SELECT id \(due) ORDER BY rank IS NULL, rank, look_at, id LIMIT ?"
    static let postponed = "UPDATE incidents SET look_at = ? WHERE \(LedgerSchema.neglectable) AND look_at <= ?"
}

extension LedgerStore {
    /// When the operators are next to hear of incidents that nobody has touched; nil: none is open.
    public func nextNeglect() async throws(LedgerError) -> Date? { try await readers.read { try NeglectTransaction.next($0) } }

    /// Accepts the event that lists the incidents that nobody has touched by `now`, and puts each of them off until it is to be listed
    /// again, in one transaction.
    ///
    /// - Returns: nil where there are none.
    /// - Throws: as `accept`; then nothing was told.
    public func tellNeglect(
        now: Date, notice: @escaping @Sendable (_ incidents: [Incident], _ count: Int) -> Arrival
    ) async throws(LedgerError) -> Receipt? {
        try await writing { database, cache in
            var intake = IntakeTransaction(database, cache: cache)
            var receipt: Receipt?
            try database.inTransaction(.immediate) {
                receipt = try NeglectTransaction.run(&intake, database, now: now, notice)
                try intake.tally.write(database)
                return .commit
            }
            intake.remember()
            return receipt
        }
    }
}

extension VirtualLedger {
    /// As `LedgerStore.nextNeglect`.
    public func nextNeglect() throws(LedgerError) -> Date? { try run { try NeglectTransaction.next($0) } }

    /// As `LedgerStore.tellNeglect`.
    public func tellNeglect(now: Date, notice: ([Incident], Int) -> Arrival) throws(LedgerError) -> Receipt? {
        try run { database in
            var intake = IntakeTransaction(database, cache: cache)
            let receipt = try NeglectTransaction.run(&intake, database, now: now, notice)
            intake.remember()
            return receipt
        }
    }
}
