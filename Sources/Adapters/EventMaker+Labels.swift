// Labels: some by name, others copied from a map, a list of `name:value`, or a text of those.

import Incidents
import JSON

extension EventMaker {
    /// The longest value of a label, in Unicode scalars.
    private static let maximumValue = 1_024

    func labels(_ sources: [String: Source]) -> [String: JSONValue] {
        var found: [String: String] = [:]
        if let all = sources[Shape.allLabels] {
            for choice in all.choices {
                for template in choice.from {
                    guard let value = template.value(scope) else { continue }
                    for (name, text) in Self.pairs(value) where found[name] == nil { found[name] = text }
                }
            }
        }
        for (name, source) in sources where name != Shape.allLabels {
            if case .value(let value) = source.evaluate(scope, accept: { $0.adapted.map(JSONValue.string) }) { found[name] = value.string }
        }
        var labels: [String: JSONValue] = [:]
        // In the order of their names: which are kept must not depend on chance.
        for (name, text) in found.sorted(by: { $0.key < $1.key }).prefix(Incident.Limits.labels) {
            labels[name] = .string(text.cut(to: Self.maximumValue))
        }
        return labels
    }

    /// Names that begin with `__` are a tool's own affair.
    private static func pairs(_ value: JSONValue) -> [(String, String)] {
        func isName(_ name: String) -> Bool { !name.isEmpty && !name.hasPrefix("__") && name.utf8.count <= Incident.Limits.nameBytes }
        switch value {
        case .object(let members):
            return members.compactMap { name, value in isName(name) ? value.adapted.map { (name, $0) } : nil }
        case .array(let elements):
            return elements.prefix(1_000).compactMap { $0.string.flatMap(pair) }.filter { isName($0.0) }
        case .string(let text):
            return text.split(separator: ",").prefix(1_000).compactMap { pair(String($0)) }.filter { isName($0.0) }
        default: return []
        }
    }

    /// `name:value`, or `name=value`.
    private static func pair(_ text: String) -> (String, String)? {
        guard let mark = text.firstIndex(where: { $0 == ":" || $0 == "=" }) else { return nil }
        let (name, value) = (String(text[..<mark]).trimmed, String(text[text.index(after: mark)...]).trimmed)
        return name.isEmpty || value.isEmpty ? nil : (name, value)
    }
}
