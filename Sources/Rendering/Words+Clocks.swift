// What the clock has to say: promises at risk and broken, reminders, steps of an escalation, the ends of silences.

import Foundation
import Incidents
import JSON

extension Words {
    /// `Not acknowledged yet, 3 min left`; without the clock, only that the target is at risk.
    static func warning(_ facts: Facts) -> String {
        guard let clock = facts.promise, clock.metAt == nil, !facts.isOver else {
            return "\(capitalized(target(facts.change.field))) target at risk"
        }
        let left = ClockWords.left(clock, now: facts.request.now).map { ", \($0) left" } ?? ""
        return "\(unkept(clock.target)) yet\(left)"
    }

    /// `Not acknowledged within 15 min`; without the clock, only that the target was missed.
    static func breach(_ facts: Facts) -> String {
        guard let clock = facts.promise else { return "\(capitalized(target(facts.change.field))) target missed" }
        return "\(unkept(clock.target)) within \(duration(clock.length))"
    }

    /// `Promised within 15 min, by 04:05 GMT, in 3 min`: the facts behind a warning or a breach.
    static func promise(_ facts: Facts) -> String? {
        guard let clock = facts.promise else { return nil }
        var line = "Promised within \(duration(clock.length))"
        if let breachesAt = clock.breachesAt { line += ", by \(moment(breachesAt, clock: facts.clock, now: facts.request.now))" }
        if let metAt = clock.metAt { return "\(line); done at \(time(metAt, clock: facts.clock, now: facts.request.now))" }
        if clock.target == .update { line += "; last word at \(time(clock.start, clock: facts.clock, now: facts.request.now))" }
        return clock.isPaused ? "\(line); stands still (on hold)" : line
    }

    private static func unkept(_ target: SLATarget) -> String {
        switch target {
        case .acknowledge: "Not acknowledged"
        case .resolve: "Not resolved"
        case .update: "No word to stakeholders"
        }
    }

    static func escalation(_ facts: Facts) -> String {
        if facts.isOwn, let level = facts.change.to { return "Escalated to level \(level)" }
        return (facts.request.incident?.level ?? 0) > 1 ? "Escalated again" : "Escalated"
    }

    static func reminder(_ facts: Facts) -> String {
        switch facts.change.field {
        case "update":
            guard let clock = facts.request.sla?[.update], clock.metAt == nil else { return "Reminder: an update is due" }
            return "No word to stakeholders for \(duration(facts.request.now.timeIntervalSince(clock.start)))"
        case "repeat":
            guard let incident = facts.request.incident else { return "Reminder" }
            if !incident.isOpen { return "Reminder" }
            let age = duration(facts.request.now.timeIntervalSince(incident.course.started))
            return "Still \(status(incident.status)) after \(age)\(incident.acknowledged ? "" : ", and nobody has it")"
        case "still_open":
            guard let incident = facts.request.incident, incident.isOpen else { return "Silence ended" }
            return incident.acknowledged ? "Still \(status(incident.status))" : "Still open, and nobody has it"
        case "silence": return silenceEnd(facts)
        case "flapping": return "Comes and goes"
        case "calm": return "Calm again"
        default: return "Reminder"
        }
    }

    /// `Your silence x1 ends at 06:00 GMT`.
    private static func silenceEnd(_ facts: Facts) -> String {
        let silence = facts.request.event.document["silence"]
        let name = facts.line(silence?["id"]).map { "Your silence \($0)" } ?? "Your silence"
        let until = silence?["until"]?.string.flatMap(Timestamp.parse)
        if facts.isSilenceOver { return "\(name) ended at \(time(facts.request.event.time, clock: facts.clock, now: facts.request.now))" }
        return until.map { "\(name) ends at \(time($0, clock: facts.clock, now: facts.request.now))" } ?? "\(name) is about to end"
    }

    /// The line under the headline for what the clock raised; the outer nil: not its own words.
    static func clockLine(_ facts: Facts) -> String?? {
        switch facts.request.event.type {
        case .slaWarning, .slaBreach: return promise(facts).map { .some($0) } ?? nil
        case .escalation where facts.isOwn: return .some(facts.change.reason.map(capitalized))
        case .reminder where facts.isOwn:
            // A message says it already, in whole sentences.
            return .some(facts.message == nil ? facts.change.reason.map(capitalized) : nil)
        case .statusReport where facts.isOwn: return .some(nil)
        default: return nil
        }
    }

    /// What a warning, a breach or a reminder expects; nil: the same as any other event.
    static func clockExpected(_ facts: Facts, isShort: Bool) -> String? {
        let type = facts.request.event.type
        guard type == .slaWarning || type == .slaBreach || type == .reminder else { return nil }
        let command = isShort ? nil : facts.quotedID.map { "tocsin send update --incident \($0) --set message=\"...\"" }
        switch facts.change.field {
        case "silence":
            return facts.isSilenceOver ? nothingToDo : "Nothing to do, unless it is to go on."
        case _ where facts.isOver: return nothingToDo
        case "update": return "Tell the stakeholders\(command.map { ": \($0)" } ?? ".")"
        case "resolve": return "Resolve it, or say when\(command.map { ": \($0)" } ?? ".")"
        default: return nil
        }
    }

    static func capitalized(_ word: String) -> String { word.prefix(1).uppercased() + word.dropFirst() }

    /// Why the reader hears this, where no route says so; nil where nothing needs to be said.
    static func why(_ facts: Facts) -> String? {
        switch facts.request.origin {
        case "owed": "You hear this because you were told of it before."
        case "subscription": "You hear this because you subscribed to it."
        default: nil
        }
    }
}

extension Facts {
    /// Made by Tocsin itself.
    var isOwn: Bool { request.event.source == Event.ownSource }

    /// There is an incident, and it has ended.
    var isOver: Bool { request.incident.map { !$0.isOpen } ?? false }

    /// The promise that a warning or a breach is about, as it stands now.
    var promise: SLAClock? { change.field.flatMap(SLATarget.init).flatMap { request.sla?[$0] } }

    /// A reminder about a silence: it has ended. Its id says so; one that was ended early has its `until` still to come.
    var isSilenceOver: Bool {
        if request.event.id.contains("/ended/") { return true }
        return request.event.document["silence"]?["until"]?.string.flatMap(Timestamp.parse).map { $0 <= request.event.time } ?? false
    }
}
