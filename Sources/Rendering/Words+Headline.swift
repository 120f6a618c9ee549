// The headline of a message: what happened, in front of the incident's title.

import Foundation
import Incidents
import JSON

extension Words {
    /// What happened, without the title: `Escalated`, `Resolved after 1 h 12 min`, `Severity raised from medium to critical`.
    static func happening(_ facts: Facts) -> String {
        let phrases = facts.phrases
        let change = facts.change
        if facts.isDigest { return phrases.say(.digest) }
        switch facts.request.event.type {
        case .escalation: return escalation(facts)
        case .statusChange: return statusHappening(facts)
        case .severityChange: return severityHappening(facts)
        case .assignment: return assignmentHappening(facts)
        case .acknowledgement: return acknowledged(by: change.by, phrases)
        case .update: return phrases.say(.update)
        case .broadcast: return broadcastHappening(facts)
        case .approval: return approvalHappening(facts)
        case .subscription:
            if facts.request.confirmation != nil { return phrases.say(.confirmSubscription, (.what, facts.wish)) }
            return phrases.say(facts.payload("action")?.lowercased() == "subscribe" ? .subscribed : .subscriptionEnded)
        case .silence: return silenceHappening(facts)
        case .absence: return absenceHappening(facts)
        case .slaWarning: return warning(facts)
        case .slaBreach: return breach(facts)
        case .reminder: return reminder(facts)
        case .statusReport: return phrases.say(.statusReport)
        case .operations:
            if facts.isTest { return phrases.say(.test) }
            guard facts.isLostAddress else { return phrases.say(.tocsin) }
            return phrases.say(facts.isPersonal ? .yourAddressLost : .addressLost, (.address, facts.lostAddress))
        }
    }

    private static func acknowledged(by name: String?, _ phrases: Phrases) -> String {
        name.map { phrases.say(.acknowledgedBy, (.by, $0)) } ?? phrases.say(.acknowledged)
    }

    private static func statusHappening(_ facts: Facts) -> String {
        let phrases = facts.phrases
        if facts.request.reopens { return phrases.say(.reopened) }
        switch facts.status {
        case .resolved: return phrases.say(.resolvedAfter, (.duration, duration(facts.lasted, phrases)))
        case .closed: return phrases.say(.closed)
        case .acknowledged: return acknowledged(by: facts.change.by, phrases)
        case .inProgress: return phrases.say(.beingWorkedOn)
        case .onHold: return phrases.say(.onHold)
        case .escalated: return phrases.say(.escalated)
        case .open, nil: return phrases.say(.opened)
        }
    }

    private static func severityHappening(_ facts: Facts) -> String {
        let phrase: Phrase =
            switch facts.severityMove {
            case .some(let move) where move < 0: .severityRaised
            case .some(let move) where move > 0: .severityLowered
            default: .severityChanged
            }
        return facts.phrases.say(phrase, (.from, facts.change.to == nil ? nil : facts.change.from), (.to, facts.change.to))
    }

    private static func silenceHappening(_ facts: Facts) -> String {
        let by = facts.payload("by")
        if facts.payload("action")?.lowercased() == "end" { return facts.phrases.say(.silenceEnded, (.by, by)) }
        return facts.phrases.say(.silenceStarted, (.by, by), (.until, facts.payloadTime("until")))
    }

    private static func absenceHappening(_ facts: Facts) -> String {
        let who = facts.payload("who") ?? facts.phrases.say(.somebody)
        let until = facts.payloadTime("until")
        let deputy = facts.payload("deputy")
        let payload = facts.request.event.payload
        if let end = facts.request.event.payload?["until"]?.string.flatMap(Timestamp.parse), end <= facts.request.event.time {
            return facts.phrases.say(facts.isReader(payload?["who"]?.string) ? .backAgain : .back, (.name, who))
        }
        if facts.isReader(payload?["deputy"]?.string) { return facts.phrases.say(.youStandIn, (.name, who), (.until, until)) }
        return facts.phrases.say(.away, (.name, who), (.until, until), (.deputy, deputy))
    }

    /// What the message is about, behind the happening: the title, or what else names it.
    static func topic(_ facts: Facts) -> String? {
        if facts.isDigest { return facts.digest.map { digestTopic($0, facts.phrases) } }
        switch facts.request.event.type {
        case .broadcast:
            if let subject = facts.payload("subject") ?? facts.request.correction?.subject.map({ facts.line($0) }) { return subject }
        case .subscription: return facts.request.confirmation == nil ? facts.payload("who") ?? facts.payload("id") : nil
        case .silence: return facts.payload("reason") ?? facts.payload("id")
        case .absence: return nil
        case .operations where facts.isTest || facts.isLostAddress: return nil
        case .reminder where facts.change.field == "silence" || (facts.isOwn && facts.change.field == "rotation"): return nil
        case .reminder where facts.isOwn && facts.change.field == "broadcast": return facts.raisedBroadcast("subject")
        case .approval where facts.isOwn: return facts.raisedBroadcast("subject")
        default: break
        }
        if let title = facts.title { return title }
        if let incident = facts.request.incident { return facts.phrases.say(.unnamed, (.id, facts.name(incident.id))) }
        if facts.request.event.type == .approval { return nil }
        return facts.firstLineOfMessage
    }

    /// - Parameter topicLimit: the most UTF-16 units of the topic.
    static func headline(_ facts: Facts, topicLimit: Int = Facts.longestLine) -> String {
        let happening = happening(facts)
        guard let topic = topic(facts) else { return happening }
        return facts.phrases.say(.headline, (.happening, happening), (.topic, Shortening.cut(topic, to: topicLimit)))
    }

    /// The headline says which incident it is about.
    static func headlineNamesIncident(_ facts: Facts) -> Bool {
        facts.request.event.type == .assignment && facts.part != nil && !facts.isDigest
    }
}
