// The channel that a grave incident has of its own. Pure.

import Foundation
import Incidents

extension RoutingTable {
    /// Tells the incident's own channel, where it has one.
    func tellRoom(_ facts: MatchFacts, _ draft: inout PlanDraft) -> [RouteVerdict] {
        []
    }
}
