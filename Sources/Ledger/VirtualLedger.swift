// A ledger in memory, for scenarios: the same tables and the same transactions as the store's, on the caller's thread. All
// of it is one transaction that is never committed: nothing is kept, and nothing need be undone.

import Foundation
import GRDB
import Incidents
import Routing

/// A ledger that is gone with its last reference. After an error it is not to be used any more. Not Sendable.
public final class VirtualLedger {
    private let connection: DatabaseQueue
    let cache = IncidentCache(capacity: 32_768, maximumBytes: 64 << 20)

    /// - Parameter spills: what does not fit into a few megabytes goes to a temporary file, which nobody else can see: for what
    ///   may become large.
    public init(spills: Bool = false) throws(LedgerError) {
        do {
            var configuration = Configuration()
            configuration.label = "tocsin.virtual"
            configuration.allowsUnsafeTransactions = true
            configuration.foreignKeysEnabled = false
            configuration.prepareDatabase { database in
                try database.execute(sql: "PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF; PRAGMA temp_store = MEMORY")
                if spills { try database.execute(sql: "PRAGMA cache_size = -\(Self.cacheSize)") }
            }
            // SQLite's word for a temporary file is the empty name.
            connection =
                spills ? try DatabaseQueue(path: "", configuration: configuration) : try DatabaseQueue(configuration: configuration)
            try connection.writeWithoutTransaction { database in
                try LedgerSchema.migrate(database)
                try database.beginTransaction(.immediate)
            }
        } catch {
            throw LedgerError(error, at: Self.name)
        }
    }

    deinit {
        // Nothing of it is kept.
        try? connection.writeWithoutTransaction { try $0.rollback() }
    }

    private static let name = "in memory"
    /// KiB that are kept of one that spills.
    private static let cacheSize = 48_000

    func run<Value>(_ body: (Database) throws -> Value) throws(LedgerError) -> Value {
        do {
            return try connection.writeWithoutTransaction(body)
        } catch {
            throw LedgerError(error, at: Self.name)
        }
    }

    /// What is known before anything happens: incidents with how they are judged, and what stands.
    public func seed(
        _ incidents: [Incident], judged: (Incident) -> (severity: String, rank: Int, alarm: Alarm?), standing: [StandingChange]
    ) throws(LedgerError) {
        try run { database in
            var intake = IntakeTransaction(database, cache: cache)
            for incident in incidents {
                let judgement = judged(incident)
                try intake.seed(incident, severity: judgement.severity, rank: judgement.rank, alarm: judgement.alarm)
            }
            try intake.apply(standing, now: .distantPast)
            intake.remember()
        }
    }

    /// As `LedgerStore.accept`, for one.
    public func accept(_ arrival: Arrival) throws(LedgerError) -> Receipt {
        try run { database in
            var intake = IntakeTransaction(database, cache: cache)
            let receipt = try intake.accept(PreparedArrival(arrival))
            try intake.tally.writeHeard(database)
            intake.remember()
            return receipt
        }
    }

    /// As `LedgerStore.record`.
    public func record(_ attempts: [AttemptRecord]) throws(LedgerError) -> Recorded {
        try run { database in
            var outcomes = OutcomeTransaction(database)
            var tally = Tally()
            for attempt in attempts { try outcomes.record(attempt, tally: &tally) }
            if outcomes.keptThread { cache.memory.noteThread() }
            if outcomes.hasBlocks { cache.memory.hasBlocks = true }
            return try outcomes.recorded()
        }
    }

    public func dueAlarms(now: Date, limit: Int) throws(LedgerError) -> [Alarm] { try run { try AlarmTable.due(now, limit: limit, $0) } }

    public func nextAlarm() throws(LedgerError) -> Date? { try run { try AlarmTable.nextDue($0) } }

    /// As `LedgerStore.ring`.
    public func ring(_ alarms: [Alarm], with bell: AlarmBell, now: Date? = nil) throws(LedgerError) -> [Receipt] {
        guard let latest = alarms.map(\.due).max() else { return [] }
        return try run { database in
            var ringing = RingTransaction(database, cache: cache, bell: bell, now: max(now ?? latest, latest))
            try ringing.run(alarms, isCareful: false)
            ringing.intake.remember()
            return ringing.receipts
        }
    }

    /// As `LedgerStore.release`.
    public func release(now: Date, late: Bool = false, limit: Int = .max - 1) throws(LedgerError) -> Released {
        try run { database in
            guard try ReleaseTransaction.isAnyDue(database, now: now, late: late) else { return Released() }
            var release = ReleaseTransaction(database, now: now, memory: cache.memory)
            let released = try release.run(late: late, limit: limit)
            cache.memory = release.memory
            return released
        }
    }

    public func nextRelease() throws(LedgerError) -> Date? { try run { try LedgerStore.nextRelease($0) } }

    public func delivery(_ id: Int64) throws(LedgerError) -> DeliveryRow? {
        try run { database in
            try database.first("\(LedgerStore.listed) WHERE d.id = ?", [id]) { try LedgerStore.complete($0, database) }
        }
    }

    /// All that follows from one event, in the order in which they were planned.
    public func deliveries(of event: Int64) throws(LedgerError) -> [DeliveryRow] {
        try run { database in
            var found: [DeliveryRow] = []
            try database.each("\(LedgerStore.listed) WHERE d.event = ? ORDER BY d.id", [event]) { row in
                found.append(try LedgerStore.complete(row, database))
                return true
            }
            return found
        }
    }

    /// One delivery as it would go out at `now`; nil where it is not there.
    public func queued(_ id: Int64, now: Date) throws(LedgerError) -> QueuedDelivery? {
        try run { database in
            var reader = DeliveryReader(database, now: now)
            return try reader.delivery(id)
        }
    }

    public func incident(_ id: String) throws(LedgerError) -> Incident? {
        try run { try IntakeTransaction($0, cache: cache).incident(id) }
    }

    public func surroundings<T>(_ body: (any Surroundings) throws -> T) throws(LedgerError) -> T {
        try run { database in
            let surroundings = SQLSurroundings(database, memory: cache.memory)
            let answer = try body(surroundings)
            cache.memory = surroundings.memory
            return answer
        }
    }
}
