// What being told of an incident changes about its course.

import Foundation
import Incidents
import Routing

extension Incident {
    /// Takes note of what was planned: a step that reaches nobody has the next one run at once, and routes that tell again
    /// count from now.
    mutating func note(_ plan: Plan, of event: Event, table: RoutingTable, now: Date) {
        if case .step = event.raised, !table.stepWasHeard(in: plan) { course.escalation?.isUnheard = true }
        if isOpen { table.noteTold(by: plan, in: &self, now: now) }
    }
}
