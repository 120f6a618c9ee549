// Lines of a timeline in words, and as the members of interfaces, section 4.

import Foundation
import Incidents
import JSON

extension TimelineLine.Action {
    /// `sent`, `held`.
    var past: String {
        switch self {
        case .send: "sent"
        case .hold: "held"
        case .release: "released"
        case .suppress: "kept back"
        case .supersede: "superseded"
        case .expire: "expired"
        }
    }
}

extension TimelineLine {
    /// `duty-engineer (for level-2)`.
    public var whom: String { `for` == recipient || `for`.isEmpty ? recipient : "\(recipient) (for \(`for`))" }

    /// `escalation of INC1`, `digest of 3 (INC1, INC2)`, `update of INC1 with what was held of INC2`.
    public var subject: String {
        let incidents = contents.compactMap(\.incident).reduce(into: [String]()) { if !$0.contains($1) { $0.append($1) } }
        let names = incidents.prefix(5).joined(separator: ", ") + (incidents.count > 5 ? ", …" : "")
        if isDigest { return "digest of \(contains.count)" + (names.isEmpty ? "" : " (\(names))") }
        return (incident.map { "\(type) of \($0)" } ?? type) + (names.isEmpty ? "" : " with what was held of \(names)")
    }
}

extension Timeline {
    /// One line as a sentence: when, what, to whom, and where asked for, why.
    func sentence(about line: TimelineLine, withRoute: Bool) -> String {
        let when = ScenarioTime.text(offset(of: line))
        var text = "\(when) \(line.subject) \(line.action.past)"
        text += line.action.leaves ? " to \(line.whom) by \(line.channel)" : " for \(line.whom) by \(line.channel)"
        if let until = line.until { text += " until \(ScenarioTime.text(until.timeIntervalSince(start)))" }
        var why = line.action.leaves ? [] : [line.reason].compactMap(\.self)
        if withRoute, !line.routes.isEmpty {
            why.append((line.routes.count == 1 ? "route " : "routes ") + line.routes.joined(separator: ", "))
        }
        return why.isEmpty ? text : "\(text) (\(why.joined(separator: "; ")))"
    }

    /// The members of a line (interfaces, section 4); beside those the delivery's `id`, `severity`, `until` of a hold.
    public func json(_ line: TimelineLine) -> JSONValue {
        func text(_ value: String?) -> JSONValue { value.map(JSONValue.string) ?? .null }
        let seconds = offset(of: line)
        let whole = seconds.rounded()
        var members: [String: JSONValue] = [
            "at": .string(Timestamp.format(line.at)),
            "offset": abs(seconds - whole) < 0.0005 ? .integer(Int(whole)) : .number(String(format: "%.3f", seconds)),
            "incident": text(line.incident), "event": .string(line.event), "type": .string(line.type), "severity": text(line.severity),
            "routes": .array(line.routes.map(JSONValue.string)), "recipient": .string(line.recipient), "for": .string(line.for),
            "channel": .string(line.channel), "address": .string(line.address), "template": .string(line.template),
            "action": .string(line.action.rawValue), "reason": text(line.reason), "id": .string(String(line.id)),
        ]
        if line.action == .release || !line.contains.isEmpty { members["contains"] = .array(line.contains.map { .string(String($0)) }) }
        if let until = line.until { members["until"] = .string(Timestamp.format(until)) }
        return .object(members)
    }
}
