// How events move the course of an incident. Times are the producers', and so may be anything: a course stays consistent
// whatever they are. Nothing in it lies before its start, pauses do not overlap, and a new start, a new word and a new
// arming of the escalation policy are always later than the one before, so that what is raised since then has a new name.

import Foundation

extension Incident {
    /// Takes over what an event of somebody else's means for the course; called after everything else was taken over.
    ///
    /// - Parameters:
    ///   - time: the event's, as it counts for the incident.
    ///   - before: the incident before the event; nil for a new one.
    mutating func moveCourse(_ event: Event, at time: Date, now: Date, before: Incident?, reopens: Bool) {
        let wasEnded = before?.status.isEnded ?? false
        if reopens {
            course.restart(at: time)
        } else if !reopened, before == nil || event.incident?.members["opened_at"] != nil, course.isUntouched {
            // Nobody can know of an incident before it has opened.
            course.begin(at: min(openedAt, max(time, now)))
        }

        let isEnded = status.isEnded
        if isEnded, !wasEnded { course.end(at: time) }
        if !isEnded {
            if status == .onHold { course.hold(at: time) } else { course.resume(at: time) }
        }

        if acknowledged, course.acknowledgedAt == nil { course.acknowledge(at: time) }
        if event.type == .escalation, !isEnded, before?.acknowledged ?? false || course.escalation?.isOver ?? false {
            course.rearm(at: time)
        }
        course.hear(event, at: time, now: now)
    }

    /// Remembers that routes have told of the incident, for those that tell again (`repeat`).
    ///
    /// - Parameter routes: names of routes with `repeatEvery`. More than `Course.Limits.repeats` are not remembered: what
    ///   was told longest ago is forgotten, and not told again.
    public mutating func noteTold(_ routes: [String], at now: Date) {
        guard isOpen else { return }
        for route in routes {
            course.repeats[route] = max(now.wholeMicroseconds, course.repeats[route] ?? .distantPast)
            if course.repeats.count > Course.Limits.repeats,
                let oldest = course.repeats.min(by: { ($0.value, $0.key) < ($1.value, $1.key) })
            {
                course.repeats[oldest.key] = nil
            }
        }
    }
}

extension Course {
    /// The least distance between two moments that must have different names.
    private static let step: TimeInterval = 0.001

    /// On hold: the clocks stand still.
    public var isPaused: Bool { pauses.last.map { $0.until == nil } ?? false }

    /// Nothing has been raised yet, so the start may still be corrected.
    fileprivate var isUntouched: Bool { raised.isEmpty && escalation == nil && lastReport == nil && reminders == 0 }

    /// Corrects the start; what lay before it is at the start now.
    fileprivate mutating func begin(at time: Date) {
        started = time
        pauses = pauses.compactMap { pause in
            if let until = pause.until, until <= time { return nil }
            return Pause(from: max(pause.from, time), until: pause.until)
        }
        acknowledgedAt = acknowledgedAt.map { max($0, time) }
        endedAt = endedAt.map { max($0, time) }
        lastWord = lastWord.map { max($0, time) }
    }

    fileprivate mutating func restart(at time: Date) {
        let turns = turns
        let flappingSince = flappingSince
        let lead = lead
        self = Course(started: max(time, started.addingTimeInterval(Self.step).wholeMicroseconds, endedAt ?? time))
        self.turns = turns
        self.flappingSince = flappingSince
        self.lead = lead
        turn(at: time)
    }

    fileprivate mutating func end(at time: Date) {
        resume(at: time)
        endedAt = max(time, acknowledgedAt ?? started, pauses.last?.until ?? started, started)
        turn(at: time)
    }

    private mutating func turn(at time: Date) {
        turns.append(max(time, turns.last ?? time))
        if turns.count > Limits.turns { turns.removeFirst(turns.count - Limits.turns) }
    }

