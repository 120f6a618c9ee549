// Requests to render: a full incident, a minimal one, and one of every type.

import Foundation
import Incidents
import JSON
import Rendering
import Testing

enum Samples {
    static let now = date("2026-11-24T03:58:00Z")

    static func date(_ text: String) -> Date { Timestamp.parse(text) ?? .distantPast }

    static let fullMembers: [String: JSONValue] = [
        "title": "Payments API failing", "description": "Checkout answers 502 for one request in three.", "severity": "critical",
        "status": "open", "service": "payments", "category": "database", "impact": "Customers cannot pay",
        "next_steps": "Fail over to the replica", "eta": "2026-11-24T05:00:00Z", "next_update_at": "2026-11-24T04:30:00Z",
        "url": "https://incidents.example/INC0012345?a=1&b=2", "runbook": "https://wiki.example/payments",
        "opened_at": "2026-11-24T03:50:00Z", "team": "network", "assignee": "duty-engineer", "reporter": "service-owner",
        "labels": ["region": "eu-west-1"],
    ]

    static func incident(_ members: [String: JSONValue], id: String = "INC0012345") -> Incident {
        var incident = Incident(id: id, firstSeen: date("2026-11-24T03:50:00Z"))
        incident.members = members
        return incident
    }

    /// What each type says beside the incident.
    static func event(_ type: EventType, incident: [String: JSONValue]?, id: String = "INC0012345") -> Event {
        var document: [String: JSONValue] = ["type": .string(type.rawValue), "extra": ["deep": ["er": "unknown member"]]]
        var change = Change(reason: "no acknowledgement within 8 min", by: "escalation-monitor")
        var message: String?
        var payload: [String: JSONValue]?
        switch type {
        case .statusChange: (change.field, change.from, change.to) = ("status", "open", incident?["status"]?.string ?? "in_progress")
        case .severityChange: (change.field, change.from, change.to) = ("severity", "medium", "critical")
        case .assignment: (change.field, change.from, change.to) = ("assignee", "service-owner", "duty-engineer")
        case .slaWarning, .slaBreach: change = Change(field: "acknowledge")
        case .reminder: change = Change(field: "update")
        case .update, .statusReport: message = "The replica is up.\nTraffic moves in 5 minutes."
        case .operations: message = "2 files were rejected.\nFirst: a.json, not_json at line 3."
        case .broadcast:
            payload = [
                "id": "b1", "audience": ["leadership"], "subject": "Payments are down", "message": "We are moving to the replica.",
                "by": "duty-engineer",
            ]
        case .approval: payload = ["broadcast": "b1", "by": "service-owner", "decision": "approve"]
        case .subscription: payload = ["action": "subscribe", "who": ["email": "x@example.com"], "id": "s1"]
        case .silence:
            payload = ["id": "x1", "action": "start", "until": "2026-11-24T06:00:00Z", "reason": "maintenance", "by": "service-owner"]
        case .absence: payload = ["who": "duty-engineer", "until": "2026-11-25T09:00:00Z", "deputy": "service-owner"]
        default: break
        }
        if let payload, let member = type.payloadMember { document[member] = .object(payload) }
        return Event(
            id: "e1", source: "monitor", type: type, time: date("2026-11-24T03:58:00Z"),
            incident: incident.map { IncidentPatch(id: id, members: $0) }, change: change, message: message, payload: payload,
            document: .object(document))
    }

    static func request(
        _ type: EventType, _ kind: ChannelKind, members: [String: JSONValue]? = fullMembers, template: String? = nil,
        timezone: String = "Europe/London", incident change: (inout Incident) -> Void = { _ in }
    ) -> RenderRequest {
        let members = type.needsIncident || type == .broadcast ? members : nil
        var incident = members.map { Self.incident($0) }
        if incident != nil {
            incident.map {
                var copy = $0; change(&copy); return copy
            }.map { incident = $0 }
        }
        return RenderRequest(
            kind: kind, template: template ?? type.rawValue, timezone: timezone, event: event(type, incident: members),
            incident: incident, severity: incident == nil ? nil : Severity(name: "critical", rank: 0), recipient: "Duty Engineer",
            routes: ["page-on-escalation"], delivery: "42", channel: "ops", now: now)
    }
}

extension RenderRequest: CustomTestStringConvertible {
    public var testDescription: String { "\(event.type.rawValue) \(kind.rawValue)" }
}

extension Message {
    var slack: JSONValue? { if case .slack(let payload) = content { payload } else { nil } }
    var teams: JSONValue? { if case .teams(let payload) = content { payload } else { nil } }
    var sms: String? { if case .sms(let text) = content { text } else { nil } }
    var email: (subject: String, text: String, html: String)? {
        if case .email(let subject, let text, let html) = content { (subject, text, html) } else { nil }
    }
}
