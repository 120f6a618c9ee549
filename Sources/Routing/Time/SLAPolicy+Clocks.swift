// How the promises of an incident stand. Pure: the present severity's promises, held against the incident's course. So a
// severity that changes is judged at once by its own promises, from the same start.

import Foundation
import Incidents

extension SLAPolicy {
    /// The clocks of an incident at a moment.
    ///
    /// - `acknowledge` and `resolve` run from the opening or the latest reopening, `update` from the last word to
    ///   stakeholders since then; all stand still while the incident is on hold.
    /// - `acknowledge` is met by the first acknowledgement, all are met by the end. A promise that was met in time is `ok`,
    ///   also where it had been at risk; one that was not stays `breached`.
    /// - At the very moment of the deadline it is breached, at the very moment of the warning at risk.
    /// - With `warnAt` 1 there is no warning: `warnsAt` is nil.
    ///
    /// Deadlines are whole microseconds, so that an alarm that the ledger has kept is due when it rings.
    public func clocks(of incident: Incident, now: Date) -> SLAClocks {
        SLAClocks(
            SLATarget.allCases.compactMap { target in
                guard let length = length(target), let amount = length.wholeMicroseconds else { return nil }
                return clock(target, length, amount, incident.course, now)
            })
    }

    private func clock(_ target: SLATarget, _ length: TimeInterval, _ amount: Int, _ course: Course, _ now: Date) -> SLAClock {
        let start = target == .update ? course.lastWord ?? course.started : course.started
        let met = course.met(target)
        // What came after it was met does not move its deadline.
        let pauses = met.map { met in course.pauses.filter { $0.from < met } } ?? course.pauses
        var walk = PromiseWalk(calendar, from: start, pauses: pauses)
        let untilWarning = warnAt < 1 ? min(amount, (length * warnAt).wholeMicroseconds ?? amount) : nil
        let warnsAt = untilWarning.flatMap { walk.reach($0) }
        // Where it is not reached, a walk stands still, and comes no further.
        let breachesAt = untilWarning != nil && warnsAt == nil ? nil : walk.reach(amount - (untilWarning ?? 0))

        let state: SLAState
        if let breachesAt, (met ?? now) >= breachesAt {
            state = .breached
        } else if met == nil, let warnsAt, now >= warnsAt {
            state = .atRisk
        } else {
            state = .ok
        }
        return SLAClock(
            target: target, state: state, start: start, length: length, warnsAt: warnsAt, breachesAt: breachesAt, metAt: met,
            isPaused: met == nil && course.isPaused(at: now))
    }
}

extension Course {
    /// When a promise was met.
    fileprivate func met(_ target: SLATarget) -> Date? {
        guard target == .acknowledge, let acknowledgedAt else { return endedAt }
        return endedAt.map { min($0, acknowledgedAt) } ?? acknowledgedAt
    }

    fileprivate func isPaused(at now: Date) -> Bool {
        pauses.contains { pause in pause.from <= now && pause.until.map { now < $0 } ?? true }
    }
}

extension RoutingTable {
    /// The clocks of an incident by the promises for its severity; nil where nothing is promised.
    public func clocks(of incident: Incident, now: Date) -> SLAClocks? {
        rules.sla.isEmpty ? nil : rules.sla[incident.severity(on: scale, assumed: assumedSeverity).rank]?.clocks(of: incident, now: now)
    }
}
