// `escalation`.

import Foundation
import Incidents
import Routing

/// A policy of the file, as far as it could be read.
struct DecodedPolicy {
    var name: String
    var place: Place
    /// Nil where one of its conditions could not be read.
    var match: Match?
    /// The members of `match`, with their places.
    var conditions: [YAMLMember]
    var steps: [DecodedStep]
    /// Nil where anything of it could not be read.
    var policy: EscalationPolicy?
}

/// A step of a policy; `step` is nil where it could not be read.
struct DecodedStep {
    var place: Place
    var afterPlace: Place
    var step: EscalationStep?
}

extension ConfigurationReader {
    func escalation(_ top: Section) -> [DecodedPolicy] {
        named(top, "escalation").compactMap { member in
            if member.key.isEmpty || AddressText.holdsControls(member.key) || member.key.count > 100 {
                findings.error("an escalation policy's name must have 1 to 100 characters, and no control characters", at: member.place)
            }
            let title = "escalation policy `\(member.key.shortened)`"
            guard let policy = section(member.value, "escalation.*", title) else { return nil }
            let nodes = entries(policy, "steps")
            if policy.has("steps"), nodes.isEmpty, !(policy.given["steps"]?.isBroken ?? false) {
                findings.error("`steps` of \(policy.title) is empty", at: policy.place(of: "steps"))
            }
            var decoded = DecodedPolicy(
                name: member.key, place: member.place, match: match(policy.node("match")),
                conditions: policy.node("match")?.members ?? [], steps: steps(nodes))
            let again = policy.node("repeat").flatMap { section($0, "escalation.*.repeat", "`repeat`") }
            guard let match = decoded.match, !policy.isBroken, decoded.steps.allSatisfy({ $0.step != nil }) else { return decoded }
            var repetition: EscalationPolicy.Repetition?
            if let every = again?.seconds("every"), let times = again?.integer("times") { repetition = .init(every: every, times: times) }
            decoded.policy = EscalationPolicy(
                name: member.key, match: match, steps: decoded.steps.compactMap(\.step), repetition: repetition,
                until: policy.word("until").flatMap(EscalationPolicy.End.init) ?? .acknowledged)
            return decoded
        }
    }

    private func steps(_ nodes: [YAMLNode]) -> [DecodedStep] {
        nodes.enumerated().map { index, node in
            var decoded = DecodedStep(place: node.place, afterPlace: node.place)
            guard let step = section(node, "escalation.*.steps[]", "step \(index + 1)") else { return decoded }
            checkIsNotEmpty(step, "to")
            decoded.afterPlace = step.place(of: "after")
            guard let after = after(step), !step.isBroken else { return decoded }
            decoded.step = EscalationStep(after: after, to: step.recipients("to"), isUrgent: step.flag("urgent") ?? true)
            return decoded
        }
    }

    /// By rank; nil where it could not be read.
    private func after(_ step: Section) -> [Int: TimeInterval]? {
        guard let given = step.given["after"] else { return nil }
        if case .seconds(let seconds)? = given.values.first?.value {
            return Dictionary(uniqueKeysWithValues: scale.all.map { ($0.rank, seconds) })
        }
        guard let members = given.node.members else { return nil }
        if members.isEmpty { findings.error("`after` of \(step.title) is empty: it would never run", at: given.node.place) }
        var after: [Int: TimeInterval] = [:]
        var seen: [Int: String] = [:]
        for (name, place, values) in given.named {
            guard let severity = scale.severity(name) else { continue }
            if let other = seen[severity.rank] { findings.error("`\(name)` and `\(other)` are the same severity", at: place) }
            seen[severity.rank] = name
            if case .seconds(let seconds)? = values.first?.value { after[severity.rank] = seconds }
        }
        return after
    }
}
