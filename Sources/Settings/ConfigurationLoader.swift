// From a path to a configuration: read, decode, validate. `check`, start-up and reload all come through here.

import Cryptography
import Foundation
import Incidents
import Routing

/// What loading came to.
public struct LoadResult: Sendable {
    /// As the user named it: what every diagnostic about the file should say, those of other checks included.
    public var file: String
    /// Nil where there is any error.
    public var configuration: RouterConfiguration?
    /// The section `router`, where the directories of queue and state are known, whatever else is wrong with the file:
    /// enough for commands that only read. What could not be read in the rest of it has its default, but for `trust`.
    public var router: RouterSettings?
    /// The severities, as far as they could be read, where `router` is known.
    public var scale: SeverityScale?
    /// The templates that routes name, in file order, as far as they could be read, whatever else is wrong.
    public var templateReferences: [TemplateReference]
    /// In the order of the file; the note about what is not acted on yet comes last.
    public var diagnostics: [Diagnostic]
    /// There is no such file.
    public var isMissing: Bool

    public init(
        file: String, configuration: RouterConfiguration? = nil, router: RouterSettings? = nil,
        templateReferences: [TemplateReference] = [], diagnostics: [Diagnostic], isMissing: Bool = false
    ) {
        self.file = file
        self.configuration = configuration
        self.router = router
        self.templateReferences = templateReferences
        self.diagnostics = diagnostics
        self.isMissing = isMissing
    }

    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}

/// Reads routes.yaml.
public enum ConfigurationLoader {
    /// In bytes.
    public static let maximumFileSize = 8 << 20

    /// Reads, decodes and validates a file. Never throws: all mistakes are diagnostics. It reads files and blocks while
    /// it does: not for the cooperative pool.
    ///
    /// - Parameters:
    ///   - path: as the user named it; the diagnostics name it so too.
    ///   - environment: where `${env:NAME}` looks.
    ///   - placeholderSecrets: a variable that is not set, or a secret's file that is not there, is replaced by a
    ///     placeholder instead of being an error: for the sandbox, where nothing leaves the machine.
    ///   - now: the turns of calendar files are written out around it.
    public static func load(
        path: String, environment: [String: String] = ProcessInfo.processInfo.environment, placeholderSecrets: Bool = false,
        now: Date = Date()
    ) -> LoadResult {
        let absolute = FilePath.resolve(path, against: FileManager.default.currentDirectoryPath)
        let findings = Findings(file: path)
        switch FileText.read(absolute, limit: maximumFileSize) {
        case .failure(let fault):
            let hint = fault == .tooLarge ? ": at most \(maximumFileSize >> 20) MiB" : ""
            findings.error("the file \(fault.phrase)\(hint)", at: nil)
            return LoadResult(file: path, diagnostics: findings.all, isMissing: fault == .missing)
        case .success(let bytes):
            let secrets = SecretSource(
                environment: environment, directory: FilePath.directory(of: absolute), placeholders: placeholderSecrets)
            var result = LoadResult(file: path, diagnostics: [])
            load(bytes, file: absolute, now, secrets, findings, into: &result)
            result.diagnostics = findings.all
            return result
        }
    }

    private static func load(
        _ bytes: [UInt8], file: String, _ now: Date, _ secrets: SecretSource, _ findings: Findings, into result: inout LoadResult
    ) {
        guard let root = root(bytes, findings) else { return }
        // The root is there in spite of errors where names are repeated: the first of them count.
        let reader = ConfigurationReader(
            root: root, isWhole: !findings.hasErrors, file: file, now: now, secrets: secrets, findings: findings)
        guard let decoded = reader.decode() else { return }
        Validation(reader, decoded).run()
        if decoded.directoriesAreKnown { (result.router, result.scale) = (decoded.router, reader.scale) }
        result.templateReferences = decoded.routes.compactMap(\.template)
        if findings.hasErrors { return }
        var table = RoutingTable(
            routes: decoded.routes.compactMap(\.route), directory: directory(decoded), scale: reader.scale,
            assumedSeverity: decoded.router.assumedSeverity, unrouted: decoded.unrouted, operators: decoded.operators,
            fallbacks: fallbacks(decoded), rules: rules(decoded), people: people(decoded))
        table.deadMen = DeadMen(decoded.deadMen)
        table.heartbeat = decoded.heartbeat.flatMap { $0.to.isEmpty ? nil : HeartbeatRule(every: $0.every, to: $0.to) }
        result.configuration = RouterConfiguration(
            version: String(SHA256.hex(bytes).prefix(12)), file: file, router: decoded.router, scale: reader.scale, table: table,
            channels: decoded.channels.compactMap(\.settings), templateReferences: result.templateReferences,
            calendarFiles: decoded.rotations.compactMap(\.calendar))
        result.configuration?.http = decoded.http
        result.configuration?.heartbeat = decoded.heartbeat
    }

    private static func root(_ bytes: [UInt8], _ findings: Findings) -> YAMLNode? {
        let hasMark = bytes.starts(with: [0xEF, 0xBB, 0xBF])
        guard let text = String(validating: hasMark ? Array(bytes.dropFirst(3)) : bytes, as: UTF8.self) else {
            let place = invalidUTF8(bytes)
            findings.error("the file is not UTF-8; save it as UTF-8", at: place)
            return nil
        }
        let (root, faults) = YAMLReader.read(text)
        for fault in faults { findings.error(fault.message, at: fault.place) }
        guard let root, !root.isNothing else {
            if !faults.isEmpty { return nil }
            findings.error("the file is empty; it begins with `version: 1`", at: nil)
            return nil
        }
        return root
    }

    /// The line of the first byte that cannot be part of a character.
    private static func invalidUTF8(_ bytes: [UInt8]) -> Place? {
        var line = 1
        for part in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if String(validating: part, as: UTF8.self) == nil { return Place(line: line, column: 1) }
            line += 1
        }
        return nil
    }

    private static func rules(_ decoded: Decoded) -> TimeRules {
        var rules = TimeRules(
            sla: decoded.sla, policies: decoded.escalation.compactMap(\.policy), wakesFor: decoded.wakesFor, flap: decoded.flap,
            lateAfter: decoded.router.lateAfter)
        if let zone = TimeZone(identifier: decoded.router.timezone) { rules.timeZone = zone }
        for report in decoded.reports { rules.reports[report.severity.rank] = report.rule }
        for dependency in decoded.dependencies { rules.dependencies[dependency.service] = dependency.needs }
        return rules
    }

    private static func people(_ decoded: Decoded) -> PeopleRules {
        var people = PeopleRules(
            responses: decoded.responses.compactMap(\.response), incidentChannel: decoded.incidentChannel, broadcasts: decoded.broadcasts,
            bounces: decoded.bounces)
        for rotation in decoded.rotations { people.rotations[rotation.name] = rotation.rotation }
        return people
    }

    private static func fallbacks(_ decoded: Decoded) -> [String: RecipientEntry] {
        var fallbacks: [String: RecipientEntry] = [:]
        for channel in decoded.channels { fallbacks[channel.name] = channel.fallback }
        return fallbacks
    }

    private static func directory(_ decoded: Decoded) -> Directory {
        var directory = Directory(communicationLeads: decoded.communicationLeads)
        for person in decoded.people { directory.people[person.person.id] = person.person }
        for team in decoded.teams { directory.teams[team.name] = team.members.compactMap(\.recipient) }
        for (place, channel) in decoded.channels.enumerated() {
            directory.channels[channel.name] = channel.facts
            directory.channels[channel.name]?.place = place
        }
        return directory
    }
}
