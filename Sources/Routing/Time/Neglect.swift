// Open incidents that nobody touches: when the operators are to hear of them. Not closed, only listed. Pure.
//
// The moments are marks, one a day, so that what comes to one day is one notice, and an incident that is touched often is not
// written down anew each time.

import Foundation
import Incidents
import JSON

/// When an incident counts as one that nobody touches.
public enum Neglect {
    /// Seconds without anybody's word. Tocsin's own reminders and reports are none.
    public static let after: TimeInterval = 30 * day
    /// Of a list, so many are named.
    public static let listed = 20

    private static let day: TimeInterval = 86_400
    /// 08:00 UTC.
    private static let hour: TimeInterval = 8 * 3_600

    /// The mark at which an incident is to be listed.
    ///
    /// - Parameter now: the list is not made before it, however old the last word was when it came.
    public static func mark(of incident: Incident, now: Date) -> Date { mark(atOrAfter: max(touched(incident) + after, now)) }

    /// The mark at which it is listed again, after it was at `now`.
    public static func mark(afterListingAt now: Date) -> Date {
        let mark = mark(atOrAfter: now)
        return (mark > now ? mark - day : mark) + after
    }

    /// Whether the word that changed one into the other moves the mark.
    public static func moves(_ before: Incident, _ incident: Incident) -> Bool {
        mark(atOrAfter: touched(before)) != mark(atOrAfter: touched(incident))
    }

    static func touched(_ incident: Incident) -> Date { incident.course.lastNews ?? incident.updated }

    private static func mark(atOrAfter time: Date) -> Date {
        Date(timeIntervalSince1970: ((time.timeIntervalSince1970 - hour) / day).rounded(.up) * day + hour)
    }
}

extension RoutingTable {
    /// What the operators are told of incidents that nobody has touched for long.
    ///
    /// - Parameters:
    ///   - incidents: the first of them.
    ///   - count: of all.
    public func neglected(_ incidents: [Incident], count: Int, now: Date) -> DueEvent {
        let head =
            count == 1
            ? "An incident is open, and nobody has touched it for 30 days."
            : "\(count) incidents are open, and nobody has touched them for 30 days."
        let lines = incidents.map { incident in
            let severity = incident.severity(on: scale, assumed: assumedSeverity).name
            let title = incident.text("title").map { " " + String(ClockText.oneLine($0).prefix(120)) } ?? ""
            return "\(ClockText.oneLine(incident.id))\(title) (\(severity)): \(ClockText.length(age(incident, now)))"
        }
        let rest = count > incidents.count ? ["… and \(count - incidents.count) more"] : []
        let advice = "`tocsin incidents` lists them. End what is over: tocsin send status_change --incident ID --status resolved"
        let event = Event.raised(
            .neglected, id: ["neglected", Timestamp.format(now)], time: now, incident: nil,
            message: ([head] + lines + rest + [advice]).joined(separator: "\n"),
            extra: ["neglected": ["count": .integer(count), "incidents": .array(incidents.map { document($0, now) })]])
        return DueEvent(event: event)
    }

    /// In whole minutes: it is counted in days.
    private func age(_ incident: Incident, _ now: Date) -> TimeInterval {
        (max(0, now.timeIntervalSince(Neglect.touched(incident))) / 60).rounded(.down) * 60
    }

    private func document(_ incident: Incident, _ now: Date) -> JSONValue {
        var out: [String: JSONValue] = [
            "id": .string(incident.id), "severity": .string(incident.severity(on: scale, assumed: assumedSeverity).name),
            "seconds": .integer(Int(age(incident, now))),
        ]
        out["title"] = incident.text("title").map(JSONValue.string)
        return .object(out)
    }
}