    fileprivate mutating func hold(at time: Date) {
        guard !isPaused else { return }
        pauses.append(Pause(from: max(time, started, pauses.last?.until ?? started)))
        guard pauses.count > Limits.pauses, let second = pauses[1].until, let first = pauses[0].until else { return }
        // As much time is left out as before, only a little later.
        let length = first.timeIntervalSince(pauses[0].from)
        pauses.replaceSubrange(0...1, with: [Pause(from: pauses[1].from.addingTimeInterval(-length).wholeMicroseconds, until: second)])
    }

    fileprivate mutating func resume(at time: Date) {
        guard isPaused, let from = pauses.last?.from else { return }
        pauses.removeLast()
        if time > from { pauses.append(Pause(from: from, until: time)) }
    }

    fileprivate mutating func acknowledge(at time: Date) {
        acknowledgedAt = min(max(time, started), endedAt ?? .distantFuture)
    }

    /// The policy begins anew.
    fileprivate mutating func rearm(at time: Date) {
        let before = (escalation?.since ?? started).addingTimeInterval(Self.step).wholeMicroseconds
        escalation = Escalation(policy: "", since: max(time, before))
    }

    /// News, and whether stakeholders hear of them.
    fileprivate mutating func hear(_ event: Event, at time: Date, now: Date) {
        let said = [lastWord, lastReport].compactMap { $0 }.max() ?? .distantPast
        // What comes late is new all the same.
        lastNews = max(time > said ? time : now.wholeMicroseconds, lastNews ?? .distantPast)
        if event.type == .update || event.type == .broadcast { speak(at: time) }
    }

    /// A word to stakeholders: the clock of `update` starts anew.
    private mutating func speak(at time: Date) {
        let time = max(time, started)
        if let lastWord, time < lastWord.addingTimeInterval(Self.step) { return }
        lastWord = time
        reminders = 0
        remindedAt = nil
        for mark in [Raised.warning(.update), .breach(.update), .gapIgnored].compactMap(\.mark) { raised.remove(mark) }
    }

    /// After the clock was set back: no step has run later than now, or the next would wait until the clock is there again.
    public mutating func recallFromFuture(now: Date) {
        if let last = escalation?.lastAt, last > now { escalation?.lastAt = now.wholeMicroseconds }
    }

    /// Takes over that the clock has raised something.
    ///
    /// - Parameter now: when it did, not when it fell due: whoever hears of it late has as much time as everybody else.
    mutating func note(_ what: Raised, due: Date, now: Date) {
        let now = now.wholeMicroseconds
        if let mark = what.mark { raised.insert(mark) }
        switch what {
        case .step(let policy, let step, let repeats):
            var state = escalation ?? Escalation(policy: policy, since: started)
            state.steps = state.policy == policy ? max(state.steps, step + 1) : step + 1
            state.policy = policy
            state.repeats = repeats
            state.lastAt = max(now, state.lastAt ?? now)
            state.isUnheard = false
            state.isOver = false
            escalation = state
        case .unanswered(let policy):
            if escalation == nil { escalation = Escalation(policy: policy, since: started) }
            escalation?.isOver = true
            escalation?.isUnheard = false
        case .gap(let number):
            reminders = max(reminders, number)
            remindedAt = max(now, remindedAt ?? now)
        case .report:
            let time = max(now, lastReport ?? now)
            speak(at: time)
            lastReport = time
        case .again(let route): repeats[route] = max(due, repeats[route] ?? due)
        case .flapping: flappingSince = due
        case .calm:
            flappingSince = nil
            // They are over and done with, also where the clock is set back.
            turns = []
        case .warning, .missedWarning, .breach, .gapIgnored, .stillOpen, .silenceEnding, .silenceEnded: break
        case .lead:
            let person = lead?.person
            lead?.told = person
        case .response: response?.isTold = true
        case .handover, .approvalWanted, .broadcastOver, .addressLost, .heartbeat, .neglected: break
        }
    }
}

extension Date {
    /// As the ledger keeps it.
    var wholeMicroseconds: Date { Date(timeIntervalSince1970: Double(Timestamp.microseconds(self)) / 1_000_000) }
}
