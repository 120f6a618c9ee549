// Whom an event concerns whatever the routes say: who has the incident now, and who has it no more. Pure.

import Foundation
import Incidents

extension RoutingTable {
    /// Whom an assignment, or a person's change of severity, concerns.
    func concerned(_ facts: MatchFacts, _ application: Application?, _ surroundings: any Surroundings) throws -> [Directed] {
        []
    }

    /// What the configuration decides about a changed incident by itself: its communication lead, and who takes it.
    /// Called after the event was applied and before anybody is told.
    public func settleResponsibility(
        _ application: inout Application?, by event: Event, surroundings: any Surroundings, now: Date
    ) throws {}
}
