// Lets history go that is older than `router.retain`: a minute after the start, and every hour. It gives way to the
// router's own work: small steps with pauses between them, each only when nothing waits for the ledger's writer.

import Foundation
import Ledger
import Logging
import ServiceLifecycle

/// Prunes the ledger.
struct Retention: Service {
    /// Seconds.
    static let firstWait: TimeInterval = 60
    static let interval: TimeInterval = 3_600
    /// Between two steps; between two looks at a busy writer.
    static let pause: TimeInterval = 0.05
    /// Looks at a busy writer before a step is made all the same: history must not grow for ever under load.
    static let patience = 100

    let ledger: LedgerStore
    /// Seconds, as configured now.
    let retain: @Sendable () -> TimeInterval
    let logger: Logger
    var clock: @Sendable () -> Date = { Date() }
    var sleep: @Sendable (TimeInterval) async -> Void = { try? await Task.sleep(for: .seconds($0)) }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await sleep(Self.firstWait)
            while !Task.isCancelled {
                await sweep()
                await sleep(Self.interval)
            }
        }
    }

    /// Removes all that is old enough now.
    ///
    /// - Returns: rows removed.
    @discardableResult
    func sweep() async -> Int {
        let began = clock()
        let cutoff = began.addingTimeInterval(-retain())
        var removed = 0
        var last: PruneStep?
        do {
            while !Task.isCancelled, last?.isDone != true {
                await waitForQuiet()
                let step = try await ledger.prune(before: cutoff, now: began, after: last)
                removed += step.deleted
                last = step
                if !step.isDone { await sleep(Self.pause) }
            }
        } catch {
            logger.error("old history cannot be removed; trying again in an hour", metadata: ["error": "\(error)"])
        }
        if removed > 0 {
            logger.notice(
                "removed history older than `router.retain`",
                metadata: ["rows": "\(removed)", "seconds": "\(Int(clock().timeIntervalSince(began)))"])
        }
        return removed
    }

    private func waitForQuiet() async {
        for _ in 0..<Self.patience where ledger.depth > 0 && !Task.isCancelled { await sleep(Self.pause) }
    }
}
