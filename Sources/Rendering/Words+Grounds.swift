// Why Tocsin decided something, and what it says of monitors and of itself, in the reader's language: events keep the parts,
// and the English sentence beside them.

import Foundation
import Incidents
import JSON

extension Words {
    /// Why Tocsin did it: `next for critical; Ana is away`; nil where the event has no parts of that.
    static func grounds(_ facts: Facts) -> String? {
        let parts = Ground.list(facts.request.event.document[Ground.member]).map { ground($0, facts) }
        guard facts.isOwn, let first = parts.first else { return nil }
        let rest = parts.dropFirst()
        if rest.isEmpty { return first }
        let isResponse = facts.request.event.document[Ground.member]?.array?.first?["code"]?.string == Ground.Code.response.rawValue
        return isResponse ? "\(first): \(rest.joined(separator: ", "))" : parts.joined(separator: "; ")
    }

    /// The event's reason: Tocsin's own in the reader's language, everybody else's as they wrote it.
    static func reason(_ facts: Facts) -> String? { grounds(facts) ?? facts.change.reason }

    private static func ground(_ ground: Ground, _ facts: Facts) -> String {
        let phrases = facts.phrases
        let person = facts.who(ground.name)
        let name = facts.name(ground.name)
        let until = ground.until.map { time($0, clock: facts.clock, now: facts.request.now) }
        return switch ground.code {
        case .first: phrases.say(.groundFirst, (.severity, name))
        case .next: phrases.say(.groundNext, (.severity, name))
        case .nobodyFree: phrases.say(.groundNobodyFree, (.severity, name))
        case .standsIn: phrases.say(.groundStandsIn, (.name, person), (.from, facts.who(ground.other)), (.until, until))
        case .onDuty: phrases.say(.groundOnDuty, (.name, person), (.what, ground.other.map { facts.line($0) }))
        case .away: phrases.say(.groundAway, (.name, person))
        case .nobodyOnDuty: phrases.say(.groundNobodyOnDuty, (.what, name))
        case .snoozed: phrases.say(.groundSnoozed, (.name, person), (.until, until))
        case .quietHours: phrases.say(.groundQuietHours, (.name, person), (.until, until))
        case .nobodyStandsIn: phrases.say(.groundNobodyStandsIn, (.name, person), (.until, until))
        case .namedBy: phrases.say(.groundNamedBy, (.by, person))
        case .response: phrases.say(.groundResponse, (.id, name))
        case .condition: phrases.say(.groundCondition, (.what, field(ground.name, facts)), (.state, ground.other.map { facts.line($0) }))
        case .noOther: phrases.say(.groundNoOther)
        case .moreAddresses: phrases.say(.groundMoreAddresses, count: Int(ground.name) ?? 0)
        }
    }

    private static func field(_ member: String, _ facts: Facts) -> String {
        facts.phrases.label("field_\(member)") ?? facts.line(member.replacing("_", with: " "))
    }

    /// `Tocsin is alive. 2 incidents are open, the queue is empty, nothing is dead.`; nil where the event has no figures.
    static func heartbeat(_ facts: Facts) -> String? {
        guard let signs = facts.request.event.document["signs"], let open = signs["open"]?.integer, let dead = signs["dead"]?.integer
        else { return nil }
        let phrases = facts.phrases
        var parts = [open == 0 ? phrases.say(.signsNoneOpen) : phrases.say(.signsOpen, count: open)]
        if let queued = signs["queued"]?.integer {
            parts.append(queued == 0 ? phrases.say(.signsNoneQueued) : phrases.say(.signsQueued, count: queued))
        }
        if let overdue = signs["overdue"]?.integer, overdue > 0 { parts.append(phrases.say(.signsOverdue, count: overdue)) }
        parts.append(dead == 0 ? phrases.say(.signsNoneDead) : phrases.say(.signsDead, count: dead))
        return phrases.say(.signsOfLife, (.what, capitalized(parts.joined(separator: ", "))))
    }

    /// What an event says of a monitor; nil where it is about none.
    static func monitor(_ facts: Facts) -> String? {
        guard facts.isOwn, let monitor = facts.request.event.document["monitor"], let name = facts.line(monitor["name"]) else { return nil }
        let phrases = facts.phrases
        let at = monitor["at"]?.string.flatMap(Timestamp.parse).map { time($0, clock: facts.clock, now: facts.request.now) }
        let age = monitor["silence"]?.integer.map { duration(Double($0), phrases, isRelative: monitor["state"] != "heard") }
        return switch monitor["state"]?.string {
        case "silent": phrases.say(.monitorSilent, (.name, name), (.time, at), (.duration, age))
        case "never": phrases.say(.monitorNever, (.name, name), (.time, at), (.duration, age))
        case "heard": phrases.say(.monitorHeard, (.name, name), (.time, at), (.duration, age))
        case "removed": phrases.say(.monitorRemoved, (.name, name))
        default: nil
        }
    }
}

extension RenderRequest {
    /// Whose silence opened the incident, while a text of it stands as Tocsin wrote it; nil: it is anybody's text.
    private func monitor(_ text: String?, as member: String, _ phrases: Phrases) -> JSONValue? {
        guard !phrases.isEnglish, let text, let monitor = incident?.members["dead_man"], monitor[member]?.string == text else { return nil }
        return monitor
    }

    /// The incident's title in the reader's language, where it is Tocsin's own.
    func monitorTitle(_ text: String?, _ phrases: Phrases) -> String? {
        guard let monitor = monitor(text, as: "title", phrases), let after = monitor["after"]?.integer else { return nil }
        return phrases.say(.monitorTitle, (.name, monitor["name"]?.string), (.duration, Words.duration(Double(after), phrases)))
    }

    func monitorNextSteps(_ text: String?, _ phrases: Phrases) -> String? {
        monitor(text, as: "next_steps", phrases).map { phrases.say(.monitorNextSteps, (.name, $0["name"]?.string)) }
    }
}
