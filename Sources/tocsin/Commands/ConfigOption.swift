// What the commands share: which routes.yaml, how to fail, and how to look at what the router keeps.

import ArgumentParser
import Foundation
import Incidents
import Ledger
import Router
import Routing
import Settings
import Spool

/// `@Option` is the command line's, also where Configuration's option table is imported.
typealias Option = ArgumentParser.Option

/// Exit statuses (interfaces, section 4; the numbers are those of sysexits.h).
enum Exit {
    static let no = ExitCode(1)
    static let badData = ExitCode(65)
    static let noInput = ExitCode(66)
    static let unavailable = ExitCode(69)
    static let io = ExitCode(74)
    static let tryLater = ExitCode(75)
    static let configuration = ExitCode(78)
}

/// Says what went wrong on standard error, and gives the exit status to throw. The router says it as the rest of its log.
func failure(_ message: String, _ code: ExitCode) -> ExitCode {
    switch Log.format {
    case .text: Terminal.complain(Terminal.clean(message, keepLines: true))
    case .json: Terminal.complain(JSONLog.line(.error, message, [:], time: Date()), prefix: "")
    }
    return code
}

/// Says what is wrong with the command line.
func usage(_ message: String) -> ExitCode { failure(message, ExitCode(64)) }

extension RouterConfiguration {
    /// Made of a file with mistakes: its channels, people and routes are not known.
    var isPartial: Bool { version.isEmpty }
}

struct ConfigOption: ParsableArguments {
    /// Of commands that drop an event: it needs no more than the queue.
    static let isDropped = "The event does not wait for that."

    /// The package's own (`packaging/`).
    static let installed = "/etc/tocsin/routes.yaml"

    @Option(
        name: [.customLong("config"), .customShort("c")],
        help: "The configuration. (default: routes.yaml, or else \(ConfigOption.installed))")
    var given: String?

    /// The file that was named, or that is here, or that the package has installed.
    var config: String {
        if let given { return given }
        let local = "routes.yaml"
        let isLocal = FileManager.default.fileExists(atPath: local) || !FileManager.default.fileExists(atPath: Self.installed)
        return isLocal ? local : Self.installed
    }

    /// The configuration, without a look at templates or connections.
    ///
    /// - Parameters:
    ///   - lenient: for commands that only look, or that must not fail for a slip in the file: where it has mistakes but says
    ///     where queue and state are, that is enough, with the severities as far as they can be read and no channels or people.
    ///   - remark: what that means for this command.
    func load(
        placeholderSecrets: Bool = true, lenient: Bool = false, remark: String = "This is what can be said without it:"
    ) throws -> RouterConfiguration {
        try Self.mustExist(config)
        let loaded = ConfigurationLoader.load(path: config, placeholderSecrets: placeholderSecrets)
        guard let configuration = loaded.configuration else {
            if lenient, let router = loaded.router {
                Terminal.complain("\(config) has mistakes; `tocsin check` lists them. \(remark)")
                let scale = loaded.scale ?? .standard
                return RouterConfiguration(
                    version: "", file: config, router: router, scale: scale,
                    table: RoutingTable(routes: [], directory: Directory(), scale: scale, assumedSeverity: scale.mostUrgent), channels: [])
            }
            for problem in loaded.diagnostics where problem.severity == .error { Terminal.complain("\(problem)", prefix: "") }
            throw failure("\(config) has mistakes; `tocsin check \(config)` lists them all", Exit.configuration)
        }
        return configuration
    }

    static func mustExist(_ path: String) throws {
        guard FileManager.default.fileExists(atPath: path) else {
            let directory = (installed as NSString).deletingLastPathComponent
            let isHidden = path != installed && access(directory, F_OK) == 0 && access(directory, X_OK) != 0
            let advice =
                isHidden
                ? "the installed one is \(installed), which only root and the group of \(directory) may read: try `sudo -u tocsin tocsin …`"
                : "start from routes.yaml.example, or name the file with --config"
            throw failure("there is no \(path) here; \(advice)", Exit.noInput)
        }
    }

    /// The ledger as it is, to read from; the router may be running or not.
    func openLedger(for configuration: RouterConfiguration, readOnly: Bool = true) throws -> LedgerStore {
        do {
            return try LedgerStore(directory: configuration.router.state, readOnly: readOnly)
        } catch {
            throw failure("\(error.message)", error.code == .noLedger ? Exit.noInput : Exit.io)
        }
    }

    /// Loads, opens, reads, closes.
    func withLedger<Result>(
        readOnly: Bool = true, _ body: (LedgerStore, RouterConfiguration) async throws -> Result
    ) async throws -> Result {
        let configuration = try load(lenient: true)
        let ledger = try openLedger(for: configuration, readOnly: readOnly)
        do {
            let result = try await body(ledger, configuration)
            await ledger.close()
            return result
        } catch let error as LedgerError {
            await ledger.close()
            throw failure(error.message, Exit.io)
        }
    }
}
