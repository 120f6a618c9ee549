// Word that comes late: gathered for a moment, so that a backlog gives one message for each incident and address.

import Foundation
import Incidents

/// How late an event is.
struct Lateness {
    /// Seconds between its time and the decision.
    var seconds: TimeInterval

    /// Nil for events in time, and for those that are sent as they are whenever they come: broadcasts, operations, the
    /// clock's own.
    init?(_ facts: MatchFacts, after limit: TimeInterval) {
        let seconds = facts.now.timeIntervalSince(facts.event.time)
        guard seconds > limit, facts.incident != nil, facts.event.raised == nil, facts.event.source != Event.ownSource else { return nil }
        switch facts.event.type {
        case .broadcast, .operations: return nil
        default: self.seconds = seconds
        }
    }

    var text: String { "late by \(AgeText.text(seconds))" }
}

extension Holds {
    static let lateKey = "late"
    /// How long late words wait for others of the same incident, in seconds.
    private static let lateWait: TimeInterval = 2

    /// An end that is owed is not gathered: what is gathered is dropped where the incident has ended.
    func late(_ delivery: PlannedDelivery) -> Hold? {
        guard let lateness, facts.incident?.isOpen ?? false else { return nil }
        return Hold(
            kind: .late, key: Self.lateKey, until: now.addingTimeInterval(Self.lateWait),
            reason: "\(lateness.text): the newest of what is late is told")
    }

    func overtakenByTheEnd(_ incident: Incident) -> String {
        "\(lateness?.text ?? "late"), and \(quoted(incident.id)) is \(incident.status.rawValue)"
    }
}
