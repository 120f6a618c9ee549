// What time does to an incident: when to look again, and what has fallen due. Pure.

import Foundation
import Incidents

extension RoutingTable {
    /// All moments to come at which time alone changes something of an incident, ascending, if nothing else happens.
    public func agenda(of incident: Incident, now: Date) -> [AgendaEntry] { [] }

    /// The first of them; at `now` where something is due already. Nil: never.
    public func alarm(of incident: Incident, now: Date) -> Alarm? { nil }

    /// The event to raise next because of time alone; nil: nothing is due. After it has been applied, ask again.
    public func dueEvent(of incident: Incident, now: Date) -> Event? { nil }

    /// Whom an event of the clock's is for, beside what routes say.
    public func directed(by event: Event, incident: Incident?) -> [Directed] { [] }

    /// When the clock is to look at a silence again.
    public func alarm(of silence: Silence, now: Date) -> Alarm? { nil }

    /// The events to raise because a silence is about to end, or has ended.
    public func dueEvents(of silence: Silence, kept: [KeptAddress], now: Date) -> [Event] { [] }
}
