// The threads that send mails, what waits for them, and the connections that are kept between mails.

import Foundation

/// One mail and who waits for its end. The workers' lock guards everything that changes.
final class SMTPJob: @unchecked Sendable {
    let mail: SMTPMail
    let server: SMTPServer
    var continuation: CheckedContinuation<SMTPResult, Never>?
    var isCancelled = false
    var waitsUntil: Double = 0
    /// While it runs.
    var connection: SMTPConnection?

    init(_ mail: SMTPMail, _ server: SMTPServer) {
        self.mail = mail
        self.server = server
    }
}

/// Threads come when a mail finds none idle, up to `maximum`, and go after a while without work.
///
/// `@unchecked Sendable`: every stored variable is read and written under `condition`'s lock.
final class SMTPWorkers: @unchecked Sendable {
    private enum Work {
        case send(SMTPJob, SMTPConnection?)
        case discard([SMTPConnection])
        case end([SMTPConnection])
    }

    /// Connections kept idle in all: eight servers with four each.
    private static let maximumKept = 32
    private static let idleSeconds: Double = 30

    private let maximum: Int
    private let condition = NSCondition()
    private var waiting: [SMTPJob] = []
    private var running: [ObjectIdentifier: SMTPJob] = [:]
    /// Idle connections, least recently used first.
    private var kept: [SMTPConnection] = []
    private var threads = 0
    private var idle = 0
    private var isClosed = false
    private var closers: [CheckedContinuation<Void, Never>] = []

    init(maximum: Int) {
        self.maximum = maximum
    }

    func submit(_ job: SMTPJob, _ continuation: CheckedContinuation<SMTPResult, Never>) {
        condition.lock()
        if isClosed || job.isCancelled {
            condition.unlock()
            continuation.resume(returning: .failed(.cancelled(mayHaveArrived: false)))
            return
        }
        job.continuation = continuation
        job.waitsUntil = Self.now() + job.server.timeout
        waiting.append(job)
        let needsThread = waiting.count > idle && threads < maximum
        if needsThread { threads += 1 }
        condition.unlock()
        // Not under the lock: whoever is woken would run into it at once.
        if needsThread { startThread() } else { condition.signal() }
    }

    func cancel(_ job: SMTPJob) {
        condition.lock()
        job.isCancelled = true
        let continuation = waiting.contains { $0 === job } ? job.continuation : nil
        if continuation != nil {
            waiting.removeAll { $0 === job }
            job.continuation = nil
        } else if let connection = job.connection {
            connection.isCancelled.store(true, ordering: .relaxed)
            connection.sockets.shutDown()
        }
        condition.unlock()
        continuation?.resume(returning: .failed(.cancelled(mayHaveArrived: false)))
    }

    func close(_ closer: CheckedContinuation<Void, Never>?) {
        condition.lock()
        isClosed = true
        let dropped = waiting
        waiting = []
        for job in running.values {
            job.isCancelled = true
            job.connection?.isCancelled.store(true, ordering: .relaxed)
            job.connection?.sockets.shutDown()
        }
        let hasEnded = threads == 0
        if let closer, !hasEnded { closers.append(closer) }
        condition.broadcast()
        condition.unlock()
        for job in dropped { job.continuation?.resume(returning: .failed(.cancelled(mayHaveArrived: false))) }
        if hasEnded { closer?.resume() }
    }

    // MARK: Threads

    private func startThread() {
        let thread = Thread { [self] in
            while true {
                switch next() {
                case .send(let job, let connection): run(job, connection)
                case .discard(var connections): connections.removeAll()
                case .end(var connections):
                    // Before the thread counts as gone: `close` promises that the connections are closed.
                    connections.removeAll()
                    leave()
                    return
                }
            }
        }
        thread.name = "tocsin-smtp"
        thread.start()
    }

