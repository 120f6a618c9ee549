// The HTTP side's way to the queue: what is written here is on the disk when the call returns.

import Dispatch
import Foundation
import JSON
import Spool
import Synchronization

/// Drops events. Requests that come together share one file and one fsync: while one file is written, the next one gathers,
/// and under load a moment longer. A request that comes alone is written at once.
public final class EventWriter: Sendable {
    /// Bytes of one file, about: what comes when so much has gathered waits for the file after it.
    static let fileSize = 16 << 20
    /// Seconds from one file to the next where requests come together: making a file costs more than the events in it.
    static let gathering = 0.002
    /// Events that are worth a file at once.
    static let enough = 64

    private struct Job {
        var lines: [UInt8]
        var events: Int
        var done: CheckedContinuation<SpoolError?, Never>
    }

    private struct State {
        var waiting: [Job] = []
        var isWriting = false
        /// Of `waiting`.
        var events: Int { waiting.reduce(0) { $0 + $1.events } }
        /// Files so far: their names are in the order in which they were written.
        var number = 0
    }

    private let queue: String
    private let state = Mutex(State())
    private let thread = DispatchQueue(label: "tocsin.http.writer")
    private let start = Int(Date().timeIntervalSince1970 * 1_000)
    /// How many events wait in the queue.
    let depth: QueueDepth

    public init(queue: String) {
        self.queue = queue
        depth = QueueDepth(queue: queue)
    }

    /// Writes events that have been checked. When it returns, they survive a loss of power, and the router will take them,
    /// in their order.
    ///
    /// - Throws: `SpoolError` where the queue cannot take them (no room, no permission): nothing of them was accepted.
    public func drop(_ documents: [JSONValue]) async throws(SpoolError) {
        var lines: [UInt8] = []
        for document in documents {
            lines += document.bytes
            lines.append(0x0A)
        }
        try await drop(lines: lines, events: documents.count)
    }

    /// The same for events that are written already, each on a line with its line feed; up to 40 MiB.
    func drop(lines: [UInt8], events: Int) async throws(SpoolError) {
        if events == 0 { return }
        let failure = await withCheckedContinuation { done in
            let begins = state.withLock { state in
                state.waiting.append(Job(lines: lines, events: events, done: done))
                defer { state.isWriting = true }
                return !state.isWriting
            }
            if begins { thread.async { self.work() } }
        }
        if let failure { throw failure }
    }

    /// Until nothing waits: one file after the other.
    private func work() {
        while let (jobs, number) = next() {
            var lines: [UInt8] = []
            lines.reserveCapacity(jobs.reduce(0) { $0 + $1.lines.count })
            for job in jobs { lines += job.lines }
            let events = jobs.reduce(0) { $0 + $1.events }
            let count = String(number)
            let stem = "\(QueueLoad.httpPrefix)\(start)-" + String(repeating: "0", count: max(0, 9 - count.count)) + count
            var failure: SpoolError?
            do throws(SpoolError) {
                try EventDrop.drop(lines: lines, into: queue, name: QueueLoad.name(stem, events: events))
                depth.add(events)
            } catch {
                failure = error
            }
            for job in jobs { job.done.resume(returning: failure) }
            if jobs.count > 1 { gather() }
        }
    }

    /// Others are likely to come right now.
    private func gather() {
        if state.withLock({ $0.events < Self.enough }) { Thread.sleep(forTimeInterval: Self.gathering) }
    }

    /// What goes into the next file; nil where nothing waits, and then nothing is being written any more.
    private func next() -> (jobs: [Job], number: Int)? {
        state.withLock { state in
            if state.waiting.isEmpty {
                state.isWriting = false
                return nil
            }
            state.number += 1
            var size = 0
            var count = 0
            for job in state.waiting {
                // At least one, and none that would make it more than the queue takes.
                if count > 0, size + job.lines.count > Self.fileSize { break }
                size += job.lines.count
                count += 1
            }
            let jobs = Array(state.waiting[..<count])
            state.waiting.removeFirst(count)
            return (jobs, state.number)
        }
    }
}
