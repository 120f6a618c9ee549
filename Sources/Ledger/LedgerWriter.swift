// The writer: one thread, one connection, one transaction for as much as has gathered. It is a thread because SQLite
// blocks. There is no timer: the next batch gathers while the last one commits. Waiters are resumed after COMMIT.

import Foundation
import GRDB
import Synchronization

/// Owns the writing connection. Everything that is written by this process goes through `inbox`.
final class LedgerWriter: Sendable {
    let inbox = WriterInbox()
    private let connection: DatabaseQueue
    private let path: String
    private let end = Mutex<(isOver: Bool, waiting: [CheckedContinuation<Void, Never>])>((false, []))

    init(_ connection: DatabaseQueue, path: String) {
        self.connection = connection
        self.path = path
    }

    /// Starts the thread. It ends, and closes the connection, once the inbox is closed and empty.
    func start() {
        let thread = Thread { [self] in run() }
        thread.name = "tocsin.ledger"
        thread.start()
    }

    /// Returns once the thread is over.
    func finished() async {
        await withCheckedContinuation { continuation in
            let isOver = end.withLock { end in
                if !end.isOver { end.waiting.append(continuation) }
                return end.isOver
            }
            if isOver { continuation.resume() }
        }
    }

    private func run() {
        let cache = IncidentCache()
        var last = DispatchTime(uptimeNanoseconds: 0)
        while let batch = inbox.next(isBusy: last + .milliseconds(WriterInbox.gathering) > .now()) {
            defer { last = .now() }
            connection.writeWithoutTransaction { database in
                for task in batch.tasks { task.run(database) }
                if !batch.outcomes.isEmpty || !batch.arrivals.isEmpty { write(batch, database, cache) }
            }
        }
        // Nothing can be done about a failure: every transaction is committed already.
        try? connection.close()
        let waiting = end.withLock { end in
            end.isOver = true
            return end.waiting
        }
        for waiter in waiting { waiter.resume() }
    }

    private func write(_ batch: WriterBatch, _ database: Database, _ cache: IncidentCache) {
        do {
            let done = try commit(batch, database, cache)
            for (call, ready) in zip(batch.outcomes, done.ready) { call.reply.resume(returning: .success(ready)) }
            for (call, receipts) in zip(batch.arrivals, done.receipts) { call.reply.resume(returning: .success(receipts)) }
        } catch {
            replay(batch, after: error, database, cache)
        }
    }

    private func commit(
        _ batch: WriterBatch, _ database: Database, _ cache: IncidentCache
    ) throws -> (ready: [[QueuedDelivery]], receipts: [[Receipt]]) {
        var ready: [[QueuedDelivery]] = []
        var receipts: [[Receipt]] = []
        var intake = IntakeTransaction(database, cache: cache)
        try database.inTransaction(.immediate) {
            for call in batch.outcomes {
                var outcomes = OutcomeTransaction(database)
                for record in call.records { try outcomes.record(record, tally: &intake.tally) }
                ready.append(try outcomes.ready())
            }
            for call in batch.arrivals { receipts.append(try call.arrivals.map { try intake.accept($0) }) }
            try intake.tally.write(database)
            return .commit
        }
        for change in intake.changed.values { cache.keep(change.incident, bytes: change.bytes) }
        return (ready, receipts)
    }

    /// The batch was rolled back. Each call of outcomes gets a transaction of its own; where one row was at fault, so
    /// does each arrival, and only the bad one is turned away. Where the disk or the file was, all arrivals fail.
    private func replay(_ batch: WriterBatch, after error: any Error, _ database: Database, _ cache: IncidentCache) {
        let isAlone = batch.outcomes.count == 1 && batch.arrivals.isEmpty
        for call in batch.outcomes {
            call.reply.resume(
                returning: isAlone
                    ? .failure(LedgerError(error, at: path))
                    : attempt { try commit(WriterBatch(outcomes: [call]), database, cache).ready.first ?? [] })
        }
        for call in batch.arrivals {
            guard LedgerError.isOfOneRow(error) else {
                call.reply.resume(returning: .failure(LedgerError(error, at: path)))
                continue
            }
            call.reply.resume(returning: attempt { try oneByOne(call, database, cache) })
        }
    }

    private func oneByOne(_ call: ArrivalCall, _ database: Database, _ cache: IncidentCache) throws -> [Receipt] {
        var receipts: [Receipt] = []
        for arrival in call.arrivals {
            do {
                let single = WriterBatch(arrivals: [ArrivalCall(arrivals: [arrival], reply: call.reply)])
                receipts += try commit(single, database, cache).receipts.flatMap(\.self)
            } catch  where LedgerError.isOfOneRow(error) {
                receipts.append(.rejected(LedgerError.rejection(of: error)))
            }
        }
        return receipts
    }

    private func attempt<Value>(_ body: () throws -> Value) -> Result<Value, LedgerError> {
        do {
            return .success(try body())
        } catch {
            return .failure(LedgerError(error, at: path))
        }
    }
}
