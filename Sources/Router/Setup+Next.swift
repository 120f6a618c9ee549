// Who will be told next, if nobody does anything: the decision that the clock will make, made now, with nothing written.

import Foundation
import Incidents
import Routing

extension Setup {
    /// Whom the first thing on an incident's agenda will reach. Where something is due already, whom that reaches.
    ///
    /// - Parameters:
    ///   - at: when it falls due.
    ///   - surroundings: as they are now.
    public func toldNext(of incident: Incident, at: Date, surroundings: any Surroundings) throws -> [PlannedDelivery] {
        guard let due = configuration.table.dueEvent(of: incident, now: at) else { return [] }
        return try Pipeline.decide(
            due.event, directed: due.directed, incident: incident, surroundings: surroundings, setup: self, now: at
        ).plan.deliveries
    }
}
