// From a path to a setup: the one road that `check`, the start and a reload all take.

import Configuration
import Delivery
import Foundation
import Incidents
import Rendering
import Transport

/// A configuration that was read, with everything there is to say about it.
public struct LoadedSetup: Sendable {
    /// Nil where there is any error.
    public var setup: Setup?
    /// In the order of the file.
    public var diagnostics: [Diagnostic]

    public var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }
}

/// Reads configurations, and keeps the connections that outlive them.
public struct SetupLoader: Sendable {
    public let path: String
    private let http: HTTPClient
    private let smtp: SMTPClient
    private let endpoints: SandboxEndpoints?

    /// - Parameter endpoints: send everything there instead (`run --sandbox`).
    public init(path: String, http: HTTPClient, smtp: SMTPClient, endpoints: SandboxEndpoints? = nil) {
        self.path = path
        self.http = http
        self.smtp = smtp
        self.endpoints = endpoints
    }

    public func load() -> LoadedSetup {
        var checked = ConfigurationCheck.run(path: path, placeholderSecrets: endpoints != nil)
        guard checked.errors.isEmpty, let configuration = checked.configuration, let templates = checked.templates else {
            return LoadedSetup(setup: nil, diagnostics: checked.diagnostics)
        }
        let inForce = endpoints.map { configuration.redirected(to: $0) } ?? configuration
        let channels = ChannelSet(inForce.channels, http: http, smtp: smtp, hostName: Host.name)
        checked.diagnostics.sort { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) }
        return LoadedSetup(
            setup: Setup(configuration: inForce, templates: templates, channels: channels), diagnostics: checked.diagnostics)
    }
}

/// Configuration, channels and templates, held against each other.
public struct ConfigurationCheck: Sendable {
    public var configuration: RouterConfiguration?
    public var templates: TemplateLibrary?
    public var diagnostics: [Diagnostic]

    public var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }

    public static func run(path: String, placeholderSecrets: Bool = false) -> ConfigurationCheck {
        let loaded = ConfigurationLoader.load(path: path, placeholderSecrets: placeholderSecrets)
        var check = ConfigurationCheck(configuration: loaded.configuration, templates: nil, diagnostics: loaded.diagnostics)
        guard let configuration = loaded.configuration else { return check }

        let (library, problems) = TemplateLibrary.load(directory: configuration.router.templates)
        check.templates = library
        check.diagnostics += problems.map { problem in
            Diagnostic(
                severity: problem.isError ? .error : .warning, file: problem.file, line: problem.line, column: problem.column,
                message: problem.message)
        }
        check.checkTemplateNames(configuration, library)
        check.diagnostics += ChannelSet.problems(configuration.channels).map { problem in
            Diagnostic(
                severity: .error, file: configuration.file, line: nil, column: nil,
                message: "channel `\(problem.channel)`: \(problem.message)")
        }
        return check
    }

    private mutating func checkTemplateNames(_ configuration: RouterConfiguration, _ library: TemplateLibrary) {
        let used = configuration.templateReferences
        for reference in used where !library.has(reference.name) {
            let hint = Suggestion.clause(for: reference.name, among: library.names)
            diagnostics.append(
                Diagnostic(
                    severity: .error, file: configuration.file, line: reference.line, column: reference.column,
                    message: "there is no template `\(reference.name)` in \(configuration.router.templates)\(hint)"))
        }
        let known = Set(used.map(\.name)).union(EventType.allCases.map(\.rawValue)).union(["default", "ping"])
        for name in library.names where !known.contains(name) && !TemplateLibrary.builtIn.has(name) {
            diagnostics.append(
                Diagnostic(
                    severity: .warning, file: "\(configuration.router.templates)/\(name)", line: nil, column: nil,
                    message: "no route uses this template\(Suggestion.clause(for: name, among: known.sorted()))"))
        }
    }
}

/// This machine's name, for EHLO and message ids.
public enum Host {
    public static let name: String = {
        let name = ProcessInfo.processInfo.hostName
        let isPlain = !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        return isPlain ? name : "localhost"
    }()
}
