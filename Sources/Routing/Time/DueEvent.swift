// What time brings about, with those it is for.

import Incidents

/// An event of the clock's that has fallen due.
public struct DueEvent: Sendable {
    public var event: Event
    /// Whom it is for, beside what routes say. Empty for `flapping` and `calm` (whoever was told of the incident, see
    /// `Surroundings.told`) and for `operations` (`router.operators`).
    public var directed: [Directed]

    public init(event: Event, directed: [Directed] = []) {
        self.event = event
        self.directed = directed
    }
}
