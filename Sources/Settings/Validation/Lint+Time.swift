// Escalations that end in nobody, and leads who all sleep at once.

import Incidents
import Routing

extension Validation {
    /// For each severity that a policy is for: whom its last step tells.
    func lintEscalation() {
        var taken: Set<Int> = []
        for decodedPolicy in decoded.escalation {
            guard let policy = decodedPolicy.policy else { continue }
            // The first policy that matches counts.
            let severities = reader.scale.all.filter { mayMatch(policy.match, $0) && !taken.contains($0.rank) }
            if policy.match.conditions.allSatisfy({ $0.member == "severity" }) { taken.formUnion(severities.map(\.rank)) }
            for (index, step) in decodedPolicy.steps.enumerated() {
                guard let last = step.step else { continue }
                let ending = severities.filter { severity in
                    last.after[severity.rank] != nil
                        && !policy.steps[(index + 1)...].contains { $0.after[severity.rank] != nil }
                }
                lintEnd(last, of: policy, for: ending, at: step.place)
            }
        }
    }

    private func lintEnd(_ step: EscalationStep, of policy: EscalationPolicy, for severities: [Severity], at place: Place) {
        func say(_ what: String, _ affected: [Severity]) {
            if affected.isEmpty { return }
            let names = affected.map { "`\($0.name)`" }.joined(separator: ", ")
            findings.warning("escalation policy `\(policy.name.shortened)` ends in nobody for \(names): \(what)", at: place)
        }
        let audiences = severities.map { ($0, Audience(step.to, of: $0, in: self)) }
        say("its last step reaches nobody", audiences.filter { $0.1.isEmpty }.map(\.0))
        if !assignsEverything {
            let named = audiences.filter { !$0.1.isEmpty && !$0.1.isSure }
            say(
                "its last step tells \(entries(step.to)) alone, which may be nobody; add somebody who is always there", named.map(\.0))
        }
        if step.isUrgent { return }
        let held = audiences.filter { !$0.1.hasPlace && $0.1.open.isEmpty && !$0.1.isUnknown && !wakes($0.0) }
        // Without roles the step tells the same people whatever the severity.
        guard let people = held.first?.1.people, let times = QuietTimes(of: people.map(\.person), zone: decoded.router.timezone) else {
            return
        }
        say("its last step is not urgent, and \(times.text) all of them are in their quiet hours", held.map(\.0))
    }

    /// Some response takes every incident that comes without an owner.
    private var assignsEverything: Bool {
        decoded.responses.compactMap(\.response).contains { $0.match.conditions.isEmpty && ($0.team != nil || $0.assignee != nil) }
    }

    /// Quiet hours hold nothing about it.
    private func wakes(_ severity: Severity) -> Bool { decoded.wakesFor.map { severity.rank <= $0.rank } ?? false }

    /// Severities whose leads are all in their quiet hours at some time: then the first is told, and does not read it.
    func lintLeads() {
        for severity in reader.scale.all {
            guard let names = decoded.communicationLeads[severity.name] else { continue }
            let place = reader.root["communication_lead"]?.members?.first { reader.scale.severity($0.key) == severity }?.place
            if names.isEmpty {
                findings.warning("`communication_lead` of `\(severity.name)` is empty: name a person or a rotation", at: place)
                continue
            }
            let leads = Audience(
                names.map { RecipientEntry(subject: .name($0), text: $0) }, of: severity, in: self)
            guard !leads.isUnknown, let times = QuietTimes(of: leads.people.map(\.person), zone: decoded.router.timezone) else { continue }
            let who = leads.people.count == 1 ? "the only communication lead" : "all communication leads"
            let rest = wakes(severity) ? "the first is woken" : "the first is told, and hears of it in the morning"
            findings.warning(
                "\(who) for `\(severity.name)` \(leads.people.count == 1 ? "is" : "are") in quiet hours \(times.text): \(rest); name somebody who "
                    + "is awake then", at: place)
        }
    }
}
