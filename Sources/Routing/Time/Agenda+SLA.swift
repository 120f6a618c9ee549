// Promises on the agenda: each warning and each breach once for each incident, target and start. And the communications
// gap: whoever speaks for the incident is reminded, twice, and then the operators are told.

import Foundation
import Incidents

extension RoutingTable {
    /// Warnings and breaches to come, or due.
    ///
    /// Where a warning and its breach are both due, the warning is one that was missed. Nothing is raised for a promise
    /// that was met or stands still.
    func slaEntries(of incident: Incident, clocks: SLAClocks, now: Date) -> [AgendaItem] {
        guard incident.isOpen, !incident.course.isPaused else { return [] }
        return clocks.clocks.filter(\.isRunning).flatMap { clock -> [AgendaItem] in
            guard let breachesAt = clock.breachesAt, !isRaised(.breach(clock.target), incident) else { return [] }
            let isMissed = breachesAt <= now
            let breach = AgendaItem(
                at: breachesAt, raised: .breach(clock.target), reason: isMissed ? Self.breached(clock, by: breachesAt, now: now) : nil,
                start: clock.start)
            guard let warnsAt = clock.warnsAt, warnsAt < breachesAt, !isRaised(.warning(clock.target), incident) else { return [breach] }
            let reason = isMissed ? "overtaken by the breach" : warnsAt <= now ? Self.promised(clock, by: breachesAt, now: now) : nil
            let raised = isMissed ? Raised.missedWarning(clock.target) : .warning(clock.target)
            return [AgendaItem(at: warnsAt, raised: raised, reason: reason, start: clock.start), breach]
        }
    }

    private func isRaised(_ raised: Raised, _ incident: Incident) -> Bool {
        raised.mark.map(incident.course.raised.contains) ?? false
    }

    private static func promised(_ clock: SLAClock, by date: Date, now: Date) -> String {
        let date = ClockText.moment(date, now: now)
        return switch clock.target {
        case .acknowledge: "nobody has acknowledged yet; promised by \(date)"
        case .resolve: "not resolved yet; promised by \(date)"
        case .update: "no word to stakeholders since \(ClockText.moment(clock.start, now: now)); the next is promised by \(date)"
        }
    }

    private static func breached(_ clock: SLAClock, by date: Date, now: Date) -> String {
        let date = ClockText.moment(date, now: now)
        let length = ClockText.length(clock.length)
        return switch clock.target {
        case .acknowledge: "nobody had acknowledged by \(date); promised within \(length)"
        case .resolve: "not resolved by \(date); promised within \(length)"
        case .update: "no word to stakeholders since \(ClockText.moment(clock.start, now: now)); one was promised within \(length)"
        }
    }
}

extension IncidentAgenda {
    /// The communications gap. A reminder that was late leaves as much time as any other: nobody has ignored what they
    /// were not told.
    var gap: [AgendaItem] {
        guard let clock = clocks?[.update], clock.isRunning, !course.isPaused, let breachesAt = clock.breachesAt,
            !course.raised.contains(Raised.gapIgnored.mark ?? "")
        else { return [] }
        let calendar = table.rules.sla[severity.rank]?.calendar
        var items: [AgendaItem] = []
        var last = course.remindedAt
        for number in (course.reminders + 1)...max(3, course.reminders + 1) {
            let next = last.map { course.date(after: clock.length, from: max($0, breachesAt), calendar: calendar) } ?? breachesAt
            guard let next else { break }
            last = max(next, now)
            items.append(AgendaItem(at: next, raised: number <= 2 ? .gap(number) : .gapIgnored, start: clock.start))
        }
        if let due = items.first, due.at <= now { items[0].say(ClockText.moment(clock.start, now: now), of: incident.id) }
        return items
    }
}

extension AgendaItem {
    /// Words for the communications gap.
    fileprivate mutating func say(_ since: String, of incident: String) {
        if raised == .gapIgnored {
            reason = "two reminders to the communication lead were ignored"
            message = "Stakeholders have heard nothing of \(incident) since \(since), and two reminders changed nothing."
        } else {
            reason = "stakeholders have heard nothing since \(since)"
            let isLast = raised == .gap(2)
            message =
                "Stakeholders have heard nothing of \(incident) since \(since). Send an update."
                + (isLast ? " This is the second reminder; after it, the operators are told." : "")
        }
    }
}
