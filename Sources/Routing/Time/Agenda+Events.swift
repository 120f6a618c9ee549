// From an item of the agenda to the event that says so, and to whom it is for.

import Foundation
import Incidents
import JSON

extension IncidentAgenda {
    func event(_ item: AgendaItem) -> DueEvent {
        let time = min(item.at, now)
        var members: [String: JSONValue] = [:]
        if item.raised == .report, let rule = table.rules.reports[severity.rank] {
            members["next_update_at"] = .string(Timestamp.format(now.addingTimeInterval(rule.every)))
        }
        var change = Change(reason: item.reason)
        switch item.raised {
        case .step(_, let step, _):
            // Of the policy: others may have escalated it as well.
            change.from = String(item.isAgain ? step + 1 : step)
            change.to = String(step + 1)
        case .lead, .response: change = responsibilityChange(item)
        default: break
        }
        let event = Event.raised(
            item.raised, id: [incident.id] + name(of: item, time: time), time: time, incident: incident.id, members: members,
            change: change, message: item.message, extra: item.grounds.json.map { [Ground.member: $0] } ?? [:])
        return DueEvent(event: event, directed: directed(item))
    }

    /// What makes it different from everything else that is raised for this incident.
    private func name(of item: AgendaItem, time: Date) -> [String] {
        let start = Timestamp.format(item.start ?? time)
        let time = Timestamp.format(time)
        return switch item.raised {
        case .warning(let target), .missedWarning(let target): [target.rawValue, "warning", start]
        case .breach(let target): [target.rawValue, "breach", start]
        case .step(let policy, let step, let repeats):
            ["escalation", policy, armed, "step \(step + 1)"] + (item.isAgain ? ["again \(repeats)"] : []) + [time]
        case .unanswered(let policy): ["escalation", policy, armed, "unanswered", time]
        case .gap(let number): ["update", "reminder \(number)", start]
        case .gapIgnored: ["update", "ignored", start]
        case .report: ["status_report", time]
        case .again(let route): ["repeat", route, time]
        case .flapping: ["flapping", time]
        case .calm: ["calm", time]
        // Raised by silences, not by incidents.
        case .stillOpen(let silence), .silenceEnding(let silence), .silenceEnded(let silence): ["silence", silence, time]
        case .lead: ["assignment", "communication_lead", String(course.lead?.number ?? 1), time]
        case .response: ["assignment", "response \(course.response?.number ?? 1)", Timestamp.format(course.started), time]
        // Raised by others than incidents.
        case .handover(let name), .approvalWanted(let name), .broadcastOver(let name), .addressLost(_, let name): [name, time]
        case .heartbeat, .neglected: [time]
        }
    }

    /// What the steps of the policy count from.
    private var armed: String { Timestamp.format(course.escalation?.since ?? course.started) }

    private func directed(_ item: AgendaItem) -> [Directed] {
        switch item.raised {
        case .lead: return toldOfTheLead
        case .response: return toldOfTheResponse
        case .step(let policy, let step, _):
            guard let policy = table.rules.policies.first(where: { $0.name == policy }), policy.steps.indices.contains(step) else {
                return []
            }
            let name = "escalation.\(policy.name) step \(step + 1)\(item.isAgain ? " again" : "")"
            let isUrgent = policy.steps[step].isUrgent
            return policy.steps[step].to.map { Directed(.entry($0), origin: .step, name: name, isUrgent: isUrgent) }
        case .gap:
            let role = RecipientEntry.Role.communicationLead
            return [
                Directed(.entry(RecipientEntry(subject: .role(role), text: role.rawValue)), origin: .reminder, name: "reminder.update")
            ]
        case .report:
            let name = "status_reports.\(severity.name)"
            return (table.rules.reports[severity.rank]?.to ?? []).map { Directed(.entry($0), origin: .report, name: name) }
        case .again(let name):
            guard let route = table.routes.first(where: { $0.name == name }) else { return [] }
            return route.to.map {
                Directed(.entry($0), origin: .route, name: route.name, template: route.template, isUrgent: route.isUrgent)
            }
        case .warning, .missedWarning, .breach, .unanswered, .gapIgnored, .flapping, .calm, .stillOpen, .silenceEnding, .silenceEnded,
            .handover, .approvalWanted, .broadcastOver, .addressLost, .heartbeat, .neglected:
            return []
        }
    }
}
