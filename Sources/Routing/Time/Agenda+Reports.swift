// Automatic status reports on the agenda, and what they say.

import Foundation
import Incidents

extension IncidentAgenda {
    /// The next report: none is made where somebody has just spoken. Those that were missed are one.
    var report: [AgendaItem] {
        guard let rule = table.rules.reports[severity.rank], rule.every > 0 else { return [] }
        let last = [course.started, course.lastReport, course.lastWord].compactMap { $0 }.max() ?? course.started
        let at = last.addingTimeInterval(rule.every)
        let message = at <= now ? StatusReport(self, next: now.addingTimeInterval(rule.every)).text : nil
        return [AgendaItem(at: at, raised: .report, reason: "every \(ClockText.length(rule.every))", message: message)]
    }
}

/// A report in plain English, from what is known.
struct StatusReport {
    private let incident: Incident
    private let severity: String
    private let now: Date
    /// When the next one comes.
    private let next: Date

    init(_ agenda: IncidentAgenda, next: Date) {
        incident = agenda.incident
        severity = agenda.severity.name
        now = agenda.now
        self.next = next
    }

    var text: String {
        ([state, acknowledgement] + [fact("Impact", "impact"), fact("Next steps", "next_steps"), eta, news, promise])
            .compactMap { $0 }.joined(separator: " ")
    }

    private var state: String {
        let name = known("title").map { "\(incident.id), \($0)," } ?? incident.id
        let status =
            switch incident.status {
            case .inProgress: "in progress"
            case .onHold: "on hold"
            default: incident.status.rawValue
            }
        let age = ClockText.length(roundedToMinutes(now.timeIntervalSince(incident.course.started)))
        let again = incident.reopened ? "open again" : "open"
        return "\(name) is \(status) at severity \(severity); it has been \(again) for \(age)."
    }

    private var acknowledgement: String? {
        guard incident.acknowledged else { return "Nobody has acknowledged it yet." }
        return incident.acknowledgedBy.map { "\($0) has it." }
    }

    private func fact(_ name: String, _ member: String) -> String? { known(member).map { sentence("\(name): \($0)") } }

    private var eta: String? {
        guard let text = known("eta") else { return nil }
        guard let date = Timestamp.parse(text) else { return sentence("It is expected to end: \(text)") }
        let moment = ClockText.moment(date, now: now)
        return date > now ? "It is expected to end by \(moment)." : "It was expected to end by \(moment)."
    }

    /// Honest about there being none.
    private var news: String? {
        let course = incident.course
        guard let said = [course.lastReport, course.lastWord].compactMap({ $0 }).max(), let last = course.lastNews, last <= said
        else { return nil }
        return "Nothing new since \(ClockText.moment(last, now: now))."
    }

    private var promise: String { "The next word comes by \(ClockText.moment(next, now: now))." }

    private func known(_ member: String) -> String? {
        // A report is sentences: what producers write must not look like lines of its own.
        let text = incident.members[member]?.scalarText.map(ClockText.oneLine)
        return text?.isEmpty ?? true ? nil : text
    }

    private func sentence(_ text: String) -> String { text.last.map { ".!?…".contains($0) } ?? true ? text : text + "." }

    private func roundedToMinutes(_ seconds: TimeInterval) -> TimeInterval {
        seconds < 60 ? seconds : (seconds / 60).rounded(.down) * 60
    }
}
