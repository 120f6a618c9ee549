// Time as a source of events: rings the alarms of incidents and silences that have fallen due, and releases what was
// held. What follows from an alarm is decided inside the ledger's transaction, so that it happens once, however often
// the process dies in between.

import Foundation
import Ledger
import Logging
import Routing
import ServiceLifecycle

/// Keeps time for the router.
public struct Clock: Service {
    /// Alarms, and holds at different addresses, to a commit.
    static let batch = 256
    /// Incidents whose alarms are set anew in one step.
    static let step = 2_000
    /// Seconds between two looks, at most: alarms that others set meanwhile are noticed by then.
    static let grain: TimeInterval = 0.5
    /// Seconds that the clock waits at the start for what lies in the queue, however much that is.
    static let patience: TimeInterval = 60
    /// Seconds between two lines of the log about the same trouble.
    static let reminder: TimeInterval = 60

    let pipeline: Pipeline
    let dispatcher: Dispatcher
    let logger: Logger
    /// What lay in the queue at the start has been taken.
    let caughtUp: Gate
    /// Files in the queue, as far as is known.
    var queued: @Sendable () -> Int? = { nil }
    var metrics = RouterMetrics()
    let beat = Beat()

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            var complaint = Complaint()
            var pass = AlarmsPass(startedAt: pipeline.clock())
            await watch(&pass)
            await caughtUp.wait(seconds: Self.patience)
            var isFirst = true
            while !Task.isCancelled {
                beat.touch()
                var wait = Self.grain
                do {
                    // A step at a time, so that what is due meanwhile does not wait for a million incidents.
                    let isBehind = try await setAlarmsAnew(&pass)
                    try await work(isLast: isFirst)
                    isFirst = false
                    wait = isBehind ? 0 : try await secondsToNext()
                } catch {
                    complaint.say(error, logger, now: pipeline.clock())
                }
                try? await Task.sleep(for: .seconds(wait))
            }
        }
    }

    /// Does all that is due now, once.
    ///
    /// - Parameter isLast: what waits a moment for others to arrive does not wait any longer: all that lay in the queue has
    ///   been taken (at the start, and with `run --once`).
    func work(isLast: Bool = false) async throws(LedgerError) {
        // What happened long ago is told before what follows from it now.
        if isLast { while try await release(late: true) { await dispatcher.room() } }
        while try await ring() { await dispatcher.room() }
        try await tellNeglect()
        while try await release(late: isLast) { await dispatcher.room() }
    }

    /// Rings what is due, the newest first.
    ///
    /// - Returns: whether more may be due.
    private func ring() async throws(LedgerError) -> Bool {
        let now = pipeline.clock()
        let alarms = try await pipeline.ledger.dueAlarms(now: now, limit: Self.batch)
        if alarms.isEmpty || Task.isCancelled { return false }
        beat.touch()
        for alarm in alarms { metrics.lag.recordSeconds(max(0, now.timeIntervalSince(alarm.due))) }
        let mark = await dispatcher.mark()
        // Counted aside: with a long backlog that takes its time, and the writer has other things to do.
        let signs = alarms.contains { $0.subject == .heartbeat } ? try await pipeline.ledger.vitalSigns(now: now) : nil
        let bell = pipeline.setup.value.bell(now: now, queued: queued(), signs: signs)
        let receipts = try await pipeline.ledger.ring(alarms, with: bell, now: now)
        metrics.raised(receipts.count { $0.isAccepted })
        for case .rejected(let why) in receipts { logger.error("an alarm came to nothing", metadata: ["why": "\(why.message)"]) }
        for case .handedOver(_, _, let withdrawn, _) in receipts where !withdrawn.isEmpty { await dispatcher.forget(withdrawn) }
        await dispatcher.offer(receipts.flatMap(\.ready), raised: receipts.flatMap(\.raised), since: mark)
        return alarms.count == Self.batch
    }

    /// Tells the operators of open incidents that nobody has touched for long.
    private func tellNeglect() async throws(LedgerError) {
        let now = pipeline.clock()
        guard let due = try await pipeline.ledger.nextNeglect(), due <= now else { return }
        let mark = await dispatcher.mark()
        let setup = pipeline.setup.value
        let receipt = try await pipeline.ledger.tellNeglect(now: now) { setup.neglect($0, $1, now: now) }
        guard let receipt else { return }
        await dispatcher.offer(receipt.ready, raised: receipt.raised, since: mark)
    }

    private func release(late: Bool) async throws(LedgerError) -> Bool {
        beat.touch()
        let mark = await dispatcher.mark()
        let released = try await pipeline.ledger.release(now: pipeline.clock(), late: late, limit: Self.batch)
        await dispatcher.offer(released.ready, raised: released.raised, since: mark)
        return released.isMore && !Task.isCancelled
    }

    private func secondsToNext() async throws(LedgerError) -> TimeInterval {
        let next = [
            try await pipeline.ledger.nextAlarm(), try await pipeline.ledger.nextRelease(), try await pipeline.ledger.nextNeglect(),
        ].compactMap(\.self).min()
        guard let next else { return Self.grain }
        return min(max(next.timeIntervalSince(pipeline.clock()), 0.001), Self.grain)
    }

    /// Sets all alarms by the configuration in force, where it has changed since they were set.
    func keepUpWithConfiguration() async throws(LedgerError) {
        var pass = AlarmsPass()
        while try await setAlarmsAnew(&pass), !Task.isCancelled {}
    }

    /// One step of that.
    ///
    /// - Returns: whether another one is needed.
    private func setAlarmsAnew(_ pass: inout AlarmsPass) async throws(LedgerError) -> Bool {
        let configuration = pipeline.setup.value.configuration
        let version = configuration.version
        if pass.rotations != configuration.table.people.rotations {
            let now = pipeline.clock()
            try await pipeline.ledger.setRotationAlarms(configuration.table.rotationAlarms(now: now), now: now)
            pass.rotations = configuration.table.people.rotations
        }
        try await setSignsOfLife(&pass, configuration.table)
        if pass.done == version { return false }
        if pass.version != version {
            if try await pipeline.ledger.alarmsVersion() == version {
                pass = pass.ended(version)
                return false
            }
            pass = pass.begun(version)
        }
        let now = pipeline.clock()
        let table = configuration.table
        pass.last = try await pipeline.ledger.rescheduleAlarms(
            after: pass.last, limit: Self.step, severity: { $0.severity(on: table.scale, assumed: table.assumedSeverity) },
            alarm: { table.alarm(of: $0, now: now) })
        if pass.last != nil { return true }
        try await pipeline.ledger.setAlarmsVersion(version)
        pass = pass.ended(version)
        return false
    }

    /// Watches for signs of life, before any is taken: what fails is done again with the other alarms.
    func watch() async {
        var pass = AlarmsPass()
        await watch(&pass)
    }

    private func watch(_ pass: inout AlarmsPass) async {
        try? await setSignsOfLife(&pass, pipeline.setup.value.configuration.table)
    }

    /// Of monitors, and of the heartbeat.
    private func setSignsOfLife(_ pass: inout AlarmsPass, _ table: RoutingTable) async throws(LedgerError) {
        if pass.patience != table.deadMen.patience {
            try await pipeline.ledger.setMonitors(
                table.deadMen.names, now: pipeline.clock(),
                alarm: { [startedAt = pass.startedAt] in table.alarm(of: $0, startedAt: startedAt) })
            pass.patience = table.deadMen.patience
        }
        if pass.heartbeat != .some(table.heartbeat) {
            let now = pipeline.clock()
            try await pipeline.ledger.setHeartbeat(table.heartbeatAlarm(now: now), now: now)
            pass.heartbeat = .some(table.heartbeat)
        }
    }
}

