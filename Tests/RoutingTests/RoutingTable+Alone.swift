import Foundation
import Incidents
import Routing
import Testing

extension RoutingTable {
    /// The plan where nothing else is known: that asks nobody, and so cannot fail.
    func plan(_ event: Event, application: Application?, now: Date, explaining: Bool = true) -> Plan {
        do {
            return try plan(
                event, application: application, now: now, surroundings: NoSurroundings(), directed: [], explaining: explaining)
        } catch {
            Issue.record(error)
            return Plan()
        }
    }
}
