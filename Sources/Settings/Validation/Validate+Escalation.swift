// Policies and steps that never run, steps out of order, and conditions that no policy can have.

import Foundation
import Incidents
import Routing

extension Validation {
    func checkPolicies() {
        var earlier: [(policy: DecodedPolicy, reach: Reach)] = []
        for policy in decoded.escalation {
            checkConditions(policy)
            guard let match = policy.match else { continue }
            let severities = reader.scale.all.filter { mayMatch(match, $0) }
            checkSteps(policy, severities)
            checkOrder(policy, severities)
            // What cannot be read has findings already.
            if policy.policy == nil { continue }
            let title = "escalation policy `\(policy.name.shortened)`"
            let reach = reach(match, isOfIncidents: true)
            if let impossible = reach.conditions.first(where: { $0.cases?.isEmpty ?? false }) {
                findings.warning("\(title) can never match: `\(impossible.text)` holds for nothing", at: policy.place)
            } else if let first = earlier.first(where: { $0.reach.covers(reach) })?.policy {
                findings.warning(
                    "\(title) is never used: `\(first.name.shortened)` (line \(first.place.line)) comes before it and matches every incident "
                        + "that it does", at: policy.place)
            }
            if earlier.count < Self.compared { earlier.append((policy, reach)) }
        }
    }

    /// With how many of the policies before it each one is compared: the first ones are those that leave nothing over.
    private static let compared = 500

    /// Of the members that a condition may have, those that only an event has.
    private static let ofEvents: Set<String> = ["type", "from", "to", "field", "source"]

    private func checkConditions(_ policy: DecodedPolicy) {
        for member in policy.conditions where Self.ofEvents.contains(member.key) {
            findings.warning(
                "`\(member.key)` speaks of an event, and an escalation policy is chosen by the incident alone: leave it out",
                at: member.place)
        }
        for member in policy.conditions where member.key == "status" {
            findings.warning(
                "escalation policy `\(policy.name.shortened)` may stop without a word: a policy is chosen again when the severity changes, and "
                    + "where the status is another one by then, this one does not match any more; leave `status` out (what is "
                    + "on hold or over is not escalated anyway)", at: member.place)
        }
    }

    /// Steps whose `after` names no severity that the policy is for.
    private func checkSteps(_ policy: DecodedPolicy, _ severities: [Severity]) {
        if severities.isEmpty { return }
        for (index, decoded) in policy.steps.enumerated() {
            guard let step = decoded.step, !step.after.isEmpty, !severities.contains(where: { step.after[$0.rank] != nil }) else {
                continue
            }
            findings.warning(
                "step \(index + 1) of escalation policy `\(policy.name.shortened)` never runs: its `after` names no severity that the policy "
                    + "matches", at: decoded.place)
        }
    }

    /// Quiet hours that hold nothing, because everything wakes.
    func checkWaking() {
        guard let given = reader.routerSection?.first("wake_for"), let least = decoded.wakesFor, least == reader.scale.all.last,
            decoded.people.contains(where: { $0.person.quietHours != nil })
        else { return }
        findings.warning("`wake_for` is the least urgent severity: quiet hours hold nothing about incidents", at: given.place)
    }

    /// Steps that fall due before, or with, the one before them.
    private func checkOrder(_ policy: DecodedPolicy, _ severities: [Severity]) {
        var last: [Int: TimeInterval] = [:]
        for decoded in policy.steps {
            guard let after = decoded.step?.after else { continue }
            let timed = severities.filter { after[$0.rank] != nil }
            let early = timed.filter { severity in
                guard let seconds = after[severity.rank], let before = last[severity.rank] else { return false }
                return seconds <= before
            }
            last.merge(after) { _, new in new }
            if early.isEmpty { continue }
            let names = early.map { "`\($0.name)`" }.joined(separator: ", ")
            findings.warning(
                "`after` counts from the opening of the incident, and the step before is not earlier"
                    + (early.count == timed.count ? "" : " for \(names)"), at: decoded.afterPlace)
        }
    }
}