    /// Blocks until there is something to do.
    private func next() -> Work {
        condition.lock()
        defer { condition.unlock() }
        let since = Self.now()
        while true {
            if isClosed {
                let rest = kept
                kept = []
                return .end(rest)
            }
            let now = Self.now()
            if !waiting.isEmpty {
                let job = waiting.removeFirst()
                let index = kept.lastIndex { $0.server == job.server && now - $0.lastUsed < SMTPConnection.maximumIdle }
                let connection = index.map { kept.remove(at: $0) }
                running[ObjectIdentifier(job)] = job
                return .send(job, connection)
            }
            let stale = kept.prefix { now - $0.lastUsed >= SMTPConnection.maximumIdle }
            if !stale.isEmpty {
                let old = Array(stale)
                kept.removeFirst(old.count)
                return .discard(old)
            }
            // The last one stays until every connection has had its time.
            if now - since >= Self.idleSeconds, threads > 1 || kept.isEmpty { return .end([]) }
            idle += 1
            _ = condition.wait(until: Date(timeIntervalSinceNow: kept.isEmpty ? Self.idleSeconds : 5))
            idle -= 1
        }
    }

    private func leave() {
        condition.lock()
        threads -= 1
        // Work may have come in the moment between deciding to end and this.
        let isNeeded = !isClosed && !waiting.isEmpty && threads < maximum
        if isNeeded { threads += 1 }
        let done = threads == 0 ? closers : []
        if threads == 0 { closers = [] }
        condition.unlock()
        if isNeeded { startThread() }
        for closer in done { closer.resume() }
    }

    private func run(_ job: SMTPJob, _ idleConnection: SMTPConnection?) {
        guard let connection = idleConnection ?? SMTPConnection(job.server) else {
            finish(job, .failed(TransportFailure(kind: .other, mayHaveArrived: false, curlCode: 27, detail: "There is not enough memory.")))
            return
        }
        guard begin(job, on: connection) else {
            keep(connection, after: job)
            return
        }
        let result = connection.send(job.mail)
        // The connection is there again before anybody is told, so that who sends the next mail at once finds it.
        let continuation = release(job)
        keep(connection, after: job)
        continuation?.resume(returning: result)
    }

    /// False where the job has ended already or waited too long; it is completed then.
    private func begin(_ job: SMTPJob, on connection: SMTPConnection) -> Bool {
        condition.lock()
        let isCancelled = job.isCancelled
        let isLate = Self.now() > job.waitsUntil
        if !isCancelled, !isLate {
            connection.isCancelled.store(false, ordering: .relaxed)
            job.connection = connection
        }
        condition.unlock()
        if isCancelled {
            finish(job, .failed(.cancelled(mayHaveArrived: false)))
        } else if isLate {
            finish(
                job,
                .failed(
                    TransportFailure(
                        kind: .timedOut, mayHaveArrived: false, curlCode: 28,
                        detail: "The time allowed ran out before a thread was free: other mail servers hold all of them.")))
        }
        return !isCancelled && !isLate
    }

    private func finish(_ job: SMTPJob, _ result: SMTPResult) { release(job)?.resume(returning: result) }

    /// Takes the job off its connection; who waits for it is still to be told.
    private func release(_ job: SMTPJob) -> CheckedContinuation<SMTPResult, Never>? {
        condition.lock()
        defer { condition.unlock() }
        running[ObjectIdentifier(job)] = nil
        job.connection = nil
        defer { job.continuation = nil }
        return job.continuation
    }

    private func keep(_ connection: SMTPConnection, after job: SMTPJob) {
        var surplus: SMTPConnection?
        condition.lock()
        connection.lastUsed = Self.now()
        kept.append(connection)
        if kept.count > Self.maximumKept { surplus = kept.removeFirst() }
        condition.unlock()
        // Closing one may wait for an answer to QUIT: outside the lock.
        _ = consume surplus
    }

    /// Monotonic seconds.
    private static func now() -> Double {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
