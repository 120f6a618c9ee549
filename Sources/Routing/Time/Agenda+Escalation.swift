// Escalation on the agenda: the steps that are left of the policy that counts, the repetitions of its last one, and
// its end. What fell due together is one step, the highest.

import Foundation
import Incidents

extension RoutingTable {
    /// The escalation policy of an incident: the one that was chosen for its severity, or else the first that matches, in
    /// file order. Nil: none does.
    ///
    /// - Parameter clocks: the promises as they stand, for conditions on `sla`.
    public func escalationPolicy(of incident: Incident, clocks: SLAClocks?, now: Date) -> EscalationPolicy? {
        guard let first = rules.policies.first else { return nil }
        if let kept = keptPolicy(of: incident) { return kept }
        if first.match.conditions.isEmpty { return first }
        let event = Event(
            id: "", source: Event.ownSource, type: .escalation, time: now, incident: IncidentPatch(id: incident.id),
            change: Change(field: "level"))
        let facts = MatchFacts(
            event: event, incident: incident, severity: incident.severity(on: scale, assumed: assumedSeverity), now: now, sla: clocks)
        return rules.policies.first { $0.match.holds(facts) }
    }
}

extension IncidentAgenda {
    var escalation: [AgendaItem] {
        guard !course.isPaused, let policy = table.escalationPolicy(of: incident, clocks: clocks, now: now) else { return [] }
        if incident.acknowledged, policy.until == .acknowledged { return [] }
        return EscalationWalk(policy, incident: incident, severity: severity, now: now).items
    }
}

/// What is left of a policy for one incident.
struct EscalationWalk {
    /// Of repetitions that are yet to come, so many are listed.
    private static let listed = 10
    /// How long the last step waits for an answer at least, where it is not repeated.
    private static let patience: TimeInterval = 600

    private let policy: EscalationPolicy
    private let course: Course
    private let id: String
    private let rank: Int
    private let now: Date
    /// The clock was due to look at it some time ago, and did not.
    private let wasAway: Bool
    private let since: Date
    /// The first step that has not run.
    private let first: Int
    private let repeats: Int
    private let lastAt: Date?
    private let isUnheard: Bool
    private let isOver: Bool

    /// A step, or a repetition of it.
    private struct Moment {
        var at: Date
        var step: Int
        var repeats: Int
    }

    init(_ policy: EscalationPolicy, incident: Incident, severity: Severity, now: Date) {
        self.policy = policy
        self.now = now
        course = incident.course
        id = incident.id
        rank = severity.rank
        wasAway = incident.alarm.map { now.timeIntervalSince($0) > 60 } ?? false
        let state = course.escalation
        since = state?.since ?? course.started
        lastAt = state?.lastAt
        isUnheard = state?.isUnheard ?? false
        if let state, state.policy == policy.name {
            first = min(state.steps, policy.steps.count)
            repeats = state.repeats
            isOver = state.isOver
        } else {
            // Another policy ran before: what would have run by then counts as done.
            let (course, rank, since) = (course, severity.rank, since)
            let isLater = { (step: EscalationStep, last: Date) in
                step.after[rank].flatMap { course.date(after: $0, from: since) }.map { $0 > last } ?? false
            }
            first = state?.lastAt.map { last in policy.steps.firstIndex { isLater($0, last) } ?? policy.steps.count } ?? 0
            repeats = 0
            isOver = first == policy.steps.count && state?.isOver ?? false
        }
    }

    /// The steps that this severity has.
    private var applicable: [Int] { policy.steps.indices.filter { policy.steps[$0].after[rank] != nil } }

    var items: [AgendaItem] {
        if isOver { return [] }
        let applicable = applicable
        let remaining = applicable.filter { $0 >= first }
        guard let last = applicable.last, !remaining.isEmpty || lastAt != nil else { return [] }

        var moments = steps(remaining)
        let anchor = moments.last?.at ?? lastAt ?? now
        if isUnheard, !moments.isEmpty { moments[0].at = min(moments[0].at, lastAt ?? now) }
        let (repetitions, isComplete) = self.repetitions(of: last, after: anchor, isFirst: moments.isEmpty)
        moments += repetitions

        let due = moments.filter { $0.at <= now }
        var items = moments.filter { $0.at > now }.map { item($0) }
        if let highest = due.last { items.insert(item(highest, instead: Array(due.dropLast())), at: 0) }
        if isComplete, let end = end(applicable, after: moments.last?.at ?? anchor, isNext: moments.isEmpty, hasDue: !due.isEmpty) {
            items.append(end)
        }
        return items
    }

