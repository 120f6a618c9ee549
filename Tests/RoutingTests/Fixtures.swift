// One incident and the events about it, for every table in this folder.

import Foundation
import Incidents
import JSON

@testable import Routing

let noon = Date(timeIntervalSince1970: 1_795_521_600)  // 2026-11-24T12:00:00Z, a Tuesday

func time(_ text: String) throws -> Date {
    guard let date = Timestamp.parse(text) else { throw MatchError(message: "no time: \(text)") }
    return date
}

/// An incident that has everything, opened 45 minutes before noon.
func incident(_ changes: [String: JSONValue] = [:]) -> Incident {
    var incident = Incident(id: "INC0012345", firstSeen: noon.addingTimeInterval(-2_700))
    incident.members = [
        "severity": "critical", "status": "in_progress", "service": "Payments-API", "category": "database", "team": "network",
        "assignee": "duty-engineer", "reporter": "service-owner", "labels": ["region": "eu-west-1", "tier": 1],
    ]
    for (name, value) in changes {
        if value.isNull { incident.members.removeValue(forKey: name) } else { incident.members[name] = value }
    }
    return incident
}

func event(_ type: EventType, _ change: Change = Change(), source: String = "monitor") -> Event {
    Event(
        id: "e1", source: source, type: type, time: noon,
        incident: type.needsIncident ? IncidentPatch(id: "INC0012345") : nil, change: change)
}

func application(_ incident: Incident = incident(), isStale: Bool = false, previous: String? = nil) throws -> Application {
    // The real thing, from an event that changes nothing: the incident stays as it is given.
    let patch = IncidentPatch(id: incident.id)
    let update = Event(id: "a", source: "fixture", type: .update, time: incident.firstSeen, timeIsExplicit: false, incident: patch)
    guard var application = Incident.apply(update, to: incident, now: noon) else { throw MatchError(message: "not applied") }
    application.isStale = isStale
    application.previous = previous
    return application
}

func facts(
    _ event: Event = event(.escalation), _ incident: Incident? = incident(), previous: String? = nil, now: Date = noon
) -> MatchFacts {
    let scale = SeverityScale.standard
    return MatchFacts(
        event: event, incident: incident, severity: incident.map { $0.severity(on: scale, assumed: scale.mostUrgent) },
        previous: previous, now: now)
}

func match(_ conditions: KeyValuePairs<String, [String]>) throws -> Match {
    Match(conditions: try conditions.map { try Condition(member: $0.key, values: $0.value, scale: .standard) })
}

let slack = ChannelFacts(name: "ops-slack", kind: .slack, ownAddress: "https://hooks.slack.com/…", takesAddresses: false)
let bot = ChannelFacts(name: "bot", kind: .slack, ownAddress: "C0123456", takesAddresses: true)
let mail = ChannelFacts(name: "mail", kind: .email, ownAddress: nil, takesAddresses: true)
let sms = ChannelFacts(name: "sms", kind: .sms, ownAddress: nil, takesAddresses: true)

func entry(_ text: String) throws -> RecipientEntry {
    try RecipientEntry.parse(text, channels: ["ops-slack", "bot", "mail", "sms"])
}

func directory(teams: [String: [String]] = [:]) throws -> Directory {
    var teams = teams
    teams["payments"] = teams["payments"] ?? ["duty-engineer", "service-owner", "ops-slack"]
    teams["network"] = teams["network"] ?? ["duty-engineer"]
    return Directory(
        people: [
            "duty-engineer": Person(
                id: "duty-engineer", displayName: "Duty Engineer", addresses: [.email: "duty@example.com", .sms: "+447700900123"],
                via: ["ops-slack", "sms", "mail"], timezone: "Asia/Kolkata", language: "en"),
            "service-owner": Person(
                id: "service-owner", displayName: "Service Owner", addresses: [.email: "owner@example.com"], via: ["mail"]),
            "mute": Person(id: "mute", addresses: [.email: "mute@example.com"]),
            "lost": Person(id: "lost", via: ["mail", "sms"]),
        ],
        teams: try teams.mapValues { try $0.map(entry) },
        channels: ["ops-slack": slack, "bot": bot, "mail": mail, "sms": sms],
        communicationLeads: ["critical": ["service-owner", "duty-engineer"], "high": ["nobody"]])
}

func table(
    _ routes: [Route], unrouted: [String] = [], operators: [String] = [], teams: [String: [String]] = [:]
) throws -> RoutingTable {
    RoutingTable(
        routes: routes, directory: try directory(teams: teams), scale: .standard, assumedSeverity: SeverityScale.standard.mostUrgent,
        unrouted: try unrouted.map(entry), operators: try operators.map(entry))
}

func route(
    _ name: String, _ conditions: KeyValuePairs<String, [String]> = [:], to: [String], isUrgent: Bool = false, stops: Bool = false,
    template: String? = nil, during: BusinessCalendar? = nil, outside: BusinessCalendar? = nil, expire: TimeInterval? = nil,
    retryFor: TimeInterval? = nil
) throws -> Route {
    Route(
        name: name, match: try match(conditions), to: try to.map(entry), isUrgent: isUrgent, stops: stops, template: template,
        during: during, outside: outside, expire: expire, retryFor: retryFor)
}
