// The communication lead: chosen once, when a severity is reached that has a list of them, and kept until the severity
// changes to one with another list. Whoever was named by a person or a producer stays, whatever the severity.

import Foundation
import Incidents
import JSON

extension RoutingTable {
    func settleLead(_ incident: inout Incident, by event: Event, _ surroundings: any Surroundings, now: Date) throws {
        let severity = incident.severity(on: scale, assumed: assumedSeverity)
        if let word = incident.text("communication_lead"), !word.isEmpty {
            takeOver(word, &incident, by: event, severity, now: now)
        }
        guard incident.isOpen else { return }
        let isThere = !(incident.text("communication_lead")?.isEmpty ?? true)
        var lead = incident.course.lead
        if isThere, let lead, lead.isNamed || lead.severity == severity.name { return }
        guard let list = directory.communicationLeads[severity.name], !list.isEmpty else {
            // Named, and taken back: nobody is it.
            if !isThere, lead != nil { incident.course.lead = nil }
            return
        }
        let presence = try presence(surroundings, now: now)
        if isThere, let known = lead, isKept(known, in: list, presence) {
            lead?.severity = severity.name
            incident.course.lead = lead
            return
        }
        let choice = LeadChoice(of: list, for: severity, self, presence, now: now)
        incident.members["communication_lead"] = .string(choice.person)
        incident.course.lead = Course.Lead(
            person: choice.person, severity: severity.name, told: lead?.told, number: (lead?.number ?? 0) + 1, since: now,
            reason: choice.reason, grounds: choice.grounds)
    }

    /// Takes over whom the incident names, where that is not who was chosen. An assignment is itself the announcement; a
    /// word on the way is told only where it relieves somebody.
    private func takeOver(_ word: String, _ incident: inout Incident, by event: Event, _ severity: Severity, now: Date) {
        let isAssignment =
            event.type == .assignment && event.raised == nil && event.incident?.members["communication_lead"] != nil
        if var lead = incident.course.lead, isSame(lead.person, word) {
            if isAssignment, !lead.isNamed || lead.isNews || lead.person != word {
                lead.isNamed = true
                lead.person = word
                lead.told = word
                incident.course.lead = lead
            } else if lead.person != word {
                // Another word for the same person.
                if !lead.isNews { lead.told = word }
                lead.person = word
                incident.course.lead = lead
            }
            return
        }
        let before = incident.course.lead
        let by = event.change.by.flatMap { $0.isEmpty ? nil : $0 } ?? event.source
        let said = event.change.reason.flatMap { $0.isEmpty ? nil : $0 }
        let reason = said ?? "named by \(quoted(by))"
        incident.course.lead = Course.Lead(
            person: word, severity: severity.name, isNamed: true, told: isAssignment || before?.told == nil ? word : before?.told,
            number: (before?.number ?? 0) + 1, since: now, reason: reason, grounds: said == nil ? [Ground(.namedBy, by)] : [])
    }

    private func isSame(_ one: String, _ other: String) -> Bool {
        one == other
            || directory.entry(like: one, rotations: people.rotations).subject
                == directory.entry(like: other, rotations: people.rotations).subject
    }

    /// Whether whoever was chosen for another severity would do for this one as well.
    private func isKept(_ lead: Course.Lead, in list: [String], _ presence: Presence) -> Bool {
        if directory.communicationLeads[lead.severity] == list { return true }
        return list.contains { name in
            name == lead.person || LeadChoice.whom(name, self, presence) == lead.person
        }
    }
}

/// The first of a list who is neither in quiet hours, nor away, nor wants to be left alone; if there is none, the first.
struct LeadChoice {
    let person: String
    let reason: String
    /// The same, part by part.
    let grounds: [Ground]

    init(of list: [String], for severity: Severity, _ table: RoutingTable, _ presence: Presence, now: Date) {
        typealias Part = (text: String, ground: Ground)
        var passed: [Part] = []
        var first: (person: String, remark: Part?)?
        var chosen: (person: String, remark: Part?)?
        for name in list {
            guard let person = Self.whom(name, table, presence) else {
                passed.append(
                    table.people.rotations[name] == nil
                        ? ("\(name) is away", Ground(.away, name)) : ("nobody is on duty in \(name)", Ground(.nobodyOnDuty, name)))
                continue
            }
            let remark: Part? =
                person == name
                ? nil
                : table.people.rotations[name] == nil
                    ? ("\(person) stands in for \(name)", Ground(.standsIn, person, other: name))
                    : ("\(person) is on duty in \(name)", Ground(.onDuty, person, other: name))
            if first == nil { first = (person, remark) }
            if let obstacle = Self.obstacle(person, table, presence, now: now) {
                passed.append(obstacle)
            } else {
                chosen = (person, remark)
                break
            }
        }
        let isFirst = passed.isEmpty
        let taken = chosen ?? first ?? (list[0], nil)
        person = taken.person
        let place =
            chosen == nil
            ? "nobody is free for \(severity.name), so the first is told" : "\(isFirst ? "first" : "next") for \(severity.name)"
        reason = ([place + (taken.remark.map { " (\($0.text))" } ?? "")] + passed.map(\.text)).joined(separator: "; ")
        let head = Ground(chosen == nil ? .nobodyFree : isFirst ? .first : .next, severity.name)
        grounds = [head] + [taken.remark?.ground].compactMap(\.self) + passed.map(\.ground)
    }

    /// Who is meant by a name of the list now; nil: they are away, and nobody stands in.
    static func whom(_ name: String, _ table: RoutingTable, _ presence: Presence) -> String? {
        if table.people.rotations[name] != nil { return presence.onDuty(name) }
        // Teams and channels are always there.
        return table.directory.people[name] == nil ? name : presence.standIn(for: name)
    }

    /// Why somebody is passed over; nil: they are free.
    private static func obstacle(_ name: String, _ table: RoutingTable, _ presence: Presence, now: Date) -> (text: String, ground: Ground)?
    {
        if let until = presence.snoozedUntil(name) {
            let text = Moment.text(until, now: now, in: table.rules.timeZone, isNamed: true)
            return ("\(name) wants to hear nothing until \(text)", Ground(.snoozed, name, until: until))
        }
        guard let person = table.directory.people[name], let hours = person.quietHours else { return nil }
        let zone = person.timezone.flatMap(TimeZone.init(identifier:)) ?? table.rules.timeZone
        guard let end = hours.end(at: now, in: zone) else { return nil }
        let text = Moment.text(end, now: now, in: zone, isNamed: true)
        return ("\(name) is in quiet hours until \(text)", Ground(.quietHours, name, until: end))
    }
}
