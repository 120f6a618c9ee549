// What is expected of the reader: one line, with the command where there is one.

import Incidents

extension Words {
    /// - Parameter isShort: for short messages, without the longer commands.
    static func expected(_ facts: Facts, isShort: Bool = false) -> String {
        let phrases = facts.phrases
        if facts.isDigest { return facts.digest.map { digestExpected($0, phrases) } ?? phrases.say(.nothingToDo) }
        if let expected = clockExpected(facts, isShort: isShort) { return expected }
        switch facts.request.event.type {
        case .operations: return operationsExpected(facts)
        case .subscription: return confirmExpected(facts, isShort: isShort) ?? phrases.say(.nothingToDo)
        case .silence, .absence: return phrases.say(.nothingToDo)
        case .approval:
            guard facts.payload("decision") == nil, let id = facts.raisedBroadcast("id").flatMap(Facts.quoted) else {
                return phrases.say(.nothingToDo)
            }
            let by = facts.request.person.flatMap(Facts.quoted).map { " --by \($0)" } ?? ""
            return phrases.say(.approve, (.command, "tocsin approve \(id)\(by)"))
        case .broadcast, .statusReport: return phrases.say(.nothingInformation)
        default: break
        }
        guard let incident = facts.request.incident, incident.isOpen else { return phrases.say(.nothingToDo) }
        switch facts.part {
        case .old: return phrases.say(.nothingToDo)
        case .new("communication_lead"): return tellStakeholders(facts, isShort: isShort)
        default: break
        }
        if facts.status == .onHold { return phrases.say(.nothingForNow) }
        if facts.isAcknowledged {
            if facts.isTheirs, let command = facts.quotedID {
                return phrases.say(.takeOver, (.command, "tocsin ack \(command)"))
            }
            return facts.holder.map { phrases.say(.nothingHasIt, (.name, $0)) } ?? phrases.say(.nothingSomebody)
        }
        if facts.request.event.type == .update { return phrases.say(.nothingInformation) }
        return (facts.showsHowToAcknowledge || facts.request.kind == .sms ? acknowledgeHere(facts) : nil)
            ?? acknowledge(facts.quotedID, phrases)
    }

    static func acknowledge(_ id: String?, _ phrases: Phrases) -> String {
        id.map { phrases.say(.acknowledgeWith, (.command, "tocsin ack \($0)")) } ?? phrases.say(.acknowledgeIt)
    }

    private static func operationsExpected(_ facts: Facts) -> String {
        if facts.isTest { return facts.phrases.say(.nothingChannelWorks) }
        if facts.isOwn, facts.change.field == "neglected" { return facts.phrases.say(.lookAtIncidents) }
        guard facts.isLostAddress else { return facts.phrases.say(.lookAtStatus) }
        return facts.phrases.say(facts.isPersonal ? .tellOperators : .lookAtSuppressions)
    }
}
