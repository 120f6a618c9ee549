// An adapter from its file: all mistakes at once, each with its place.

import Incidents
import JSON
import Settings

/// Confined to the reading that made it.
struct AdapterReader: YAMLFileReader {
    let file: String
    var diagnostics: [Diagnostic] = []

    static func read(_ document: YAMLDocument, path: String) -> AdapterReading {
        var reader = AdapterReader(file: path)
        reader.diagnostics = document.diagnostics
        var adapter: Adapter?
        if let root = document.root, !root.isNothing {
            adapter = reader.adapter(root)
        } else if document.diagnostics.isEmpty {
            reader.diagnostics.append(
                Diagnostic(severity: .error, file: path, message: "the file is empty; an adapter needs `version: 1` and `rules`"))
        }
        let diagnostics = reader.diagnostics.sorted { ($0.line ?? 0, $0.column ?? 0) < ($1.line ?? 0, $1.column ?? 0) }
        return AdapterReading(adapter: diagnostics.isEmpty ? adapter : nil, diagnostics: diagnostics, isMissing: document.isMissing)
    }

    private static let members = ["version", "title", "source", "expect", "help", "each", "event", "rules", "signature"]

    private mutating func adapter(_ root: YAMLValue) -> Adapter? {
        guard let members = map(root, "an adapter", known: Self.members) else { return nil }
        let name = Adapter.name(ofFile: file)
        if let version = members["version"] {
            if version.text != "1" { error("`version` is 1: the only one that this Tocsin reads", at: version) }
        } else {
            error("`version: 1` is missing", at: root)
        }
        let source = members["source"].flatMap { text($0, "source") } ?? name
        if source.isEmpty || source.unicodeScalars.count > EventParser.maximumIDLength {
            error("`source` is a name of up to \(EventParser.maximumIDLength) characters", at: members["source"] ?? root)
        }
        let common = members["event"].map { shape($0) } ?? Shape()
        var rules: [Rule] = []
        if let value = members["rules"] {
            rules = (value.list ?? [value]).compactMap { rule($0, common) }
            if value.list?.isEmpty ?? false { error("`rules` is empty: nothing would become an event", at: value) }
        } else {
            error("`rules` is missing: a list of what becomes which event", at: root)
        }
        return Adapter(
            name: name, title: members["title"].flatMap { text($0, "title") } ?? name, source: source,
            expected: members["expect"].map { paths($0, "expect") } ?? [], help: members["help"].flatMap { text($0, "help") },
            each: members["each"].map { paths($0, "each") } ?? [Self.here], rules: rules.map { named($0, source) },
            signatures: members["signature"].map { signatures($0) } ?? [])
    }

    private static let here = ValuePath(root: .here, steps: [], text: ".")

    private func named(_ rule: Rule, _ source: String) -> Rule {
        var rule = rule
        if rule.shape.event["source"] == nil {
            rule.shape.event["source"] = Source(choices: [Choice(from: [Template(parts: [.text(source)])])])
        }
        return rule
    }

    private mutating func rule(_ value: YAMLValue, _ common: Shape) -> Rule? {
        guard let members = map(value, "a rule", known: ["when", "each", "event", "skip", "refuse", "continue"]) else { return nil }
        var rule = Rule(line: value.line)
        if let when = members["when"] { rule.when = condition(when) }
        if let each = members["each"] { rule.each = paths(each, "each") }
        if let goesOn = members["continue"] { rule.goesOn = flag(goesOn, "continue") ?? false }
        let ends = ["skip", "refuse"].filter { members[$0] != nil }
        if !ends.isEmpty {
            rule.skip = members["skip"].flatMap { text($0, "skip") }
            rule.refuse = members["refuse"].flatMap { text($0, "refuse") }
            if ends.count + (members["event"] == nil ? 0 : 1) > 1 { error("a rule has one of `event`, `skip` and `refuse`", at: value) }
            return rule
        }
        let known = diagnostics.count
        rule.shape = (members["event"].map { shape($0) } ?? Shape()).over(common)
        if diagnostics.count > known { return rule }
        check(rule.shape, at: members["event"] ?? value)
        return rule
    }

    /// What is known of an event before there is one.
    private mutating func check(_ shape: Shape, at value: YAMLValue) {
        if shape.event["type"] == nil { error("the event needs `type`, here or in the `event` of the whole adapter", at: value) }
        if shape.event["id"] == nil {
            error("the event needs `id`: what makes it the same event when the tool sends it again", at: value)
        }
        if shape.incident["id"] == nil {
            error("the event needs `incident.id`: what stays the same from its beginning to its end", at: value)
        }
        let type = shape.event["type"]?.constant
        func missing(_ members: String...) -> Bool {
            members.allSatisfy { shape.incident[$0] == nil } && shape.change["to"] == nil
        }
        switch type {
        case "status_change" where missing("status"): error("a `status_change` needs `incident.status`, or `change.to`", at: value)
        case "severity_change" where missing("severity"): error("a `severity_change` needs `incident.severity`, or `change.to`", at: value)
        case "assignment" where missing("team", "assignee"):
            error("an `assignment` needs `incident.team` or `incident.assignee`", at: value)
        case "acknowledgement" where shape.change["by"] == nil: error("an `acknowledgement` needs `change.by`: who has it", at: value)
        case "update" where shape.event["message"] == nil: error("an `update` needs `message`: what is worth telling", at: value)
        default: break
        }
    }

    // MARK: Values

    /// One text, or a list of them.
    mutating func texts(_ value: YAMLValue, _ name: String) -> [(text: String, value: YAMLValue)] {
        (value.list ?? [value]).compactMap { entry in text(entry, name).map { ($0, entry) } }
    }

    private mutating func paths(_ value: YAMLValue, _ name: String) -> [ValuePath] {
        texts(value, name).compactMap { text, entry in
            if text.contains("{{") {
                error("`\(name)` is a path, and needs no `{{`", at: entry)
                return nil
            }
            return attempt(entry) { () throws(TextFault) in try ValuePath(text) }
        }
    }

    mutating func attempt<Value>(_ value: YAMLValue, _ body: () throws(TextFault) -> Value) -> Value? {
        do {
            return try body()
        } catch {
            self.error(error.message, at: value)
            return nil
        }
    }
}
