// The writer: one thread, one connection, one transaction for as much as has gathered. It is a thread because SQLite
// blocks. There is no timer: the next batch gathers while the last one commits. Waiters are resumed after COMMIT.

import CrashPoints
import Foundation
import GRDB
import Routing
import Synchronization

/// Owns the writing connection. Everything that is written by this process goes through `inbox`.
final class LedgerWriter: Sendable {
    let inbox = WriterInbox()
    let suppressed = SuppressedAddresses()
    private let connection: DatabaseQueue
    private let path: String
    /// As committed last.
    let absences = Mutex<[Absence]>([])
    /// Rows that were written: it rises with each commit that changed something.
    let writes = Mutex(0)
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

    /// The value that `changeMarker` starts from; reads which addresses are suppressed. Only before `start()`: afterwards the connection is the thread's.
    func marker() throws(LedgerError) -> Int {
        do {
            try connection.writeWithoutTransaction { suppressed.load(try BlockTable.suppressedKeys($0)) }
            return try connection.writeWithoutTransaction { try $0.number(LedgerStore.marker) }
        } catch {
            throw LedgerError(error, at: path)
        }
    }

    /// Reads who is away. Only before `start()`.
    func readAbsences() throws(LedgerError) {
        do {
            let found = try connection.writeWithoutTransaction { try AbsenceTable.all($0) }
            absences.withLock { $0 = found }
        } catch {
            throw LedgerError(error, at: path)
        }
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
        let cache = IncidentCache(suppressed: suppressed)
        var absenceChanges = 0
        var last = DispatchTime(uptimeNanoseconds: 0)
        while let batch = inbox.next(isBusy: last + .milliseconds(WriterInbox.gathering) > .now()) {
            defer { last = .now() }
            connection.writeWithoutTransaction { database in
                for task in batch.tasks { task.run(database, cache) }
                if !batch.outcomes.isEmpty || !batch.arrivals.isEmpty { write(batch, database, cache) }
                if cache.memory.absenceChanges != absenceChanges, let known = try? cache.memory.absences(database) {
                    absenceChanges = cache.memory.absenceChanges
                    absences.withLock { $0 = known.elements }
                }
                writes.withLock { $0 = database.totalChangesCount }
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
        var failure: any Error
        do {
            return answer(batch, try commit(batch, isCareful: false, database, cache))
        } catch {
            failure = error
        }
        // One row was at fault: once more, with a savepoint for each call of outcomes and for each arrival.
        if LedgerError.isOfOneRow(failure) {
            do {
                return answer(batch, try commit(batch, isCareful: true, database, cache))
            } catch {
                failure = error
            }
        }
        fail(batch, failure, database, cache)
    }

    private struct Answers {
        var recorded: [Result<Recorded, LedgerError>] = []
        var receipts: [[Receipt]] = []
    }

    private func answer(_ batch: WriterBatch, _ answers: Answers) {
        for (call, recorded) in zip(batch.outcomes, answers.recorded) { call.reply.resume(returning: recorded) }
        for (call, receipts) in zip(batch.arrivals, answers.receipts) { call.reply.resume(returning: .success(receipts)) }
    }

    /// One transaction: all of the batch, or nothing of it.
    ///
    /// - Parameter isCareful: a fault of one row turns away only the call of outcomes, or the one arrival, that it belongs to.
    private func commit(_ batch: WriterBatch, isCareful: Bool, _ database: Database, _ cache: IncidentCache) throws -> Answers {
        var answers = Answers()
        var intake = IntakeTransaction(database, cache: cache)
        try database.inTransaction(.immediate) {
            for call in batch.outcomes {
                let recorded = try part(isCareful, &intake, database) { intake in
                    var outcomes = OutcomeTransaction(database)
                    for record in call.records { try outcomes.record(record, tally: &intake.tally) }
                    intake.learn(from: outcomes)
                    if outcomes.keptThread { intake.memory.noteThread() }
                    return try outcomes.recorded()
                }
                answers.recorded.append(recorded.mapError { LedgerError($0, at: path) })
            }
            for call in batch.arrivals {
                answers.receipts.append(
                    try call.arrivals.map { arrival in
                        switch try part(isCareful, &intake, database, { try $0.accept(arrival) }) {
                        case .success(let receipt): receipt
                        case .failure(let fault): .rejected(LedgerError.rejection(of: fault))
                        }
                    })
            }
            try intake.tally.write(database)
            if !batch.outcomes.isEmpty { CrashPoint.beforeOutcomesCommit.reached() }
            if !batch.arrivals.isEmpty { CrashPoint.beforeArrivalsCommit.reached() }
            return .commit
        }
        if !batch.outcomes.isEmpty { CrashPoint.afterOutcomesCommit.reached() }
        if !batch.arrivals.isEmpty { CrashPoint.afterArrivalsCommit.reached() }
        intake.remember()
        return answers
    }

    /// A part of a transaction. Where careful, a fault of one row takes back what this part did, and is the result;
    /// anything else is thrown, and ends the transaction.
    private func part<Value>(
        _ isCareful: Bool, _ intake: inout IntakeTransaction, _ database: Database, _ body: (inout IntakeTransaction) throws -> Value
    ) throws -> Result<Value, any Error> {
        guard isCareful else { return .success(try body(&intake)) }
        let before = intake
        var result: Result<Value, any Error> = .failure(RowFault(what: "nothing was done"))
        do {
            try database.inSavepoint {
                result = .success(try body(&intake))
                return .commit
            }
        } catch  where LedgerError.isOfOneRow(error) {
            intake = before
            result = .failure(error)
        }
        return result
    }

    /// Nothing of the batch was written. All calls fail with the one error: to try each by itself would only make all of
    /// them wait for the same lock or disk. But for a full disk: the little that an outcome needs may still find room.
    private func fail(_ batch: WriterBatch, _ failure: any Error, _ database: Database, _ cache: IncidentCache) {
        var error = LedgerError(failure, at: path)
        for call in batch.arrivals { call.reply.resume(returning: .failure(error)) }
        var mayFit = error.code == .diskFull && batch.outcomes.count + batch.arrivals.count > 1
        for call in batch.outcomes {
            guard mayFit else {
                call.reply.resume(returning: .failure(error))
                continue
            }
            let alone = WriterBatch(outcomes: [call])
            do {
                answer(alone, try commit(alone, isCareful: true, database, cache))
            } catch let other {
                error = LedgerError(other, at: path)
                mayFit = error.code == .diskFull
                call.reply.resume(returning: .failure(error))
            }
        }
    }
}
