// The JSON body of a gateway: written as a map of YAML, or as JSON text.

import Foundation
import JSON

extension ConfigurationReader {
    /// JSON text; nil after a finding.
    func json(_ node: YAMLNode) -> String? {
        if let text = node.text {
            let expanded = secrets.expand(text, at: node.place, findings)
            if expanded.isUnresolved { return nil }
            do {
                _ = try JSONValue.parse(bytes: Array(expanded.text.utf8))
                return expanded.text
            } catch {
                findings.error("`json` is no JSON: line \(error.line), column \(error.column) of it cannot be read", at: node.place)
                return nil
            }
        }
        return jsonValue(node, named: "json")?.text
    }

    /// Plain `true`, `false`, `null` and numbers are themselves, as in JSON; everything else is a string.
    private func jsonValue(_ node: YAMLNode, named name: String) -> JSONValue? {
        switch node.content {
        case .nothing: return .null
        case .text(let text, let isPlain):
            if isPlain, let value = try? JSONValue.parse(bytes: Array(text.utf8)), value.string == nil { return value }
            let expanded = secrets.expand(text, at: node.place, findings)
            if expanded.isUnresolved { return nil }
            if !expanded.holdsSecret, Self.soundsSecret(name), !text.contains("{{") { warnWritten(name.shortened, at: node.place) }
            return .string(expanded.text)
        case .list(let nodes):
            var values: [JSONValue] = []
            for node in nodes {
                guard let value = jsonValue(node, named: name) else { return nil }
                values.append(value)
            }
            return .array(values)
        case .map(let members):
            var object: [String: JSONValue] = [:]
            for member in members {
                guard let value = jsonValue(member.value, named: member.key) else { return nil }
                object[member.key] = value
            }
            return .object(object)
        }
    }
}
