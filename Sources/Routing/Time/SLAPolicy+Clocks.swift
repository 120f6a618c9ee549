// How the promises of an incident stand. Pure.

import Foundation
import Incidents

extension SLAPolicy {
    /// The clocks of an incident at a moment.
    public func clocks(of incident: Incident, now: Date) -> SLAClocks { SLAClocks() }
}

extension RoutingTable {
    /// The clocks of an incident by the promises for its severity; nil where nothing is promised.
    public func clocks(of incident: Incident, now: Date) -> SLAClocks? {
        rules.sla[incident.severity(on: scale, assumed: assumedSeverity).rank]?.clocks(of: incident, now: now)
    }
}
