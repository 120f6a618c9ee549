// What was decided about who answers for an incident, and is told at once: its communication lead, and the response that
// took it.

import Foundation
import Incidents

extension IncidentAgenda {
    /// Nothing, once everybody knows.
    var responsibility: [AgendaItem] {
        guard course.hasNews else { return [] }
        var items: [AgendaItem] = []
        if let response = course.response, !response.isTold {
            items.append(AgendaItem(at: min(response.since, now), raised: .response, reason: response.reason, grounds: response.grounds))
        }
        if let lead = course.lead, lead.isNews {
            items.append(AgendaItem(at: min(lead.since, now), raised: .lead, reason: lead.reason, grounds: lead.grounds))
        }
        return items
    }

    func responsibilityChange(_ item: AgendaItem) -> Change {
        if item.raised == .lead { return Change(from: course.lead?.told, to: course.lead?.person, reason: item.reason) }
        let given = ["assignee", "team"].first { !(incident.text($0)?.isEmpty ?? true) }
        if let given { return Change(field: given, to: incident.text(given), reason: item.reason) }
        let role = course.response?.roles.min { $0.key < $1.key }
        return Change(field: role?.key, to: role?.value, reason: item.reason)
    }

    /// Whoever is it now, and whoever was told that they are.
    var toldOfTheLead: [Directed] {
        var all = [RoutingTable.isTheirs(.communicationLead)]
        if let old = course.lead?.told {
            all.append(RoutingTable.isTheirsNoMore(table.directory.entry(like: old, rotations: table.people.rotations)))
        }
        return all
    }

    /// Everybody to whom it gave something.
    var toldOfTheResponse: [Directed] {
        var all: [Directed] = []
        for role in [RecipientEntry.Role.assignee, .team] where !(incident.text(role.rawValue)?.isEmpty ?? true) {
            all.append(RoutingTable.isTheirs(role))
        }
        for (_, name) in (course.response?.roles ?? [:]).sorted(by: { $0.key < $1.key }) {
            all.append(RoutingTable.isTheirs(table.directory.entry(like: name, rotations: table.people.rotations)))
        }
        return all
    }
}
