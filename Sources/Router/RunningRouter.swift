// The house with its doors open: what `tocsin run` starts, in the order of dependency, so that the way in stops first.

import CrashPoints
import Delivery
import Foundation
import Glibc
import Incidents
import Ledger
import Logging
import ServiceLifecycle
import Settings
import Spool
import Transport

/// Everything that one running router holds.
public struct RunningRouter: Sendable {
    private let stateLock: DirectoryLock
    private let http: HTTPClient
    private let smtp: SMTPClient
    private let ledger: LedgerStore
    private let spool: Spool
    private let operators: OperatorsDesk
    private let dispatcher: Dispatcher
    private let clock: Clock
    private let intake: Intake
    private let reloader: Reloader
    private let retention: Retention
    private let diskWatch: DiskWatch
    private let mailWatch: MailWatch
    private let vitals: Vitals
    private let heart: Heart
    private let manager: ServiceManager?
    private let current: CurrentSetup
    private let logger: Logger

    /// Opens the state and the queue; nothing moves yet. Blocks.
    ///
    /// - Throws: `SpoolError` where another router holds the queue or the state, `LedgerError` where the ledger cannot
    ///   be opened.
    public init(setup: Setup, loader: SetupLoader, http: HTTPClient, smtp: SMTPClient, logger: Logger) throws {
        let router = setup.configuration.router
        let current = CurrentSetup(setup)
        let operators = OperatorsDesk()
        self.http = http
        self.current = current
        self.smtp = smtp
        self.logger = logger
        self.operators = operators
        // Locked before it is opened: a second router must not even migrate it.
        try LedgerStore.prepare(directory: router.state)
        stateLock = try DirectoryLock(directory: router.state, fileName: "router.lock")
        ledger = try LedgerStore(directory: router.state)
        try ledger.prepareSubscriptions(scale: setup.configuration.scale)
        var watching = SpoolOptions()
        watching.settle = router.settle
        spool = try Spool(path: router.queue, options: watching) { trouble in
            logger.warning("\(trouble.error.message)", metadata: trouble.suppressed > 0 ? ["again": "\(trouble.suppressed)"] : nil)
        }

        let pipeline = Pipeline(setup: current, ledger: ledger, operators: operators)
        let dispatcher = Dispatcher(pipeline: pipeline, logger: logger)
        self.dispatcher = dispatcher
        let caughtUp = Gate()
        let metrics = RouterMetrics()
        let manager = ServiceManager()
        self.manager = manager
        let spool = spool
        clock = Clock(
            pipeline: pipeline, dispatcher: dispatcher, logger: logger, caughtUp: caughtUp, queued: { spool.counts().waiting },
            metrics: metrics)
        var intake = Intake(
            spool: spool, pipeline: pipeline, dispatcher: dispatcher, logger: logger, caughtUp: caughtUp, metrics: metrics)
        let interval = Supervision.interval(manager?.watchdog)
        let vitals = Vitals(
            setup: current, ledger: ledger, dispatcher: dispatcher, beats: ["clock": clock.beat, "intake": intake.beat],
            patience: Supervision.patience(manager?.watchdog), interval: interval,
            isWanted: {
                let configuration = current.value.configuration
                return manager != nil || configuration.http != nil || configuration.heartbeat?.url != nil
            })
        intake.onRunning = { vitals.intakeRuns() }
        self.intake = intake
        self.vitals = vitals
        heart = Heart(setup: current, logger: logger, fault: { vitals.health.faults }, send: { await http.send($0) })
        reloader = Reloader(
            path: setup.configuration.file, setup: current, dispatcher: dispatcher, ledger: ledger, logger: logger,
            onReload: { hasEnded in if hasEnded { manager?.tell(["READY=1"]) } else { manager?.tellReloading() } },
            load: { loader.load() })
        retention = Retention(ledger: ledger, retain: { current.value.configuration.router.retain }, logger: logger)
        diskWatch = DiskWatch(paths: [router.state, router.queue], operators: operators, logger: logger)
        mailWatch = MailWatch(setup: current, ledger: ledger, logger: logger)
        operators.connect { event in
            let arrival = Pipeline.arrival(event, file: nil, setup: current.value, now: event.time)
            let mark = await dispatcher.mark()
            do {
                await dispatcher.offer(try await pipeline.ledger.accept([arrival]).flatMap(\.ready), since: mark)
                return true
            } catch {
                logger.error("the operators cannot be told yet", metadata: ["error": "\(error)", "notice": "\(event.message ?? "")"])
                return false
            }
        }
    }

    /// After a backup was put back, and before anything starts: what was pending in it becomes `unknown`.
    ///
    /// - Returns: how many deliveries.
    public func markRestored() async throws(LedgerError) -> Int { try await ledger.markRestored(now: Date()) }

    /// Runs until SIGTERM or SIGINT, then ends what is under way, and closes. A second signal ends the process at once.
    ///
    /// - Parameter beside: what runs with it and looks into the same ledger; it stops first. Where there is any, nothing is
    ///   taken or sent before it has said that it listens (`Vitals.listens`).
    public func run(beside: (CurrentSetup, LedgerStore, Vitals) -> [any Service] = { _, _, _ in [] }) async throws {
        let others = beside(current, ledger, vitals)
        if others.isEmpty { vitals.listening.open() }
        func later(_ service: any Service) -> any Service { GatedService(service: service, gate: vitals.listening) }
        let services: [any Service] =
            [
                operators, later(dispatcher), later(clock), reloader, retention, diskWatch, later(mailWatch), vitals, later(heart),
                later(intake),
            ]
            + others + (manager.map { [Supervision(manager: $0, vitals: vitals)] } ?? [])
        var configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        configuration.maximumGracefulShutdownDuration = .seconds(Dispatcher.shutdownGrace + 5)
        let second = SecondSignal(logger: logger)
        defer {
            second.cancel()
            logger.notice("stopped")
        }
        do {
            try await ServiceGroup(configuration: configuration).run()
        } catch {
            await close()
            throw error
        }
        await close()
    }

    /// Takes what is there, delivers what is due, closes.
    ///
    /// - Returns: how many deliveries are still to be made, and whether all files could be taken.
    public func runOnce() async throws -> (left: Int, tookAll: Bool) {
        let signals = SecondSignal(logger: logger) {
            Task {
                await spool.stop()
                await dispatcher.stop()
            }
        }
        defer { signals.cancel() }
        await clock.watch()
        while await mailWatch.look() {}
        let tookAll = await intake.runOnce()
        try await clock.keepUpWithConfiguration()
        try await clock.work(isLast: true)
        await operators.tell()
        var left = try await dispatcher.runOnce()
        // A channel that is gone is noticed only while sending. Only then is there a second round: it would also try
        // what has just failed once more.
        if await operators.tell(evenTooSoon: true) { left = try await dispatcher.runOnce() }
        await close()
        return (left, tookAll)
    }

    private func close() async {
        await spool.close()
        await http.close()
        await smtp.close()
        await ledger.close()
        CrashPoint.closed.reached()
    }
}
