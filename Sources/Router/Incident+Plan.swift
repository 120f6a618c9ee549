// What being told of an incident changes about its course.

import Foundation
import Incidents
import Routing

extension Incident {
    /// Takes note of what was planned: a step that reaches nobody has the next one run at once, and routes that tell again
    /// count from now.
    mutating func note(_ plan: Plan, of event: Event, table: RoutingTable, now: Date) {
        if case .step = event.raised, !table.stepWasHeard(in: plan) { course.escalation?.isUnheard = true }
        guard !table.repeating.isEmpty, isOpen else { return }
        var told: Set<String> = []
        for delivery in plan.deliveries where delivery.intent == .send { told.formUnion(delivery.routes) }
        if !told.isEmpty { noteTold(table.routes.filter { $0.repeatEvery != nil && told.contains($0.name) }.map(\.name), at: now) }
    }
}
