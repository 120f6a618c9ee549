// What the clock has to say: promises at risk and broken, reminders, steps of an escalation, the ends of silences.

import Foundation
import Incidents
import JSON

extension Words {
    /// `Not acknowledged yet, 3 min left`; without the clock, only that the target is at risk.
    static func warning(_ facts: Facts) -> String {
        let phrases = facts.phrases
        guard let clock = facts.promise, clock.metAt == nil, !facts.isOver else {
            return capitalized(phrases.say(.targetAtRisk, (.target, target(facts.change.field, phrases))))
        }
        let left = ClockWords.left(clock, now: facts.request.now, phrases).map { phrases.say(.timeLeft, (.duration, $0)) }
        return phrases.say(.unkeptYet, (.what, unkept(clock.target, phrases)), (.left, left))
    }

    /// `Not acknowledged within 15 min`; without the clock, only that the target was missed.
    static func breach(_ facts: Facts) -> String {
        let phrases = facts.phrases
        guard let clock = facts.promise else {
            return capitalized(phrases.say(.targetMissed, (.target, target(facts.change.field, phrases))))
        }
        return phrases.say(.unkeptWithin, (.what, unkept(clock.target, phrases)), (.duration, duration(clock.length, phrases)))
    }

    /// `Promised within 15 min, by 04:05 GMT, in 3 min`: the facts behind a warning or a breach.
    static func promise(_ facts: Facts) -> String? {
        guard let clock = facts.promise else { return nil }
        let phrases = facts.phrases
        let length = duration(clock.length, phrases)
        let by = clock.breachesAt.map { moment($0, clock: facts.clock, now: facts.request.now) }
        if let metAt = clock.metAt {
            return phrases.say(
                .promiseDone, (.duration, length), (.moment, by), (.time, time(metAt, clock: facts.clock, now: facts.request.now)))
        }
        let last = clock.target == .update ? time(clock.start, clock: facts.clock, now: facts.request.now) : nil
        return phrases.say(
            .promise, (.duration, length), (.moment, by), (.last, last), (.state, clock.isPaused ? phrases.say(.standsStill) : nil))
    }

    private static func unkept(_ target: SLATarget, _ phrases: Phrases) -> String {
        switch target {
        case .acknowledge: phrases.say(.notAcknowledged)
        case .resolve: phrases.say(.notResolved)
        case .update: phrases.say(.noWord)
        }
    }

    static func escalation(_ facts: Facts) -> String {
        if facts.isOwn, let level = facts.change.to { return facts.phrases.say(.escalatedToLevel, (.level, level)) }
        return facts.phrases.say((facts.request.incident?.level ?? 0) > 1 ? .escalatedAgain : .escalated)
    }

    static func reminder(_ facts: Facts) -> String {
        let phrases = facts.phrases
        switch facts.change.field {
        case "update":
            guard let clock = facts.request.sla?[.update], clock.metAt == nil else { return phrases.say(.updateIsDue) }
            return phrases.say(.noWordFor, (.duration, duration(facts.request.now.timeIntervalSince(clock.start), phrases)))
        case "repeat":
            guard let incident = facts.request.incident, incident.isOpen else { return phrases.say(.reminder) }
            let age = duration(facts.request.now.timeIntervalSince(incident.course.started), phrases)
            return phrases.say(
                incident.acknowledged ? .stillAfter : .stillAndNobody, (.state, status(incident.status, phrases)), (.duration, age))
        case "still_open":
            guard let incident = facts.request.incident, incident.isOpen else { return phrases.say(.silenceIsOver) }
            return incident.acknowledged ? phrases.say(.still, (.state, status(incident.status, phrases))) : phrases.say(.stillOpenNobody)
        case "silence": return silenceEnd(facts)
        case "flapping": return phrases.say(.comesAndGoes)
        case "calm": return phrases.say(.calmAgain)
        case "rotation" where facts.isOwn: return handover(facts)
        case "broadcast" where facts.isOwn: return broadcastOver(facts)
        default: return phrases.say(.reminder)
        }
    }

    /// `Your silence x1 ends at 06:00 GMT`.
    private static func silenceEnd(_ facts: Facts) -> String {
        let silence = facts.request.event.document["silence"]
        let id = facts.line(silence?["id"])
        let now = facts.request.now
        if facts.isSilenceOver {
            return facts.phrases.say(.yourSilenceEnded, (.id, id), (.time, time(facts.request.event.time, clock: facts.clock, now: now)))
        }
        guard let until = silence?["until"]?.string.flatMap(Timestamp.parse) else {
            return facts.phrases.say(.yourSilenceEndsSoon, (.id, id))
        }
        return facts.phrases.say(.yourSilenceEnds, (.id, id), (.time, time(until, clock: facts.clock, now: now)))
    }

    /// The line under the headline for what the clock raised; the outer nil: not its own words.
    static func clockLine(_ facts: Facts) -> String?? {
        switch facts.request.event.type {
        case .slaWarning, .slaBreach: return promise(facts).map { .some($0) } ?? nil
        case .escalation where facts.isOwn:
            if !facts.phrases.isEnglish, let incident = facts.request.incident, !incident.acknowledged {
                let age = duration(facts.request.now.timeIntervalSince(incident.course.started), facts.phrases)
                return .some(facts.phrases.say(.nobodyAcknowledged, (.duration, age)))
            }
            return .some(facts.change.reason.map(capitalized))
        case .reminder where facts.isOwn && facts.change.field == "broadcast":
            // That nobody approved it in time is Tocsin's own sentence, and the headline says it.
            let saysSo = facts.change.to == "expired" && !facts.phrases.isEnglish
            return .some(saysSo ? nil : facts.change.reason.map(capitalized))
        case .reminder where facts.isOwn:
            // A message says it already, in whole sentences.
            return .some(facts.message == nil && facts.phrases.isEnglish ? facts.change.reason.map(capitalized) : nil)
        case .statusReport where facts.isOwn: return .some(nil)
        case .assignment where facts.isOwn: return .some(chosenBecause(facts))
        default: return nil
        }
    }

    /// What a warning, a breach or a reminder expects; nil: the same as any other event.
    static func clockExpected(_ facts: Facts, isShort: Bool) -> String? {
        let type = facts.request.event.type
        guard type == .slaWarning || type == .slaBreach || type == .reminder else { return nil }
        let phrases = facts.phrases
        switch facts.change.field {
        case "silence": return phrases.say(facts.isSilenceOver ? .nothingToDo : .nothingUnless)
        case "rotation" where facts.isOwn:
            return phrases.say(
                facts.isReader(facts.request.event.change.to) && !facts.openIncidents.isEmpty ? .lookAtIncidents : .nothingToDo)
        case "broadcast" where facts.isOwn: return phrases.say(facts.change.to == "expired" ? .sendAgain : .nothingToDo)
        case _ where facts.isOver: return phrases.say(.nothingToDo)
        case "update": return tellStakeholders(facts, isShort: isShort)
        case "resolve":
            let command = isShort ? nil : updateCommand(facts)
            return command.map { phrases.say(.resolveOrSayWith, (.command, $0)) } ?? phrases.say(.resolveOrSay)
        default: return nil
        }
    }

    static func tellStakeholders(_ facts: Facts, isShort: Bool) -> String {
        let command = isShort ? nil : updateCommand(facts)
        return command.map { facts.phrases.say(.tellStakeholdersWith, (.command, $0)) } ?? facts.phrases.say(.tellStakeholders)
    }

    private static func updateCommand(_ facts: Facts) -> String? {
        facts.quotedID.map { "tocsin send update --incident \($0) --set message=\"...\"" }
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
