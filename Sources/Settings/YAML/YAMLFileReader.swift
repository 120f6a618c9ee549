// What readers of small YAML files have in common: scenarios and adapters. All mistakes at once, each with its place.

import Incidents
import JSON

/// Reads values, and collects what is wrong with them.
public protocol YAMLFileReader {
    /// As the user named it.
    var file: String { get }
    var diagnostics: [Diagnostic] { get set }
}

extension YAMLFileReader {
    public mutating func error(_ message: String, at value: YAMLValue) { error(message, value.line, value.column) }

    public mutating func error(_ message: String, _ line: Int, _ column: Int) {
        // A file that is nothing but mistakes does not need all of them.
        guard diagnostics.count < 1_000 else { return }
        diagnostics.append(Diagnostic(severity: .error, file: file, line: line, column: column, message: message))
    }

    /// The members of a map by name, those that are empty left out; nil after a finding.
    public mutating func map(_ value: YAMLValue, _ what: String, known: [String]) -> [String: YAMLValue]? {
        guard let members = value.members else {
            error("\(what) is a map, and this is \(value.kind)", at: value)
            return nil
        }
        var found: [String: YAMLValue] = [:]
        for member in members {
            guard known.contains(member.key) else {
                let hint = Suggestion.clause(for: member.key, among: known)
                error(
                    "\(what) has no member `\(excerpt(member.key))`\(hint.isEmpty ? "; it has \(known.joined(separator: ", "))" : hint)",
                    member.line, member.column)
                continue
            }
            if !member.value.isNothing { found[member.key] = member.value }
        }
        return found
    }

    public mutating func text(_ value: YAMLValue, _ name: String) -> String? {
        if let text = value.text { return text }
        error("`\(name)` is a text, and this is \(value.kind)", at: value)
        return nil
    }

    public mutating func flag(_ value: YAMLValue, _ name: String) -> Bool? {
        switch value.text?.lowercased() {
        case "true", "yes", "on": return true
        case "false", "no", "off": return false
        default:
            error("`\(name)` is `true` or `false`", at: value)
            return nil
        }
    }
}
