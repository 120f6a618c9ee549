// Routes that tell again (`repeat`), and incidents that come and go.

import Foundation
import Incidents

extension Match {
    /// Whether what it asks of the incident holds. What it asks of the event (`type`, `from`, `to`, `field`, `source`) held
    /// when the route told of it first.
    func holdsForIncident(_ facts: MatchFacts) -> Bool {
        conditions.allSatisfy { condition in
            switch condition.subject {
            case .type, .from, .to, .field, .source: true
            default: condition.holds(facts)
            }
        }
    }
}

extension IncidentAgenda {
    /// Of moments outside a route's hours, as many are passed over; then the clock looks again.
    private static let passedOver = 100

    /// For each route that tells again, the next time. Those that were missed are one.
    var repeats: [AgendaItem] {
        if table.repeating.isEmpty || course.repeats.isEmpty || incident.acknowledged || course.isPaused { return [] }
        let event = Event(
            id: "", source: Event.ownSource, type: .reminder, time: now, incident: IncidentPatch(id: incident.id),
            change: Change(field: "repeat"))
        let facts = MatchFacts(event: event, incident: incident, severity: severity, now: now, sla: clocks)
        return table.repeating.compactMap { number in
            let route = table.routes[number]
            guard let every = route.repeatEvery, every > 0, let last = course.repeats[route.name], route.match.holdsForIncident(facts)
            else { return nil }
            let at = next(of: route, every: every, after: last)
            if at > now { return AgendaItem(at: at, raised: .again(route: route.name)) }
            return AgendaItem(
                at: at, raised: .again(route: route.name),
                reason: "still open, and nobody has acknowledged; told again every \(ClockText.length(every))",
                message: "\(incident.id) is still open, and nobody has acknowledged it.")
        }
    }

    /// Everything, for people: a route that tells again counts anew from an escalation step that it tells of.
    var withRestartedRepeats: [AgendaItem] {
        let items = items
        let steps = items.compactMap { item -> Date? in
            if case .step = item.raised { return item.at }
            return nil
        }
        if steps.isEmpty || table.repeating.isEmpty { return items }
        let event = Event(
            id: "", source: Event.ownSource, type: .escalation, time: now, incident: IncidentPatch(id: incident.id),
            change: Change(field: "level"))
        let facts = MatchFacts(event: event, incident: incident, severity: severity, now: now, sla: clocks)
        let moved = items.map { item -> AgendaItem in
            guard case .again(let name) = item.raised, item.at > now,
                let route = table.routes.first(where: { $0.name == name }), let every = route.repeatEvery, route.match.holds(facts)
            else { return item }
            var item = item
            for step in steps.sorted() where max(step, now) < item.at && route.isInItsHours(at: max(step, now)) {
                item.at = next(of: route, every: every, after: max(step, now))
            }
            return item
        }
        return moved.enumerated().sorted { ($0.element.at, $0.offset) < ($1.element.at, $1.offset) }.map(\.element)
    }

    private func next(of route: Route, every: TimeInterval, after last: Date) -> Date {
        let passed = max(0, (now.timeIntervalSince(last) / every).rounded(.down))
        let missed = last.addingTimeInterval(passed * every)
        if passed >= 1, route.isInItsHours(at: missed), route.isInItsHours(at: now) { return missed }
        var at = last.addingTimeInterval((passed + 1) * every)
        if route.during == nil, route.outside == nil { return at }
        for _ in 0..<Self.passedOver where !route.isInItsHours(at: at) { at = at.addingTimeInterval(every) }
        return at
    }

    /// An incident that was resolved or reopened too often is told as flapping, once, until it is calm: until it has not
    /// turned for the length of the window.
    var flapping: [AgendaItem] {
        guard let last = course.turns.last else {
            return course.flappingSince.map { [calm(at: $0)] } ?? []
        }
        let rule = table.rules.flap
        let isOverBy = last.addingTimeInterval(rule?.window ?? 0)
        if course.flappingSince != nil { return [calm(at: isOverBy)] }
        guard let rule, now < isOverBy else { return [] }
        let from = last.addingTimeInterval(-rule.window)
        let turns = course.turns.count { $0 > from }
        guard turns > rule.turns else { return [] }
        let length = ClockText.length(rule.window)
        return [
            AgendaItem(
                at: last, raised: .flapping, reason: "resolved or reopened \(turns) times within \(length)",
                message: "\(incident.id) comes and goes: resolved or reopened \(turns) times within \(length). "
                    + "What it does next is not told until it has been calm for \(length).")
        ]
    }

    private func calm(at date: Date) -> AgendaItem {
        let state = incident.isOpen ? "open" : "over"
        return AgendaItem(
            at: date, raised: .calm, reason: "neither resolved nor reopened any more; it is \(state)",
            message: "\(incident.id) has stopped coming and going. It is \(state).")
    }
}
