// From a shape and an item to the document of an event.

import Cryptography
import Incidents
import JSON

/// Makes one event; what it had to leave out is in the notes.
struct EventMaker {
    let scope: Scope
    let scale: SeverityScale
    var notes: [AdapterNote] = []

    mutating func document(_ shape: Shape) -> JSONValue {
        var event: [String: JSONValue] = ["identity": "id"]
        for (name, kind) in Shape.eventMembers { event[name] = value(shape.event[name], kind, name) }
        var incident: [String: JSONValue] = [:]
        for (name, source) in shape.incident {
            incident[name] = value(source, Shape.incidentMembers[name] ?? .any, "incident.\(name)")
        }
        let labels = labels(shape.labels)
        if !labels.isEmpty { incident["labels"] = .object(labels) }
        if !incident.isEmpty { event["incident"] = .object(incident) }
        var change: [String: JSONValue] = [:]
        let field = shape.change["field"]?.constant
        for (name, source) in shape.change { change[name] = value(source, Shape.changeKind(name, of: field), "change.\(name)") }
        if !change.isEmpty { event["change"] = .object(change) }
        return .object(event)
    }

    private mutating func value(_ source: Source?, _ kind: MemberKind, _ name: String) -> JSONValue? {
        guard let source else { return nil }
        switch source.evaluate(scope, accept: { accept($0, kind) }) {
        case .value(let value): return value
        case .leftOut: return nil
        case .nothing(let tried?): notes.append(AdapterNote(pointer: pointer(source), complaint(tried, kind, name)))
        case .nothing: break
        }
        return nil
    }

    private func pointer(_ source: Source) -> String {
        source.paths.first { $0.root == .here && scope[$0] != nil }?.pointer(below: scope.pointer) ?? scope.pointer
    }

    private func complaint(_ tried: String, _ kind: MemberKind, _ name: String) -> String {
        let word = excerpt(tried, limit: 40)
        switch kind {
        case .severity:
            return "`\(name)` is left out, so `router.assume_severity` counts: `\(word)` is in no map, and no severity of yours; "
                + "map it, or add it to `severities` in routes.yaml"
        case .status: return "`\(name)` is left out: `\(word)` is in no map, and no status of Tocsin's; map it"
        case .time: return "`\(name)` is left out: `\(word)` is no time that is understood"
        case .link: return "`\(name)` is left out: `\(word)` does not begin with http:// or https://"
        default: return "`\(name)` is left out: `\(word)` is in no map; map it, or give a `default`"
        }
    }

    private func accept(_ value: JSONValue, _ kind: MemberKind) -> JSONValue? {
        switch kind {
        case .any:
            if value.isNull || value.string?.isEmpty == true { return nil }
            return value.byteCount <= Incident.Limits.valueBytes ? value : value.adapted.map(JSONValue.string)
        case .time:
            if case .time(let text) = ToolTime.read(value) { return .string(text) }
            return nil
        default: break
        }
        guard let text = value.adapted else { return nil }
        switch kind {
        case .severity: return scale.severity(text).map { .string($0.name) }
        case .status: return IncidentStatus(word: text).map { .string($0.rawValue) }
        case .type: return EventType(rawValue: text.lowercased()).map { .string($0.rawValue) }
        case .link: return Self.isLink(text) ? .string(text) : nil
        case .name: return .string(Self.name(text))
        default: return .string(text)
        }
    }

    private static func isLink(_ text: String) -> Bool {
        let start = text.prefix(8).lowercased()
        return (start.hasPrefix("http://") || start == "https://")
            && text.unicodeScalars.allSatisfy { !$0.properties.isWhitespace && $0.value >= 0x20 }
    }

    /// Up to 200 characters on one line; otherwise a beginning, and a digest of the whole.
    static func name(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let isClean = !scalars.contains { $0.properties.generalCategory == .control }
        if isClean, text.utf8.count <= EventParser.maximumIDLength || scalars.count <= EventParser.maximumIDLength { return text }
        let kept = String.UnicodeScalarView(scalars.prefix(150).map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 })
        return "\(String(kept))-\(SHA256.hex(Array(text.utf8)).prefix(32))"
    }
}
