// An incident for programs: `tocsin incidents --json` and `GET /v1/incidents` say the same.

import Foundation
import Incidents
import JSON
import Routing
import Settings

/// Incidents as programs read them.
public enum IncidentFacts {
    /// What is known, under our names first; the incident's own members by theirs, where those are not taken.
    public static func line(_ incident: Incident, _ configuration: RouterConfiguration, now: Date) -> JSONLine {
        func time(_ date: Date?) -> JSONValue { date.map { .string(Timestamp.format($0)) } ?? .null }
        func text(_ member: String) -> JSONValue { incident.text(member).flatMap { $0.isEmpty ? nil : $0 }.map(JSONValue.string) ?? .null }
        let table = configuration.table
        let ours: KeyValuePairs<String, JSONValue> = [
            "id": .string(incident.id), "status": .string(incident.status.rawValue), "opened_at": time(incident.openedAt),
            "acknowledged": .bool(incident.acknowledged), "acknowledged_by": incident.acknowledgedBy.map(JSONValue.string) ?? .null,
            "acknowledged_at": time(incident.acknowledged ? incident.course.acknowledgedAt : nil),
            "ended_at": time(incident.course.endedAt), "reopened": .bool(incident.reopened), "level": .integer(incident.level),
            "updated_at": time(incident.updated), "assignee": text("assignee"), "team": text("team"),
            "communication_lead": text("communication_lead"), "checklist": incident.members["checklist"] ?? .array([]),
            "sla": json(table.clocks(of: incident, now: now)),
            "next": json(table.agenda(of: incident, now: now)),
        ]
        var line = JSONLine(ours)
        let taken = Set(ours.map(\.key))
        for name in incident.members.keys.sorted() where !taken.contains(name) { line.add(name, incident.members[name] ?? .null) }
        return line
    }

    /// By target: `state`, `started_at`, `warns_at`, `breaches_at`, `met_at`, `paused`. Empty where nothing is promised.
    public static func json(_ clocks: SLAClocks?) -> JSONValue {
        func time(_ date: Date?) -> JSONValue { date.map { .string(Timestamp.format($0)) } ?? .null }
        var members: [String: JSONValue] = [:]
        for clock in clocks?.clocks ?? [] {
            members[clock.target.rawValue] = [
                "state": .string(clock.state.rawValue), "started_at": time(clock.start), "warns_at": time(clock.warnsAt),
                "breaches_at": time(clock.breachesAt), "met_at": time(clock.metAt), "paused": .bool(clock.isPaused),
            ]
        }
        return .object(members)
    }

    /// A list of `at` and `what`.
    public static func json(_ agenda: [AgendaEntry]) -> JSONValue {
        .array(agenda.map { ["at": .string(Timestamp.format($0.at)), "what": .string($0.what)] })
    }
}
