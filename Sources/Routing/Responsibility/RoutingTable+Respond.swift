// Responses: an open incident that nobody has is given to somebody, once. A producer's later word wins.

import Foundation
import Incidents
import JSON

extension RoutingTable {
    /// Takes an incident that has neither assignee nor team by the first response that matches.
    ///
    /// - Parameter former: the value before of what the event is about.
    func respond(_ incident: inout Incident, to event: Event, former: String?, now: Date) {
        if let response = incident.course.response {
            // Somebody has given it to others before it was told.
            if !response.isTold, !isStill(response, incident) { incident.course.response?.isTold = true }
            return
        }
        guard incident.isOpen, event.raised == nil, !incident.hasOwner else { return }
        let severity = incident.severity(on: scale, assumed: assumedSeverity)
        var facts = MatchFacts(event: event, incident: incident, severity: severity, previous: former, now: now)
        if !rules.sla.isEmpty { facts.sla = clocks(of: incident, now: now) }
        guard let response = people.responses.first(where: { $0.match.holds(facts) }) else { return }
        let found = response.match.conditions.map { $0.found(facts) }
        let reason = "response \(response.number): " + (found.isEmpty ? "no other takes it" : found.joined(separator: ", "))

        var grounds = response.match.conditions.map { Ground(.condition, $0.member, other: $0.value(facts)) }
        if grounds.isEmpty { grounds = [Ground(.noOther)] }

        if let team = response.team { incident.members["team"] = .string(team) }
        if let assignee = response.assignee { incident.members["assignee"] = .string(assignee) }
        // What a producer has said of a role stays.
        let roles = response.roles.filter { incident.text($0.key)?.isEmpty ?? true }
        for (role, name) in roles { incident.members[role] = .string(name) }
        if !response.checklist.isEmpty { incident.members["checklist"] = .array(response.checklist.map(JSONValue.string)) }
        let tellsNobody = response.team == nil && response.assignee == nil && roles.isEmpty
        incident.course.response = Course.Response(
            number: response.number, reason: reason, since: now, roles: roles, isTold: tellsNobody,
            grounds: [Ground(.response, String(response.number))] + grounds)
    }

    /// Whether what a response gave is as it gave it.
    private func isStill(_ taken: Course.Response, _ incident: Incident) -> Bool {
        guard let response = people.responses.first(where: { $0.number == taken.number }) else { return false }
        return incident.text("team") == response.team && incident.text("assignee") == response.assignee
    }
}

extension Incident {
    /// Somebody, or a team, has it.
    var hasOwner: Bool { ["assignee", "team"].contains { !(text($0)?.isEmpty ?? true) } }
}
