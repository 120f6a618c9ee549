// The way in: takes files from the queue directory in batches, has the pipeline commit what is in them, and only then
// forgets or rejects the files.

import Foundation
import Incidents
import Ledger
import Logging
import ServiceLifecycle
import Spool

/// The way in.
public struct Intake: Service {
    /// Files to a batch: many to a commit under load, one when idle.
    static let batch = 256

    let spool: Spool
    let pipeline: Pipeline
    let dispatcher: Dispatcher
    let logger: Logger

    public init(spool: Spool, pipeline: Pipeline, dispatcher: Dispatcher, logger: Logger) {
        self.spool = spool
        self.pipeline = pipeline
        self.dispatcher = dispatcher
        self.logger = logger
    }

    public func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            while let files = await spool.next(limit: Self.batch) {
                await take(files)
            }
        } onCancelOrGracefulShutdown: {
            Task { await spool.stop() }
        }
    }

    /// Takes what is complete now, and returns.
    public func runOnce() async {
        while true {
            let files = await spool.takeNow(limit: Self.batch)
            if files.isEmpty { return }
            await take(files)
        }
    }

    private func take(_ files: [TakenFile]) async {
        let accepted = await commit(files)
        await dispatcher.offer(accepted.ready)
        await spool.forget(accepted.files.filter(\.rejected.isEmpty).map(\.file))
        for settled in accepted.files where !settled.rejected.isEmpty {
            for part in settled.rejected {
                logger.warning(
                    "rejected",
                    metadata: [
                        "file": "\(settled.file.name)", "line": "\(part.line ?? part.rejection.line ?? 1)",
                        "code": "\(part.rejection.code.rawValue)", "why": "\(part.rejection.message)",
                    ])
            }
            await spool.reject(settled.file, settled.rejected)
            pipeline.operators.rejected(settled)
        }
    }

    /// Commits, for as long as it takes: while the ledger cannot (a full disk), the files stay and nothing is lost.
    private func commit(_ files: [TakenFile]) async -> Accepted {
        var wait = 0.2
        while true {
            do {
                return try await pipeline.accept(files)
            } catch {
                logger.error(
                    "events cannot be recorded; their files stay and it is tried again",
                    metadata: ["files": "\(files.count)", "error": "\(error)"])
                try? await Task.sleep(for: .seconds(wait))
                wait = min(wait * 2, 10)
                // Asked to stop meanwhile: the files are still in the queue's keeping, and come again at the next start.
                if Task.isCancelled || Task.isShuttingDownGracefully { return Accepted([], []) }
            }
        }
    }
}
