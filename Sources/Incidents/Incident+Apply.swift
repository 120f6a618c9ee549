// Merging an event into its incident: pure, and the only place where an incident changes.

import Foundation
import JSON

/// What an event did to its incident.
public struct Application: Sendable, Equatable {
    /// The incident afterwards.
    public var incident: Incident
    /// The event says something that its source has already said more recently: it is kept, but moves and routes nothing.
    public var isStale: Bool
    /// The incident was over, and this event opened it again.
    public var reopens: Bool
    /// The value before of what the event is about (status, severity, ...), for events that do not say it.
    public var previous: String?
    /// The incident was open, or unknown, and this event ended it.
    public var ends = false
    /// Of those of `Incident.responsibilities` that an assignment changed, what they were; empty: nobody.
    public var former: [String: String] = [:]
}

extension Incident {
    /// How far ahead of the router's clock a producer's may be before its times stop counting for order.
    static let toleratedLead: TimeInterval = 300

    /// The incident after an event. What it keeps is bounded, see `Incident.Limits`.
    ///
    /// - Parameters:
    ///   - incident: what is known so far; nil for a new one.
    ///   - now: the time of arrival.
    /// - Returns: nil where the event names no incident.
    public static func apply(_ event: Event, to incident: Incident?, now: Date) -> Application? {
        guard let patch = event.incident else { return nil }
        let isAhead = event.time.timeIntervalSince(now) > toleratedLead
        let time = isAhead ? now : event.time
        var after = incident ?? Incident(id: patch.id, firstSeen: time)
        if let raised = event.raised { return after.applied(raised, by: event, patch, at: time, now: now) }
        // Without an explicit time the order of arrival is the order.
        let explicit = event.timeIsExplicit ? time : nil

        let subject = event.subject
        let previous = event.subjectMember.flatMap { after.members[$0]?.scalarText }
        let carriesOldStatus = patch.members["status"] != nil && after.isOld("status", source: event.source, time: explicit)
        if after.isOld(subject, source: event.source, time: explicit) || carriesOldStatus {
            return Application(incident: after, isStale: true, reopens: false, previous: previous)
        }

        // In the order of their names: which are kept must not depend on chance.
        let changes = patch.members.sorted { $0.key < $1.key }
        let saysStatus = patch.members["status"] != nil
        let wasEnded = incident.map { $0.status.isEnded } ?? false
        for (name, value) in changes where !after.isOld(name, source: event.source, time: explicit) {
            // Only an explicit status reopens: taking it back does not.
            if name == "status", value.isNull, wasEnded { continue }
            guard after.merge(name, value) else { continue }
            after.note(name, source: event.source, time: explicit)
        }
        after.note(subject, source: event.source, time: explicit)
        after.updated = max(after.updated, time)

        let reopens = wasEnded && after.isOpen && saysStatus
        after.settleAcknowledgement(event, saysStatus: saysStatus, reopens: reopens)
        if reopens { after.reopened = true }
        if event.type == .escalation { after.level += 1 }
        after.moveCourse(event, at: time, now: now, before: incident, reopens: reopens)
        var application = Application(
            incident: after, isStale: false, reopens: reopens, previous: previous, ends: !wasEnded && !after.isOpen)
        if event.type == .assignment {
            for member in Self.responsibilities where after.text(member) != incident?.text(member) {
                application.former[member] = incident?.text(member) ?? ""
            }
        }
        return application
    }

    /// The members that say who answers for what.
    public static let responsibilities = ["assignee", "team", "communication_lead"]

    /// What the clock itself raised. It is never stale, has no place in what was said, and leaves the acknowledgement.
    private func applied(_ raised: Raised, by event: Event, _ patch: IncidentPatch, at time: Date, now: Date) -> Application {
        var after = self
        for (name, value) in patch.members.sorted(by: { $0.key < $1.key }) { _ = after.merge(name, value) }
        after.updated = max(updated, time)
        if event.type == .escalation { after.level += 1 }
        after.course.note(raised, due: time, now: now)
        return Application(incident: after, isStale: false, reopens: false, previous: nil)
    }

    /// An acknowledgement is a fact beside the status; an escalation and a reopening clear it (interfaces, section 8).
    private mutating func settleAcknowledgement(_ event: Event, saysStatus: Bool, reopens: Bool) {
        if event.type == .acknowledgement || (saysStatus && status.acknowledges && event.type != .escalation) {
            acknowledged = true
            acknowledgedBy = event.change.by ?? (reopens ? nil : acknowledgedBy)
        } else if event.type == .escalation || reopens {
            acknowledged = false
            acknowledgedBy = nil
        }
    }

    private func isOld(_ field: String, source: String, time: Date?) -> Bool {
        guard let time, let last = said[field]?[source] else { return false }
        return time < last
    }
}

extension Event {
    /// The field of the incident that this event is about, in whose history its time has a place.
    var subject: String {
        switch type {
        case .statusChange: "status"
        case .severityChange: "severity"
        case .assignment: change.field ?? (incident?.members["assignee"] != nil ? "assignee" : "team")
        case .escalation: "level"
        case .acknowledgement: "acknowledged"
        default: type.rawValue
        }
    }

    /// The incident's member that `change.to` stands for, where there is one.
    public var subjectMember: String? {
        switch type {
        case .statusChange: "status"
        case .severityChange: "severity"
        case .assignment where change.field == "communication_lead": "communication_lead"
        case .assignment where change.field == "team" || change.field == "assignee": change.field
        default: nil
        }
    }
}
