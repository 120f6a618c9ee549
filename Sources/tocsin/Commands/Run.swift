// tocsin run

import ArgumentParser
import Exposition
import Foundation
import Ledger
import Logging
import Metrics
import Router
import Sandbox
import Settings
import Spool
import Transport
import Web

struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Runs the router: takes event files from the queue, tells who must know.",
        discussion: """
            Runs until SIGTERM or SIGINT. SIGHUP, or a change of the configuration or the templates, reloads them; a bad \
            configuration is refused and the old one stays in force. Messages about its own work go to standard error.

              tocsin run
              tocsin run --once        take what is there, deliver what is due
              tocsin run --sandbox     nothing leaves this machine
              tocsin run --restored    after a backup of the state was put back: what was pending in it may have gone out
                                       since, so it is not sent again but listed by `tocsin dead`, to be retried there
            """)

    @Flag(help: "Take what is there, deliver what is due, and end; status 75 if something still waits.")
    var once = false

    @Flag(help: "Send everything to local receivers, and print what they receive.")
    var sandbox = false

    @Flag(help: "The state is a backup that was put back: what was pending in it becomes `unknown` instead of going out again.")
    var restored = false

    @ArgumentParser.Option(
        help: ArgumentHelp("How messages about its own work are written: text or json. Default: text, or what TOCSIN_LOG_FORMAT says."))
    var logFormat: LogFormat?

    @OptionGroup var option: ConfigOption

    private var format: LogFormat { logFormat ?? LogFormat.inEnvironment() ?? .text }

    func run() async throws {
        Memory.share()
        let logger = Log.start(format)
        do {
            try await start(logger)
        } catch let code as ExitCode {
            throw code
        } catch {
            throw failure("\(error)", ExitCode.failure)
        }
    }

    private func start(_ logger: Logger) async throws {
        try ConfigOption.mustExist(option.config)
        let files = OpenFiles.raise()
        guard files >= OpenFiles.least else {
            throw failure(
                "the limit of open files is \(files), and the router needs at least \(OpenFiles.least): raise it (ulimit -n, or LimitNOFILE= "
                    + "of its unit)", Exit.unavailable)
        }
        if files < OpenFiles.ample {
            logger.warning(
                "few open files are allowed: under load it may end for want of them, and start again (ulimit -n, LimitNOFILE=)",
                metadata: ["limit": "\(files)", "ample": "\(OpenFiles.ample)"])
        }
        let sandbox = self.sandbox ? try await Receivers.start(SandboxOptions()) : nil
        let printer = sandbox.map { sandbox in Task { await Receivers.printArrivals(of: sandbox) } }
        defer { printer?.cancel() }
        do {
            try await route(logger: logger, endpoints: sandbox?.endpoints)
            await sandbox?.stop()
        } catch {
            await sandbox?.stop()
            throw error
        }
    }

    private func route(logger: Logger, endpoints: SandboxEndpoints?) async throws {
        let http = HTTPClient()
        let smtp = SMTPClient()
        let loader = SetupLoader(path: option.config, http: http, smtp: smtp, endpoints: endpoints)
        let loaded = await Blocking.run { loader.load() }
        if let fault = loaded.stateFault { throw failure(fault.message, Exit.io) }
        for problem in loaded.diagnostics where problem.severity != .note {
            switch format {
            case .text: Terminal.complain("\(problem)", prefix: "")
            case .json: logger.log(level: problem.severity == .error ? .error : .warning, "\(problem.unmarked)")
            }
        }
        guard let setup = loaded.setup else {
            throw failure("\(option.config) has mistakes, so the router does not start; `tocsin check` lists them", Exit.configuration)
        }
        // Before anything counts; without an HTTP side nobody would read it.
        let metrics = once || setup.configuration.http == nil ? nil : RouterMetric.store
        if let metrics { MetricsSystem.bootstrap(metrics) }
        let router: RunningRouter
        do {
            router = try await Blocking.run {
                Result { try RunningRouter(setup: setup, loader: loader, http: http, smtp: smtp, logger: logger) }
            }.get()
        } catch let error as SpoolError {
            throw failure(error.message, error.code == .alreadyRunning ? Exit.unavailable : Exit.io)
        } catch let error as LedgerError {
            throw failure(error.message, Exit.io)
        }
        if restored {
            let count: Int
            do {
                count = try await router.markRestored()
            } catch {
                throw failure(error.message, Exit.io)
            }
            logger.notice("restored: what was pending is not sent; see `tocsin dead`", metadata: ["deliveries": "\(count)"])
        }
        guard once else {
            do {
                try await router.run { current, ledger, vitals in
                    if current.value.configuration.http == nil { return [] }
                    return [
                        WebServer(
                            House(setup: current, ledger: ledger, logger: logger, adapters: .declared, vitals: vitals, metrics: metrics))
                    ]
                }
            } catch let error as ListeningError {
                throw failure(error.message, Exit.unavailable)
            }
            return
        }
        let (left, tookAll) = try await router.runOnce()
        if !tookAll { throw failure("the ledger cannot take the events in the queue; they stay there: run again later", Exit.tryLater) }
        if left > 0 {
            let noun = left == 1 ? "delivery is" : "deliveries are"
            throw failure("\(left) \(noun) still to be made; run again, or see `tocsin deliveries`", Exit.tryLater)
        }
    }
}

extension RouterMetric {
    /// Where what the router counts is kept.
    fileprivate static var store: MetricStore {
        MetricStore(allCases.map { MetricStore.Meaning($0.rawValue, $0.help, buckets: $0.buckets) })
    }
}
