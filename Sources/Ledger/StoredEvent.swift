// An event as the ledger keeps it: with what it did, and the incident as it was right afterwards.

import Foundation
import Incidents

/// An event in the ledger. A class, because all the deliveries of one event share it.
public final class StoredEvent: Sendable {
    /// The place in the ledger's order, from 1.
    public let sequence: Int64
    public let event: Event
    /// After the event; nil for events without an incident.
    public let incident: Incident?
    /// The severity's name at that time.
    public let severity: String?
    /// The value before, of what the event changed.
    public let previous: String?
    public let reopens: Bool
    public let receivedAt: Date

    public init(
        sequence: Int64, event: Event, incident: Incident?, severity: String?, previous: String? = nil, reopens: Bool = false,
        receivedAt: Date
    ) {
        self.sequence = sequence
        self.event = event
        self.incident = incident
        self.severity = severity
        self.previous = previous
        self.reopens = reopens
        self.receivedAt = receivedAt
    }
}
