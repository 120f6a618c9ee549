// What a digest says of one incident.

import Foundation

/// One entry of a digest: an incident with everything that was held about it, or one event without an incident.
public struct DigestItem: Sendable {
    /// The newest event that was held.
    public var event: Event
    /// The incident as it is when the digest goes out; nil for events without one.
    public var incident: Incident?
    /// The severity's name, as it is when the digest goes out.
    public var severity: String?
    /// How many messages were held about it.
    public var count: Int

    public init(event: Event, incident: Incident?, severity: String?, count: Int) {
        self.event = event
        self.incident = incident
        self.severity = severity
        self.count = count
    }
}
