// `match`, wherever it stands.

import Incidents
import Routing

extension ConfigurationReader {
    /// The conditions; nil where one of them could not be read.
    func match(_ node: YAMLNode?) -> Match? {
        guard let members = node?.members else { return Match() }
        var conditions: [Condition] = []
        var isBroken = false
        for member in members {
            guard let condition = condition(member) else {
                isBroken = true
                continue
            }
            conditions.append(condition)
        }
        return isBroken ? nil : Match(conditions: conditions)
    }

    private func condition(_ member: YAMLMember) -> Condition? {
        var nodes: [YAMLNode] = [member.value]
        switch member.value.content {
        case .list(let elements): nodes = elements
        case .map:
            let hint = member.key == "labels" ? "; write `labels.NAME: VALUE`, one line for each label" : ""
            findings.error(
                "`\(member.key.shortened)` in `match` must be a value or a list of them, and is a map\(hint)", at: member.value.place)
            return nil
        case .text, .nothing: break
        }
        var values: [String] = []
        var holdsSecret = false
        for node in nodes {
            guard let text = node.text else {
                findings.error(
                    "a value of `\(member.key.shortened)` in `match` must be a text, and is \(node.kind)",
                    at: node.isNothing ? member.place : node.place)
                return nil
            }
            let expanded = secrets.expand(text, at: node.place, findings)
            if expanded.isUnresolved { return nil }
            holdsSecret = holdsSecret || expanded.holdsSecret
            values.append(expanded.text)
        }
        do {
            return try Condition(member: member.key, values: values, scale: scale)
        } catch {
            let isKnown = ConditionMembers.isKnown(member.key)
            // The value alone is wrong where each of the others is good; then its own place is the better one.
            var place = isKnown ? member.value.place : member.place
            if isKnown, nodes.count > 1 {
                let bad = zip(nodes, values).first { (try? Condition(member: member.key, values: [$0.1], scale: scale)) == nil }
                place = bad?.0.place ?? place
            }
            let message = holdsSecret ? "the value of `\(member.key.shortened)` in `match` cannot be understood" : error.message
            findings.error(message, at: place)
            return nil
        }
    }
}

/// The members that conditions may have: for the documentation, and for the place of a finding.
enum ConditionMembers {
    static let meanings: [(name: String, meaning: String, values: String)] = [
        ("type", "the event's type", "`escalation`, `status_change`, …"),
        ("severity", "the incident's severity", "a severity or an alias; `>=high`, `>`, `<=`, `<` (greater is more urgent)"),
        ("status", "the incident's status", "`open`, `acknowledged`, `in_progress`, `escalated`, `on_hold`, `resolved`, `closed`"),
        ("from", "the value before the change", "a word"),
        ("to", "the value after the change", "a word"),
        ("field", "what changed; of `sla_*` events the target", "`status`, `severity`, …, `acknowledge`, `resolve`, `update`"),
        ("service", "the incident's service", "a word"),
        ("category", "the incident's category", "a word"),
        ("team", "the team that has it", "a word"),
        ("assignee", "who has it", "a word"),
        ("source", "who dropped the event", "a word"),
        ("id", "the incident's id", "a word"),
        ("age", "since when the incident is open", "a comparison with a duration: `\">=30m\"`"),
        ("reopened", "whether it was over once", "`true`, `false`"),
        ("sla", "the worst of its targets", "`ok`, `at_risk`, `breached`"),
        ("sla.acknowledge", "that target", "`ok`, `at_risk`, `breached`"),
        ("sla.resolve", "that target", "`ok`, `at_risk`, `breached`"),
        ("sla.update", "that target", "`ok`, `at_risk`, `breached`"),
        ("labels.NAME", "a label of the incident", "a word"),
    ]

    static func isKnown(_ name: String) -> Bool {
        name.hasPrefix("labels.") && name.count > 7 || meanings.contains { $0.name == name && name != "labels.NAME" }
    }
}
