// From the path of a scenario to what came of it: read, load its routes.yaml, play, compare.

import Delivery
import Foundation
import Ledger
import Rendering
import Settings
import Transport

/// Why a scenario could not be played.
public struct UnplayableScenario: Error, Sendable {
    public enum Cause: Sendable {
        /// There is no such file, or its routes.yaml is not there.
        case missing
        case badScenario
        case badConfiguration
        /// The ledger in memory failed.
        case failed
    }

    public var cause: Cause
    public var diagnostics: [Diagnostic]
}

/// Plays scenarios one after the other. What they share of a configuration is loaded once. Computes and blocks: not for
/// the cooperative pool.
public final class ScenarioPlayer {
    private let http = HTTPClient()
    private let smtp = SMTPClient()
    private var setups: [String: Setup] = [:]

    public init() {}

    /// Plays a file.
    public func play(path: String) -> Result<(scenario: Scenario, playing: Playing), UnplayableScenario> {
        let reading = ScenarioReader.read(path: path)
        guard let scenario = reading.scenario else {
            return .failure(UnplayableScenario(cause: reading.isMissing ? .missing : .badScenario, diagnostics: reading.diagnostics))
        }
        return play(scenario).map { (scenario, $0) }
    }

    /// Plays a scenario that was read.
    public func play(_ scenario: Scenario) -> Result<Playing, UnplayableScenario> {
        let setup: Setup
        switch load(scenario.config, at: scenario.start) {
        case .success(let loaded): setup = loaded
        case .failure(let fault): return .failure(fault)
        }
        do {
            let playing = try setup.play(scenario)
            if playing.diagnostics.isEmpty { return .success(playing) }
            return .failure(UnplayableScenario(cause: .badScenario, diagnostics: playing.diagnostics))
        } catch {
            let diagnostic = Diagnostic(severity: .error, file: scenario.file, message: error.message)
            return .failure(UnplayableScenario(cause: .failed, diagnostics: [diagnostic]))
        }
    }

    /// Secrets that are not there have stand-ins: nothing is sent.
    private func load(_ path: String, at start: Date) -> Result<Setup, UnplayableScenario> {
        if let known = setups[path] ?? setups[dated(path, start)] { return .success(known) }
        let loaded = ConfigurationLoader.load(path: path, placeholderSecrets: true, now: start)
        guard let configuration = loaded.configuration else {
            let errors = loaded.diagnostics.filter { $0.severity == .error }
            return .failure(UnplayableScenario(cause: loaded.isMissing ? .missing : .badConfiguration, diagnostics: errors))
        }
        let setup = Setup(
            configuration: configuration, templates: TemplateLibrary.load(directory: configuration.router.templates).library,
            channels: ChannelSet(configuration.channels, http: http, smtp: smtp, hostName: Host.name),
            links: .preview(publicURL: configuration.router.publicURL))
        setups[configuration.calendarFiles.isEmpty ? path : dated(path, start)] = setup
        return .success(setup)
    }

    /// Calendar files say who is on duty around one time.
    private func dated(_ path: String, _ start: Date) -> String { "\(path)\n\(start.timeIntervalSince1970)" }
}
