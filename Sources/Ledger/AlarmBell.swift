// What an alarm does when it rings. Pure: the ledger calls it inside its transaction.

import Foundation
import Incidents
import Routing

/// What falls due, and when to look again.
public struct AlarmBell: Sendable {
    /// The next events to raise for an incident (or a silence); empty: nothing more is due. It is asked again after they
    /// have been accepted.
    public var raise: @Sendable (Alarm.Subject, Incident?, any Surroundings) throws -> [Arrival]
    /// The alarm of what is left as it is, because nothing was raised; nil: none.
    public var alarm: @Sendable (Alarm.Subject, Incident?, any Surroundings) throws -> Alarm?

    /// Of a broadcast: what is done without an event, after what was raised; nil: nothing.
    public var part: @Sendable (String, any Surroundings) throws -> RungPart?

    public init(
        raise: @escaping @Sendable (Alarm.Subject, Incident?, any Surroundings) throws -> [Arrival],
        alarm: @escaping @Sendable (Alarm.Subject, Incident?, any Surroundings) throws -> Alarm?,
        part: @escaping @Sendable (String, any Surroundings) throws -> RungPart? = { _, _ in nil }
    ) {
        self.raise = raise
        self.alarm = alarm
        self.part = part
    }
}
