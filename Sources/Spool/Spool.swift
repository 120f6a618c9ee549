// The queue directory as the router sees it: files come out in order, and are forgotten or rejected when their events
// are durable. Nothing is lost at any point: a file is in the queue, or in .taken/, or in rejected/, or committed.

import Foundation
import Glibc

/// The queue directory, watched and locked by this process.
public final class Spool: Sendable {
    private let core: SpoolCore
    /// Removing and setting aside runs beside the ledger's writer, and never on the cooperative pool.
    private let disposal = DispatchQueue(label: "tocsin.spool.disposal")

    /// Opens a queue directory: creates what is missing (its parent must exist), takes the lock, starts to watch.
    ///
    /// - Parameters:
    ///   - path: the queue directory.
    ///   - options: how it is watched.
    ///   - onTrouble: told, on a thread of the spool, of what goes wrong while the spool goes on trying; the same trouble
    ///     at most once a minute.
    /// - Throws: `SpoolError`; `.alreadyRunning` where another process, whose pid it names, works on the directory.
    public init(
        path: String, options: SpoolOptions = SpoolOptions(), onTrouble: @escaping @Sendable (SpoolTrouble) -> Void = { _ in }
    ) throws(SpoolError) {
        let core = try SpoolCore(queue: QueueHandle(path: path), options: options, onTrouble: onTrouble)
        self.core = core
        let watch = QueueWatch.start(core.queue, options, core.troubles)
        let thread = Thread { SpoolWorker(core: core, watch: watch).run() }
        thread.name = "spool"
        thread.start()
    }

    deinit { core.requestStop() }

    /// The next taken files, with their content, in order. Waits until there is one.
    ///
    /// - Parameter limit: at most so many files; their content is bounded by `SpoolOptions.maximumBytes`.
    /// - Returns: at least one file; nil after `stop()`, or where the task is cancelled.
    public func next(limit: Int) async -> [TakenFile]? { await ask(limit, isImmediate: false) }

    /// Files that are there and complete, without waiting for new ones: an empty list when all are through. What may
    /// still be written to (lines, for two seconds) is waited for.
    public func takeNow(limit: Int) async -> [TakenFile] { await ask(limit, isImmediate: true) ?? [] }

    private func ask(_ limit: Int, isImmediate: Bool) async -> [TakenFile]? {
        let id = core.newID()
        let files = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                core.submit(
                    SpoolCore.Request(id: id, limit: max(1, limit), isImmediate: isImmediate, continuation: continuation))
            }
        } onCancel: {
            core.cancel(id)
        }
        core.forgetCancellation(id)
        return files
    }

    /// Removes files whose events are durable.
    public func forget(_ files: [TakenFile]) async {
        await dispose {
            for file in files { self.forget(file) }
        }
    }

    private func forget(_ file: TakenFile) {
        // A writer that kept the file open may have added to it: that has to be taken as well.
        if case .bytes = file.content, let stamp = FileStamp.of(file.taken, in: file.queue.taken), stamp.size > file.size {
            core.count { $0.taken -= 1 }
            core.hasGrown(file)
            return
        }
        remove(file, failures: 0)
    }

    /// Does it, or reports and tries again later: until then the file stays in `.taken/`, also across a restart.
    private func remove(_ file: TakenFile, failures: Int) {
        guard let error = file.queue.remove(file) else { return core.count { $0.taken -= 1 } }
        core.troubles.report(error, about: "settle")
        let core = core
        let rest = file.withoutContent
        disposal.asyncAfter(deadline: .now() + Self.delay(after: failures)) { [weak self] in
            if !core.isStopping { self?.remove(rest, failures: failures + 1) }
        }
    }

    /// Seconds: 1, 2, 4, up to 30.
    private static func delay(after failures: Int) -> Double { min(30, pow(2, Double(min(failures, 6)))) }

    /// Sets a file aside in `rejected/` with its reason; of an `.ndjson` file the given lines, after the good ones are
    /// durable. Without rejections the file is forgotten.
    ///
    /// Where that cannot be done (a full disk), it reports, and tries again until it works: whoever waits here takes no
    /// further files meanwhile, so what is kept in memory does not grow. It returns without having done it when the
    /// spool is stopped or the task is cancelled: then the file is still in `.taken/`, and comes again after a restart.
    public func reject(_ file: TakenFile, _ rejections: [RejectedPart]) async {
        if rejections.isEmpty { return await forget([file]) }
        var failures = 0
        while let error = await attempt({ file.queue.reject(file, rejections, into: $0.queue.rejected, at: $0.options.now()) }) {
            core.troubles.report(error, about: "settle")
            guard await pause(Self.delay(after: failures)) else { return }
            failures += 1
        }
        core.count {
            $0.taken -= 1
            $0.rejected += 1
        }
    }

    /// Waits; false where it is to be given up.
    private func pause(_ seconds: Double) async -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if core.isStopping { return false }
            do { try await Task.sleep(for: .milliseconds(200)) } catch { return false }
        }
        return !core.isStopping
    }

    /// One try, on the queue for that.
    private func attempt(_ work: @escaping @Sendable (SpoolCore) -> SpoolError?) async -> SpoolError? {
        await withCheckedContinuation { continuation in
            disposal.async { [core] in continuation.resume(returning: work(core)) }
        }
    }

    private func dispose(_ work: @escaping @Sendable () -> Void) async {
        await withCheckedContinuation { continuation in
            disposal.async {
                work()
                continuation.resume()
            }
        }
    }

    /// Takes nothing any more; who waits in `next` gets nil. Files that have been handed out can still be forgotten and
    /// rejected; the lock stays.
    public func stop() async {
        core.requestStop()
        await core.awaitStop()
    }

    /// Stops, and lets another process have the directory. What has been handed out and is not settled yet will be
    /// handed out again by whoever comes next.
    public func close() async {
        await stop()
        await dispose {}
        core.queue.lock.release()
    }

    /// What lies in the queue, as far as the spool knows without looking.
    public func counts() -> SpoolCounts { core.counts }
}
