// A filter over events: a map whose members must all hold.

import Foundation
import Incidents

/// A condition that cannot be understood; the message says what would be right.
public struct MatchError: Error, Sendable, Equatable {
    public var message: String
}

/// What conditions look at.
public struct MatchFacts: Sendable {
    public var event: Event
    /// After the event.
    public var incident: Incident?
    public var severity: Severity?
    /// The value before of what the event is about, where the event does not say it.
    public var previous: String?
    public var now: Date

    public init(event: Event, incident: Incident?, severity: Severity?, previous: String? = nil, now: Date) {
        self.event = event
        self.incident = incident
        self.severity = severity
        self.previous = previous
        self.now = now
    }
}

/// One member of a match.
public struct Condition: Sendable {
    /// The member as written, for instance `labels.region`.
    public let member: String
    /// The values as written.
    public let values: [String]

    /// - Throws: `MatchError` for an unknown member, a severity that the scale lacks, a bad pattern or comparison.
    public init(member: String, values: [String], scale: SeverityScale) throws(MatchError) {
        self.member = member
        self.values = values
    }
}

/// All conditions of a route or silence.
public struct Match: Sendable {
    public var conditions: [Condition]

    public init(conditions: [Condition] = []) { self.conditions = conditions }
}
