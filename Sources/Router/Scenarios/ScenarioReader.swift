// A scenario from its file: all mistakes at once, each with its place. Events are only checked as far as YAML goes; what
// they say is checked when they are played, by the same parser that reads dropped files.

import Foundation
import Incidents
import JSON
import Settings

/// What reading a scenario came to.
public struct ScenarioReading: Sendable {
    /// Nil where there is any error.
    public var scenario: Scenario?
    public var diagnostics: [Diagnostic]
    public var isMissing: Bool
}

/// Reads scenario files (interfaces, section 4; docs/scenarios.md).
public struct ScenarioReader: YAMLFileReader {
    /// The most events of a scenario, repetitions included.
    public static let maximumEvents = 1_000_000

    public let file: String
    public var diagnostics: [Diagnostic] = []
    var start = Date(timeIntervalSince1970: 0)

    private init(file: String) { self.file = file }

    /// Reads a file; never throws. It blocks while it does.
    ///
    /// - Parameter path: as the user named it.
    public static func read(path: String) -> ScenarioReading {
        read(YAMLDocument.read(path: path), path: path)
    }

    /// Reads a text, as if it were that file's.
    static func read(_ text: String, path: String) -> ScenarioReading {
        read(YAMLDocument.read(text, path: path), path: path)
    }

    private static func read(_ document: YAMLDocument, path: String) -> ScenarioReading {
        var reader = ScenarioReader(file: path)
        reader.diagnostics = document.diagnostics
        var scenario: Scenario?
        if let root = document.root, !root.isNothing {
            scenario = reader.scenario(root)
        } else if document.diagnostics.isEmpty {
            reader.diagnostics.append(
                Diagnostic(severity: .error, file: path, message: "the file is empty; a scenario needs `start`, `events` and `until`"))
        }
        return ScenarioReading(
            scenario: reader.diagnostics.isEmpty ? scenario : nil, diagnostics: reader.diagnostics.sorted { $0.place < $1.place },
            isMissing: document.isMissing)
    }

    private static let members = ["config", "start", "events", "absent", "until", "expect", "only", "title", "description"]

    private mutating func scenario(_ root: YAMLValue) -> Scenario? {
        guard let members = map(root, "a scenario", known: Self.members) else { return nil }
        guard let written = needed(members, "start", at: root, "the time at which it begins, for instance `2026-01-05T09:00:00Z`"),
            let start = time(written, "start")
        else { return nil }
        self.start = start
        var until: Date?
        if let value = needed(members, "until", at: root, "the moment at which it ends, for instance `+60m`") {
            until = moment(value, "until", from: start)
        }
        let config = members["config"].flatMap { text($0, "config") } ?? "routes.yaml"
        let scenario = Scenario(
            file: file, config: path(config), start: start, until: until ?? start,
            events: members["events"].map { events($0) } ?? [], absences: members["absent"].map { absences($0) } ?? [],
            expectations: members["expect"].map { expectations($0) } ?? [],
            isOnly: members["only"].flatMap { flag($0, "only") } ?? false, onlyPlace: members["only"].map(place))
        if let until, let value = members["until"], let first = scenario.events.first?.at, until < min(first, start) {
            error("the scenario ends before it begins", at: value)
        }
        return scenario
    }

    /// A path as the file names it, from where it stands.
    func path(_ text: String) -> String {
        if text.hasPrefix("/") { return text }
        guard let slash = file.lastIndex(of: "/") else { return text }
        return String(file[...slash]) + text
    }

    private mutating func absences(_ value: YAMLValue) -> [Scenario.Absence] {
        var absences: [Scenario.Absence] = []
        for entry in value.list ?? [value] {
            guard let members = map(entry, "`absent`", known: ["from", "until"]) else { continue }
            guard let from = needed(members, "from", at: entry, "when Tocsin stops").flatMap({ moment($0, "from", from: start) }),
                let until = needed(members, "until", at: entry, "when Tocsin runs again").flatMap({ moment($0, "until", from: start) })
            else { continue }
            if until <= from || absences.last.map({ from < $0.until }) ?? false {
                error("an absence ends after it begins, and begins after the one before it has ended", at: entry)
                continue
            }
            absences.append(Scenario.Absence(from: from, until: until))
        }
        return absences
    }

    // MARK: Values

    func place(_ value: YAMLValue) -> ScenarioPlace { ScenarioPlace(file: file, line: value.line, column: value.column) }

    mutating func needed(_ members: [String: YAMLValue], _ name: String, at value: YAMLValue, _ meaning: String) -> YAMLValue? {
        if let value = members[name] { return value }
        error("`\(name)` is missing: \(meaning)", at: value)
        return nil
    }

    private mutating func time(_ value: YAMLValue, _ name: String) -> Date? {
        if let time = value.text.flatMap(Timestamp.parse) { return time }
        error("`\(name)` is a time with its zone, like 2026-01-05T09:00:00Z", at: value)
        return nil
    }

    mutating func moment(_ value: YAMLValue, _ name: String, from origin: Date) -> Date? {
        if let moment = value.text.flatMap({ ScenarioTime.moment($0, from: origin) }) { return moment }
        error("`\(name)` is an offset from the start, like `+20m` or `-5m`, or a time like 2026-01-05T09:20:00Z", at: value)
        return nil
    }

    mutating func count(_ value: YAMLValue, _ name: String, in range: ClosedRange<Int>) -> Int? {
        if let count = value.text.flatMap(Int.init), range.contains(count) { return count }
        error("`\(name)` is a whole number from \(range.lowerBound) to \(range.upperBound)", at: value)
        return nil
    }
}

extension Diagnostic {
    fileprivate var place: (Int, Int) { (line ?? 0, column ?? 0) }
}
