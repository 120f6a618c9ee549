// From a path to a setup: the one road that `check`, the start and a reload all take.

import Delivery
import Foundation
import Incidents
import Ledger
import Rendering
import Settings
import Transport

/// A configuration that was read, with everything there is to say about it.
public struct LoadedSetup: Sendable {
    /// Nil where there is any error.
    public var setup: Setup?
    /// In the order of the file.
    public var diagnostics: [Diagnostic]
    /// Why the state directory cannot be used, where that is the only thing that is wrong.
    public var stateFault: LedgerError?

    public var errors: [Diagnostic] { diagnostics.filter { $0.severity == .error } }

    /// The one to say where there is room for one: others may follow from it.
    public var cause: Diagnostic? { errors.first(where: \.isUnknownMember) ?? errors.first }
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
        let checked = ConfigurationCheck.run(path: path, placeholderSecrets: endpoints != nil)
        guard checked.errors.isEmpty, let configuration = checked.configuration, let templates = checked.templates else {
            return LoadedSetup(setup: nil, diagnostics: checked.diagnostics)
        }
        let inForce = endpoints.map { configuration.redirected(to: $0) } ?? configuration
        let channels = ChannelSet(inForce.channels, http: http, smtp: smtp, hostName: Host.name)
        let router = configuration.router
        func refused(_ message: String, _ fault: LedgerError) -> LoadedSetup {
            let problem = Diagnostic(severity: .error, file: path, message: message)
            return LoadedSetup(setup: nil, diagnostics: checked.diagnostics + [problem], stateFault: fault)
        }
        // Without the key of this state nothing that went out would work, and anybody could make what comes back.
        do {
            try LedgerStore.prepare(directory: router.state)
        } catch {
            return refused(error.message, error)
        }
        let links: Links
        do {
            links = try Links.load(state: router.state, publicURL: router.publicURL, makesKey: true)
        } catch {
            return refused(error.message, error.stateFault)
        }
        return LoadedSetup(
            setup: Setup(configuration: inForce, templates: templates, channels: channels, links: links), diagnostics: checked.diagnostics)
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
        // Templates are looked at although routes.yaml has mistakes: all of them are to be named at once.
        if let router = loaded.router {
            let (library, problems) = TemplateLibrary.load(directory: router.templates)
            check.templates = library
            check.diagnostics += problems.map { problem in
                Diagnostic(
                    severity: problem.isError ? .error : .warning, file: problem.file, line: problem.line, column: problem.column,
                    message: problem.message)
            }
            check.checkTemplateNames(loaded, router, library)
            check.checkTranslations(loaded, library)
            check.checkOwners(loaded.file, router)
        }
        if let configuration = loaded.configuration {
            check.diagnostics += ChannelSet.problems(configuration.channels).map { problem in
                Diagnostic(severity: .error, file: loaded.file, message: "channel `\(problem.channel)`: \(problem.message)")
            }
            if let http = configuration.http { check.checkAdapters(loaded.file, http) }
        }
        return check
    }

    private mutating func checkTemplateNames(_ loaded: LoadResult, _ router: RouterSettings, _ library: TemplateLibrary) {
        let used = loaded.templateReferences
        // A type of event is always served, by `default` at the least.
        for reference in used where !library.has(reference.name) && EventType(rawValue: reference.name) == nil {
            let hint = Suggestion.clause(for: reference.name, among: library.names)
            diagnostics.append(
                Diagnostic(
                    severity: .error, file: loaded.file, line: reference.line, column: reference.column,
                    message: "there is no template `\(reference.name)` in \(router.templates)\(hint)"))
        }
        // Whoever sends a broadcast names its template then.
        let known = Set(used.map(\.name)).union(EventType.allCases.map(\.rawValue)).union(["default", "ping"])
        for name in library.names where !known.contains(name) && !TemplateLibrary.builtIn.has(name) {
            diagnostics.append(
                Diagnostic(
                    severity: .warning, file: "\(router.templates)/\(name)",
                    message: "no route uses this template\(Suggestion.clause(for: name, among: known.sorted()))"))
        }
    }

    /// What people with another language would read in English.
    private mutating func checkTranslations(_ loaded: LoadResult, _ library: TemplateLibrary) {
        let people = loaded.configuration?.table.directory.people.values.compactMap(\.language) ?? []
        diagnostics += library.translationProblems(languages: people).map { problem in
            Diagnostic(severity: .warning, file: problem.file, line: problem.line, column: problem.column, message: problem.message)
        }
    }

    private mutating func checkOwners(_ file: String, _ router: RouterSettings) {
        for owner in (router.trust ?? [:]).keys.sorted() where Owners.id(of: owner) == nil {
            diagnostics.append(
                Diagnostic(
                    severity: .warning, file: file,
                    message: "`router.trust` names `\(owner)`, and this machine has no such user: nothing of theirs can be accepted"))
        }
    }
}

/// This machine's name, for EHLO and message ids.
public enum Host {
    public static let name: String = {
        let name = ProcessInfo.processInfo.hostName
        let isPlain =
            !name.isEmpty
            && name.utf8.allSatisfy { byte in
                (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte | 0x20) || byte == 0x2D || byte == 0x2E
            }
        return isPlain ? name : "localhost"
    }()
}
