// Digests to render: items as a hold releases them.

import Foundation
import Incidents
import JSON
import Rendering

extension Samples {
    /// What was held about one incident.
    ///
    /// - Parameters:
    ///   - minutes: before `now`, of its newest event.
    ///   - ended: minutes before `now`.
    static func item(
        _ id: String, _ severity: String, title: String = "Payments API failing", minutes: Double = 8, ended: Double? = nil, count: Int = 1,
        type: EventType = .escalation, members more: [String: JSONValue] = [:], acknowledgedBy: String? = nil
    ) -> DigestItem {
        var members: [String: JSONValue] = [
            "title": .string(title), "severity": .string(severity), "status": ended == nil ? "open" : "resolved", "service": "payments",
            "opened_at": "2026-11-24T03:10:00Z",
        ]
        members.merge(more) { $1 }
        var incident = incident(members, id: id)
        incident.acknowledgedBy = acknowledgedBy
        incident.acknowledged = acknowledgedBy != nil
        incident.course.endedAt = ended.map { now.addingTimeInterval(-$0 * 60) }
        var event = event(ended == nil ? type : .statusChange, incident: members, id: id)
        event.id = "event of \(id)"
        event.time = now.addingTimeInterval(-(ended ?? minutes) * 60)
        return DigestItem(event: event, incident: incident, severity: severity, count: count)
    }

    /// Three open ones, two that have ended and a notice, in no order.
    static var mixed: [DigestItem] {
        var notice = event(.operations, incident: nil)
        notice.message = "Channel ops-slack is back."
        return [
            item("INC4", "low", title: "Search is slow", acknowledgedBy: "duty-engineer"),
            item("INC7", "high", title: "Payments API", ended: 8, count: 2), item("INC2", "high", title: "Mail is late", minutes: 30),
            DigestItem(event: notice, incident: nil, severity: nil, count: 1),
            item("INC1", "critical", count: 4, members: ["url": "https://incidents.example/INC1?a=1&b=2"]),
            item("INC8", "medium", title: "Reports", ended: 3),
        ]
    }

    static func digest(_ kind: ChannelKind, _ items: [DigestItem]) -> RenderRequest {
        let newest = items.max { $0.event.time < $1.event.time }
        return RenderRequest(
            kind: kind, template: "digest", timezone: "Europe/London", event: newest?.event ?? event(.escalation, incident: nil),
            incident: nil, severity: nil, reopens: false, recipient: "Duty Engineer", routes: ["page-on-escalation"], delivery: "43",
            channel: "ops", now: now, digest: items, origin: "digest")
    }
}
