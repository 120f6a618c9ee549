// The ledger: events, incidents, deliveries and attempts in one SQLite file. What `accept` returned is on the disk, with
// everything that follows from it. Any number of processes may read; besides the router, commands mend dead deliveries.

import Foundation
import GRDB
import Incidents
import Routing

/// The store in `STATE/ledger.sqlite`.
public final class LedgerStore: Sendable {
    let file: LedgerFile
    let readers: LedgerReaders
    /// Nil where the store was opened for reading only.
    private let writer: LedgerWriter?
    /// What `changeMarker` returns for as long as no other process has written since this store was opened.
    public let markerAtOpening: Int
    let suppressed: SuppressedAddresses
    let broadcastCounts = BroadcastCounts()

    /// Opens the ledger; where there is none, makes it: the directory with mode 0700, the file with 0600. Brings an older
    /// schema up to date. Blocks: not for the cooperative pool.
    ///
    /// - Parameters:
    ///   - directory: the state directory.
    ///   - readOnly: never makes or changes anything; works beside a running router and without one.
    /// - Throws: `notADirectory`, `permission`, `damaged`, `foreign`, `tooNew`, `diskFull`, `locked`, `io`; for reading only
    ///   also `noLedger` and `tooOld`. What was there is not overwritten.
    public init(directory: String, readOnly: Bool = false) throws(LedgerError) {
        file = LedgerFile(directory: directory)
        if readOnly {
            try file.find()
            writer = nil
        } else {
            try file.prepare()
            writer = LedgerWriter(try LedgerConnection.writer(file), path: file.path)
        }
        suppressed = writer?.suppressed ?? SuppressedAddresses()
        readers = try LedgerReaders(file, count: readOnly ? 1 : 3)
        if let writer { markerAtOpening = try writer.marker() } else { markerAtOpening = try readers.marker() }
        try writer?.readAbsences()
        writer?.start()
    }

    deinit { writer?.inbox.close() }

    /// Writes arrivals: one transaction for as many as have gathered, over all callers. On return they are durable.
    /// The cancellation of the caller's task changes nothing.
    ///
    /// Up to 512 arrivals are all written, or none. More take several transactions, one after the other, and a later one
    /// may fail after an earlier one was committed: then the call throws, and the receipts of what was committed are
    /// not told. Nothing is lost by that: the call may be repeated, since what was committed counts as a duplicate, and
    /// its deliveries are found by `ready`, which the caller must ask again after any error.
    ///
    /// - Returns: what became of each, in their order.
    /// - Throws: `diskFull`, `io`, `locked`, `damaged`, `permission`, `closed`.
    public func accept(_ arrivals: [Arrival]) async throws(LedgerError) -> [Receipt] {
        let writer = try writing()
        var receipts: [Receipt] = []
        receipts.reserveCapacity(arrivals.count)
        for start in stride(from: 0, to: arrivals.count, by: WriterInbox.maximumArrivals) {
            let end = min(start + WriterInbox.maximumArrivals, arrivals.count)
            let prepared = arrivals[start..<end].map(PreparedArrival.init)
            await writer.inbox.reserve(prepared.reduce(0) { $0 + $1.size })
            receipts += try await answer { reply in
                writer.inbox.put { $0.arrivals.append(ArrivalCall(arrivals: prepared, reply: reply)) }
            }
        }
        return receipts
    }

    /// Records attempts and what follows from them. Goes before arrivals, and is not stopped by the cancellation of the
    /// caller's task: what has been sent must be known.
    ///
    /// An accepted attempt makes its delivery delivered, whatever had become of it meanwhile.
    ///
    /// - Returns: the deliveries that became ready, because the one before them in their conversation ended or another way
    ///   is taken, and those that are done with because another way got through.
    public func record(_ attempts: [AttemptRecord]) async throws(LedgerError) -> Recorded {
        let writer = try writing()
        if attempts.isEmpty { return Recorded() }
        return try await answer { reply in
            writer.inbox.put { $0.outcomes.append(OutcomeCall(records: attempts, reply: reply)) }
        }
    }

    /// Changes when another process, or another store, has written to the ledger (a command that mends); this store's own
    /// writing does not change it. Only good for comparison with an earlier value of the same store, or with
    /// `markerAtOpening`. Ask before reading what the marker guards: what is written between the two is then noticed by
    /// the next comparison.
    public func changeMarker() async throws(LedgerError) -> Int {
        let query: @Sendable (Database) throws -> Int = { try $0.number(Self.marker) }
        return writer == nil ? try await readers.read(query) : try await writing(query)
    }

    /// Counts the commits of other connections, as far as this one has noticed them (sqlite.org/pragma.html#pragma_data_version).
    static let marker = "PRAGMA data_version"

    /// Finishes what was begun, then closes the file. Later calls throw `closed`.
    public func close() async {
        writer?.inbox.close()
        await writer?.finished()
        await readers.close()
    }

    /// Who is away, as committed last, without a wait; nobody where the store was opened for reading only.
    public var absencesInForce: [Absence] { writer?.absences.withLock { $0 } ?? [] }

    /// Rows that this store has written; 0 where it was opened for reading only.
    var writes: Int { writer?.writes.withLock(\.self) ?? 0 }

    /// How many calls wait for the writer; 0 where the store was opened for reading only.
    public var depth: Int { writer?.inbox.depth ?? 0 }

    /// Runs `body` on the writer's thread and connection, outside a transaction, between two batches.
    func writing<Value: Sendable>(_ body: @escaping @Sendable (Database) throws -> Value) async throws(LedgerError) -> Value {
        try await writing { database, _ in try body(database) }
    }

    /// The same, for what changes incidents: the cache must not know more than the file.
    func writing<Value: Sendable>(
        _ body: @escaping @Sendable (Database, IncidentCache) throws -> Value
    ) async throws(LedgerError) -> Value {
        let writer = try writing()
        let path = file.path
        return try await answer { (reply: Reply<Value>) in
            let task = WriterTask { database, cache in
                do {
                    reply.resume(returning: .success(try body(database, cache)))
                } catch {
                    reply.resume(returning: .failure(LedgerError(error, at: path)))
                }
            }
            return writer.inbox.put { $0.tasks.append(task) }
        }
    }

    /// Runs `body` on the writer's thread before what is written from now on. Nothing happens where the store is for reading only.
    func before(_ body: @escaping @Sendable (IncidentCache) -> Void) {
        _ = writer?.inbox.put { $0.tasks.append(WriterTask { _, cache in body(cache) }) }
    }

    private func writing() throws(LedgerError) -> LedgerWriter {
        guard let writer else { throw LedgerError(.permission, "the ledger \(file.path) was opened for reading only") }
        return writer
    }

    /// Waits for the writer's answer to what `put` hands over; where that says no, the store is closed.
    private func answer<Value>(_ put: (Reply<Value>) -> Bool) async throws(LedgerError) -> Value {
        let path = file.path
        let result: Result<Value, LedgerError> = await withCheckedContinuation { reply in
            if !put(reply) { reply.resume(returning: .failure(.closed(path))) }
        }
        return try result.get()
    }
}
