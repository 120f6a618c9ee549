// The way in: takes files from the queue directory in batches, has the pipeline commit what is in them, and only then
// forgets or rejects the files.

import CrashPoints
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
    /// Seconds between two lines of the log about the same trouble.
    static let reminder: TimeInterval = 60
    /// Rejected lines of one file that are logged; the rest is counted.
    static let logged = 5

    let spool: Spool
    let pipeline: Pipeline
    let dispatcher: Dispatcher
    let logger: Logger
    /// Opened once what lay in the queue at the start has been taken: the clock waits for it, since what lies there may be
    /// the very answer that it would call for.
    let caughtUp: Gate
    var metrics = RouterMetrics()
    let beat = Beat()
    /// Told once files are being taken.
    var onRunning: @Sendable () -> Void = {}

    public func run() async throws {
        // Said only now: the services that it needs have been started, and signals are being listened to.
        let settings = pipeline.setup.value.configuration
        logger.notice(
            "running",
            metadata: ["queue": "\(settings.router.queue)", "state": "\(settings.router.state)", "configuration": "\(settings.version)"])
        onRunning()
        await withTaskCancellationOrGracefulShutdownHandler {
            var isStarting = true
            while isStarting {
                let files = await spool.takeNow(limit: Self.batch)
                isStarting = !files.isEmpty
                if isStarting {
                    if await !take(files, patience: nil) { return }
                    await dispatcher.room()
                }
            }
            caughtUp.open()
            while let files = await spool.next(limit: Self.batch) {
                if await !take(files, patience: nil) { return }
                await dispatcher.room()
            }
        } onCancelOrGracefulShutdown: {
            Task { await spool.stop() }
        }
    }

    /// Takes what is complete now, and returns.
    ///
    /// - Returns: false where the ledger could not take it within a few seconds; the files stay.
    public func runOnce() async -> Bool {
        while true {
            let files = await spool.takeNow(limit: Self.batch)
            if files.isEmpty { return true }
            if await !take(files, patience: 3) { return false }
        }
    }

    /// - Returns: false where committing was given up. The files are still in the queue's keeping, and come again.
    private func take(_ files: [TakenFile], patience: TimeInterval?) async -> Bool {
        beat.touch()
        defer { beat.rest() }
        let settled = await pipeline.accept(files) { await commit($0, patience: patience) }
        guard let settled else { return false }
        // Where there is no room, what is rejected waits for it, and says so.
        beat.rest()
        CrashPoint.beforeForgetting.reached()
        await spool.forget(settled.filter(\.rejected.isEmpty).map(\.file))
        for one in settled where !one.rejected.isEmpty {
            log(one)
            for part in one.rejected { metrics.rejected(part.rejection.code) }
            await spool.reject(one.file, one.rejected)
            pipeline.operators.rejected(one)
        }
        return true
    }

    /// Commits, for as long as it takes: while the ledger cannot (a full disk), the files stay and nothing is lost.
    private func commit(_ arrivals: [Arrival], patience: TimeInterval?) async -> [Receipt]? {
        CrashPoint.read.reached()
        if arrivals.isEmpty { return [] }
        let start = pipeline.clock()
        var wait = 0.2
        var hasFailed = false
        var told = Date.distantPast
        while true {
            beat.touch()
            let mark = await dispatcher.mark()
            do {
                let receipts = try await pipeline.ledger.accept(arrivals)
                count(arrivals, receipts)
                warnOfStrangers(arrivals, receipts)
                await dispatcher.offer(receipts.flatMap(\.ready), raised: receipts.flatMap(\.raised), since: mark)
                // What an earlier try may have committed is known to the ledger only.
                if hasFailed { await dispatcher.readLanes() }
                return receipts
            } catch {
                hasFailed = true
                if abs(pipeline.clock().timeIntervalSince(told)) >= Self.reminder {
                    told = pipeline.clock()
                    logger.error(
                        "events cannot be recorded; their files stay and it is tried again",
                        metadata: ["events": "\(arrivals.count)", "error": "\(error)"])
                }
                if let patience, pipeline.clock().timeIntervalSince(start) > patience { return nil }
                guard await slept(wait) else { return nil }
                wait = min(wait * 2, 10)
            }
        }
    }

    /// Names whom assignments were made to and nobody is: they hear nothing.
    private func warnOfStrangers(_ arrivals: [Arrival], _ receipts: [Receipt]) {
        let table = pipeline.setup.value.configuration.table
        var count = 0
        for (arrival, receipt) in zip(arrivals, receipts) where arrival.event.type == .assignment && receipt.isAccepted {
            for stranger in table.strangers(in: arrival.event) {
                count += 1
                if count > Self.logged { continue }
                logger.warning(
                    "an assignment to nobody", metadata: ["incident": "\(arrival.event.incident?.id ?? "")", "why": "\(stranger.text)"])
            }
        }
        if count > Self.logged { logger.warning("assignments to nobody", metadata: ["more": "\(count - Self.logged)"]) }
    }

    private func count(_ arrivals: [Arrival], _ receipts: [Receipt]) {
        for (arrival, receipt) in zip(arrivals, receipts) {
            switch receipt {
            case .accepted(_, let isStale, _, _, _): metrics.took(arrival.event.type, isStale ? .stale : .accepted)
            case .duplicate: metrics.took(arrival.event.type, .duplicate)
            case .rejected, .handedOver: break
            }
        }
    }

    /// Sleeps, but wakes when the router is asked to stop.
    ///
    /// - Returns: false in that case.
    private func slept(_ seconds: TimeInterval) async -> Bool {
        var left = seconds
        while left > 0 {
            if Task.isCancelled || Task.isShuttingDownGracefully { return false }
            // It waits on purpose: it is not stuck.
            beat.touch()
            try? await Task.sleep(for: .seconds(min(left, 0.2)))
            left -= 0.2
        }
        return true
    }

    private func log(_ settled: SettledFile) {
        for part in settled.rejected.prefix(Self.logged) {
            var metadata: Logger.Metadata = [
                "file": "\(settled.file.name)", "code": "\(part.rejection.code.rawValue)", "why": "\(part.rejection.message)",
            ]
            if let line = part.line ?? part.rejection.line { metadata["line"] = "\(line)" }
            if let incident = part.incident { metadata["incident"] = "\(incident)" }
            logger.warning("rejected", metadata: metadata)
        }
        let more = settled.rejected.count - Self.logged
        if more > 0 { logger.warning("rejected", metadata: ["file": "\(settled.file.name)", "more_lines": "\(more)"]) }
    }
}

extension Receipt {
    var isAccepted: Bool {
        if case .accepted = self { return true }
        return false
    }

    /// What can go out at once.
    var ready: [QueuedDelivery] {
        if case .accepted(_, _, let deliveries, _, _) = self { return deliveries }
        if case .handedOver(let deliveries, _, _, _) = self { return deliveries }
        return []
    }

    /// What has become more urgent.
    var raised: [RaisedHead] {
        if case .accepted(_, _, _, _, let raised) = self { return raised }
        if case .handedOver(_, _, _, let raised) = self { return raised }
        return []
    }
}