/// How far the alarms have been set anew after a change of configuration.
private struct AlarmsPass {
    /// When the router started; nil: it runs once, and hears of nothing but what lies in the queue.
    var startedAt: Date?
    /// The configuration for which that is being done.
    var version: String?
    /// The incident that was looked at last.
    var last: String?
    /// The configuration by which all are set.
    var done: String?
    /// By which the alarms of rotations are set; nil: not yet. A calendar file may change by itself.
    var rotations: [String: Rotation]?
    /// By which those of monitors are set; nil: not yet.
    var patience: [String: TimeInterval]?
    /// By which that of the heartbeat is set; nil: not yet.
    var heartbeat: HeartbeatRule??

    func begun(_ version: String) -> AlarmsPass {
        var pass = self
        (pass.version, pass.last, pass.done) = (version, nil, nil)
        return pass
    }

    func ended(_ version: String) -> AlarmsPass {
        var pass = self
        (pass.version, pass.last, pass.done) = (nil, nil, version)
        return pass
    }
}

/// Says the same trouble once a minute.
private struct Complaint {
    private var last = Date.distantPast

    mutating func say(_ error: any Error, _ logger: Logger, now: Date) {
        guard abs(now.timeIntervalSince(last)) >= Clock.reminder else { return }
        last = now
        logger.error("what time asks for cannot be done yet; trying again", metadata: ["error": "\(error)"])
    }
}
