// What time does to an incident: when to look again, and what has fallen due. Pure.

import Foundation
import Incidents

extension RoutingTable {
    /// All moments to come at which time alone changes something of an incident, ascending, if nothing else happens.
    /// What is due already stands at `now`. Of what comes again and again, the next few.
    public func agenda(of incident: Incident, now: Date) -> [AgendaEntry] {
        guard mayHaveAgenda(incident) else { return [] }
        let agenda = IncidentAgenda(self, incident, now: now)
        return agenda.withRestartedRepeats.map { AgendaEntry(at: agenda.alarm(for: $0), what: $0.what, raised: $0.raised) }
    }

    /// The first of them; at `now` where something is due already. Nil: never.
    public func alarm(of incident: Incident, now: Date) -> Alarm? {
        guard mayHaveAgenda(incident) else { return nil }
        let agenda = IncidentAgenda(self, incident, now: now)
        return agenda.items.first.map { Alarm(subject: .incident(incident.id), due: agenda.alarm(for: $0), what: $0.what) }
    }

    /// The event to raise next because of time alone, and whom it is for; nil: nothing is due. After it has been applied,
    /// ask again.
    public func dueEvent(of incident: Incident, now: Date) -> DueEvent? {
        guard mayHaveAgenda(incident) else { return nil }
        let agenda = IncidentAgenda(self, incident, now: now)
        return agenda.due.map(agenda.event)
    }

    /// Remembers in the incident which routes have told of it, for those that tell again (`repeat`). Routes that there
    /// are no more are forgotten.
    ///
    /// - Parameter plan: of the event that has just been applied.
    public func noteTold(by plan: Plan, in incident: inout Incident, now: Date) {
        if repeating.isEmpty {
            if !incident.course.repeats.isEmpty { incident.course.repeats = [:] }
            return
        }
        let known = Set(repeating.map { routes[$0].name })
        for name in incident.course.repeats.keys where !known.contains(name) { incident.course.repeats[name] = nil }
        var told: Set<String> = []
        for delivery in plan.deliveries {
            switch delivery.intent {
            case .send, .hold: told.formUnion(delivery.routes)
            case .suppress, .supersede: break
            }
        }
        incident.noteTold(told.intersection(known).sorted(), at: now)
    }

    /// Cheap, since it is asked for every event.
    private func mayHaveAgenda(_ incident: Incident) -> Bool {
        if incident.course.flappingSince != nil || rules.flap != nil { return true }
        guard incident.isOpen else { return false }
        if incident.course.hasNews { return true }
        return !(rules.sla.isEmpty && rules.policies.isEmpty && rules.reports.isEmpty)
            || !(repeating.isEmpty || incident.course.repeats.isEmpty)
    }
}
