// What the configuration decides about a changed incident by itself, before anybody is told: who takes it, who speaks for
// it, and which escalation policy counts. Pure.

import Foundation
import Incidents

extension RoutingTable {
    /// What the configuration decides about a changed incident by itself: its communication lead, and who takes it.
    /// Called after the event was applied and before anybody is told. What it decides is told by the clock, at once: see
    /// `IncidentAgenda.responsibility`.
    ///
    /// - Throws: only what the surroundings throw; they are asked only where somebody is to be chosen.
    public func settleResponsibility(
        _ application: inout Application?, by event: Event, surroundings: any Surroundings, now: Date
    ) throws {
        if directory.communicationLeads.isEmpty, people.responses.isEmpty, rules.policies.isEmpty { return }
        guard var incident = application?.incident, !(application?.isStale ?? true) else { return }
        if !people.responses.isEmpty { respond(&incident, to: event, former: application?.previous, now: now) }
        if !directory.communicationLeads.isEmpty { try settleLead(&incident, by: event, surroundings, now: now) }
        if !rules.policies.isEmpty { settlePolicy(&incident, now: now) }
        application?.incident = incident
    }

    /// The policy that was chosen stays until the severity changes, or until it is gone from the file.
    private func settlePolicy(_ incident: inout Incident, now: Date) {
        if let last = incident.course.escalation?.lastAt, last.timeIntervalSince(now) > 1 { incident.course.recallFromFuture(now: now) }
        guard incident.isOpen, keptPolicy(of: incident) == nil else { return }
        let policy = escalationPolicy(of: incident, clocks: rules.sla.isEmpty ? nil : clocks(of: incident, now: now), now: now)
        let severity = incident.severity(on: scale, assumed: assumedSeverity)
        let chosen = policy.map { Course.ChosenPolicy(name: $0.name, severity: severity.name) }
        if chosen != incident.course.policy { incident.course.policy = chosen }
    }

    /// The policy that was chosen, where it counts still.
    func keptPolicy(of incident: Incident) -> EscalationPolicy? {
        guard let chosen = incident.course.policy,
            chosen.severity == incident.severity(on: scale, assumed: assumedSeverity).name
        else { return nil }
        return rules.policies.first { $0.name == chosen.name }
    }

    /// What was decided and is to be told, for `explain`.
    func responsibilityNotes(_ incident: Incident?) -> [String] {
        guard let incident, incident.isOpen, incident.course.hasNews else { return [] }
        var notes: [String] = []
        if let response = incident.course.response, !response.isTold {
            notes.append("\(response.reason): \(given(by: response, incident))")
        }
        if let lead = incident.course.lead, lead.isNews {
            let reason = lead.reason.map { " (\($0))" } ?? ""
            notes.append("communication lead is \(quoted(lead.person))\(reason)\(lead.told.map { "; it was \(quoted($0))" } ?? "")")
        }
        return notes
    }

    /// `team network, assignee duty-engineer, scribe service-owner`.
    private func given(by response: Course.Response, _ incident: Incident) -> String {
        let owners = ["team", "assignee"].compactMap { member in incident.text(member).map { "\(member) \(quoted($0))" } }
        let roles = response.roles.sorted { $0.key < $1.key }.map { "\(quoted($0.key)) \(quoted($0.value))" }
        return (owners + roles).joined(separator: ", ")
    }
}
