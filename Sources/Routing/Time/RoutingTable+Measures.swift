// What an event adds to the figures of incidents: how long it took until somebody had it, and until it was over; and which
// promises were kept. Each is counted once, when it happens, by the severity of that moment.

import Foundation
import Incidents

/// Something that happened to an incident, for figures.
public struct Measure: Sendable, Equatable {
    public enum What: Sendable, Equatable {
        case opened
        case reopened
        /// For the first time.
        case escalated
        /// Seconds since it opened, or opened again.
        case acknowledged(TimeInterval)
        case resolved(TimeInterval)
        /// A promise came to its end.
        case promise(SLATarget, isKept: Bool)
    }

    public var what: What
    /// By name.
    public var severity: String

    public init(_ what: What, _ severity: String) {
        self.what = what
        self.severity = severity
    }
}

extension RoutingTable {
    /// - Parameters:
    ///   - application: what the event did; stale ones give nothing.
    ///   - before: the incident before it; nil: it is new.
    public func measures(of event: Event, _ application: Application?, before: Incident?, now: Date) -> [Measure] {
        guard let application, !application.isStale else { return [] }
        let after = application.incident
        var found: [Measure.What] = []
        if before == nil { found.append(.opened) }
        if application.reopens { found.append(.reopened) }
        if after.level > 0, before?.level ?? 0 == 0 { found.append(.escalated) }
        let had = application.reopens ? nil : before?.course.acknowledgedAt
        let acknowledges = had == nil && after.course.acknowledgedAt != nil
        if acknowledges, let at = after.course.acknowledgedAt { found.append(.acknowledged(at.timeIntervalSince(after.course.started))) }
        if application.ends, let at = after.course.endedAt { found.append(.resolved(at.timeIntervalSince(after.course.started))) }
        if !rules.sla.isEmpty { found += promises(event, application, before: before, acknowledges: acknowledges, had: had, now: now) }
        if found.isEmpty { return [] }
        let severity = after.severity(on: scale, assumed: assumedSeverity).name
        return found.map { Measure($0, severity) }
    }

    private func promises(
        _ event: Event, _ application: Application, before: Incident?, acknowledges: Bool, had: Date?, now: Date
    ) -> [Measure.What] {
        if case .breach(let target)? = event.raised { return [.promise(target, isKept: false)] }
        let after = application.incident
        let speaks = after.course.lastWord != before?.course.lastWord
        guard acknowledges || application.ends || speaks else { return [] }
        var found: [Measure.What] = []
        /// What was raised as breached has been counted.
        func end(_ clock: SLAClock?, in course: Course?) {
            guard let clock, !(course?.raised.contains(Raised.breach(clock.target).mark ?? "") ?? false) else { return }
            found.append(.promise(clock.target, isKept: clock.state != .breached))
        }
        let clocks = clocks(of: after, now: now)
        if acknowledges || application.ends && had == nil { end(clocks?[.acknowledge], in: after.course) }
        if application.ends {
            end(clocks?[.resolve], in: after.course)
            end(clocks?[.update], in: after.course)
        } else if speaks, let before, !application.reopens {
            end(self.clocks(of: before, now: min(now, event.time))?[.update], in: before.course)
        }
        return found
    }
}