    /// Never a step before the one before it.
    private func steps(_ remaining: [Int]) -> [Moment] {
        var moments: [Moment] = []
        for step in remaining {
            guard let after = policy.steps[step].after[rank], let at = course.date(after: after, from: since) else { break }
            moments.append(Moment(at: max(at, moments.last?.at ?? at), step: step, repeats: 0))
        }
        return moments
    }

    /// They keep their distance, also where the one before reached nobody: what keeps a message back may be over by then.
    ///
    /// - Returns: also whether these are all.
    private func repetitions(of step: Int, after anchor: Date, isFirst: Bool) -> ([Moment], isComplete: Bool) {
        guard let repetition = policy.repetition, repetition.every > 0 else { return ([], true) }
        var moments: [Moment] = []
        var anchor = anchor
        var toCome = 0
        for number in stride(from: isFirst ? repeats + 1 : 1, through: repetition.times, by: 1) {
            guard let at = course.date(after: repetition.every, from: anchor) else { return (moments, false) }
            if at > now { toCome += 1 }
            if toCome > Self.listed { return (moments, false) }
            moments.append(Moment(at: at, step: step, repeats: number))
            anchor = at
        }
        return (moments, true)
    }

    /// The end of the policy, if nobody answers by then.
    private func end(_ applicable: [Int], after anchor: Date, isNext: Bool, hasDue: Bool) -> AgendaItem? {
        let afters = applicable.suffix(2).compactMap { policy.steps[$0].after[rank] }
        let between = afters.count == 2 ? afters[1] - afters[0] : afters.first ?? 0
        let wait = policy.repetition.flatMap { $0.times > 0 ? $0.every : nil } ?? max(Self.patience, between)
        guard var at = course.date(after: wait, from: anchor) else { return nil }
        // Where nothing is repeated, there is nobody whose answer could be waited for.
        if isNext, isUnheard, policy.repetition.map({ $0.times == 0 }) ?? true { at = min(at, lastAt ?? now) }
        // Whoever is told only now has as much time as everybody else.
        if hasDue { at = max(at, now.addingTimeInterval(wait)) }
        let heard = isNext && isUnheard ? "its last step reached nobody" : "nobody has answered"
        return AgendaItem(
            at: at, raised: .unanswered(policy: policy.name), reason: "escalation `\(policy.name)` is at its end, and \(heard)",
            message: "Escalation `\(policy.name)` of \(ClockText.oneLine(id)) has come to its end, and \(heard).")
    }

    private func item(_ moment: Moment, instead missed: [Moment] = []) -> AgendaItem {
        // A last step that was missed itself runs as itself; the repetitions that were missed with it count as done.
        let isAgain = moment.repeats > 0 && !missed.contains { $0.step == moment.step && $0.repeats == 0 }
        return AgendaItem(
            at: moment.at, raised: .step(policy: policy.name, step: moment.step, repeats: moment.repeats),
            reason: reason(moment, missed, isAgain: isAgain), isAgain: isAgain)
    }

    private func reason(_ moment: Moment, _ missed: [Moment], isAgain: Bool) -> String {
        var parts: [String] = []
        if isUnheard {
            let before = repeats > 0 ? first - 1 : applicable.last { $0 < first } ?? first - 1
            if before >= 0 { parts.append("step \(before + 1) reached nobody") }
        }
        let passed = ClockText.length(policy.steps[moment.step].after[rank] ?? 0)
        let nobody = policy.until == .acknowledged ? "nobody has acknowledged" : "it is not resolved"
        if isAgain {
            parts.append("\(nobody) since step \(moment.step + 1)")
        } else if !isUnheard {
            parts.append("\(nobody) after \(passed)")
        }
        let steps = missed.filter { $0.step != moment.step }.map(\.step)
        if !steps.isEmpty {
            parts.append(
                "\(ClockText.steps(steps)) fell due\(wasAway ? " while Tocsin was not running" : " as well, and \(steps.count == 1 ? "is" : "are") left out")"
            )
        }
        let again = missed.count { $0.step == moment.step && $0.repeats > 0 } + (isAgain || moment.repeats == 0 ? 0 : 1)
        if again > 0 { parts.append("\(again) \(again == 1 ? "repetition was" : "repetitions were") missed") }
        return parts.joined(separator: "; ")
    }
}
