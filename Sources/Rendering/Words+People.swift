// What people are told about themselves: what is theirs now, whose turn it is, what waits for their word.

import Foundation
import Incidents
import JSON

extension Words {
    static func assignmentHappening(_ facts: Facts) -> String {
        let change = facts.change
        let phrases = facts.phrases
        let id = facts.request.incident.map { facts.name($0.id) }
        let isLead = change.field == "communication_lead"
        switch facts.part {
        case .new("communication_lead"): return phrases.say(.youLead, (.id, id), (.severity, facts.isOwn ? facts.severityName : nil))
        case .old where isLead: return phrases.say(.youLeadNoMore, (.id, id), (.to, change.to))
        case .new("team"):
            let team = change.field == "team" ? change.to : facts.line(facts.request.incident?.members["team"])
            return phrases.say(.withYourTeam, (.id, id), (.team, team), (.to, newAssignee(facts)))
        case .new("assignee"): return phrases.say(.yoursNow, (.id, id))
        case .new(let role):
            let name = phrases.label("field_\(role)") ?? facts.line(role.replacing("_", with: " "))
            return phrases.say(.yourRole, (.id, id), (.what, name))
        case .old: return phrases.say(.notYours, (.id, id), (.to, change.to ?? newAssignee(facts)))
        case nil: break
        }
        if isLead { return change.to.map { phrases.say(.leadIsNow, (.to, $0)) } ?? phrases.say(.leadIsNobody) }
        let members = facts.request.event.incident?.members ?? [:]
        let assignee = newAssignee(facts)
        let team = change.field == "team" ? change.to : facts.line(members["team"])
        if let assignee { return phrases.say(.assignedTo, (.to, assignee)) }
        if let team { return phrases.say(.nowWithTeam, (.team, team)) }
        return phrases.say(.noLongerAssigned)
    }

    private static func newAssignee(_ facts: Facts) -> String? {
        facts.change.field == "assignee" ? facts.change.to : facts.who(facts.request.event.incident?.members["assignee"])
    }

    /// Why Tocsin gave it to them: `Assigned by response 2: category is network`.
    static func chosenBecause(_ facts: Facts) -> String? {
        guard let reason = reason(facts) else { return nil }
        return facts.phrases.say(facts.change.field == "communication_lead" ? .chosenBecause : .assignedBy, (.reason, reason))
    }

    /// What is to be done first, as lines below a heading.
    static func checklist(_ facts: Facts) -> String? {
        let steps = facts.checklist
        if steps.isEmpty { return nil }
        return ([(facts.phrases.label("checklist") ?? "") + ":"] + steps.map { "• \($0)" }).joined(separator: "\n")
    }

    /// `You are on duty now (primary)`.
    static func handover(_ facts: Facts) -> String {
        let (from, to) = (facts.change.from, facts.change.to)
        let named = facts.request.event.change
        let rotation = facts.line(facts.request.event.document["rotation"])
        if facts.isReader(named.to) { return facts.phrases.say(.onDutyYou, (.name, rotation), (.from, from)) }
        if facts.isReader(named.from) { return facts.phrases.say(.onDutyOver, (.name, rotation), (.to, to)) }
        guard let to else { return facts.phrases.say(.onDutyNobody, (.name, rotation), (.from, from)) }
        return facts.phrases.say(.onDutyNow, (.name, rotation), (.to, to), (.from, from))
    }

    /// What is open when a turn begins, as lines.
    private static func handoverBody(_ facts: Facts) -> String {
        let open = facts.openIncidents
        let why = grounds(facts).map { [capitalized($0) + "."] } ?? []
        if open.isEmpty { return (why + [facts.phrases.say(.noOpenIncidents)]).joined(separator: "\n") }
        let lines = open.prefix(facts.request.kind == .sms ? 3 : 50).map { "• \($0)" }
        return (why + [facts.phrases.say(.openIncidents, count: open.count)] + lines).joined(separator: "\n")
    }

    static func broadcastHappening(_ facts: Facts) -> String {
        let phrases = facts.phrases
        if let correction = facts.request.correction {
            let at =
                Timestamp.parse(correction.at).map { time($0, clock: facts.clock, now: facts.request.now) } ?? facts.line(correction.at)
            return phrases.say(.correctionOf, (.time, at.isEmpty ? nil : at))
        }
        if facts.payload("corrects") != nil { return phrases.say(.correction) }
        return facts.stage.flatMap { phrases.label("stage_\($0)") } ?? phrases.say(.announcement)
    }

    static func approvalHappening(_ facts: Facts) -> String {
        let id = facts.raisedBroadcast("id")
        let by = facts.payload("by")
        switch facts.payload("decision")?.lowercased() {
        case "approve": return facts.phrases.say(.broadcastApproved, (.id, id), (.by, by))
        case "refuse": return facts.phrases.say(.broadcastRefused, (.id, id), (.by, by))
        default: return facts.phrases.say(.broadcastWaits, (.id, id))
        }
    }

    /// `Your broadcast b1 was refused by service-owner`.
    static func broadcastOver(_ facts: Facts) -> String {
        let phrase: Phrase =
            switch facts.change.to {
            case "refused": .yourBroadcastRefused
            case "stopped": .yourBroadcastStopped
            case "sent": .yourBroadcastNobody
            default: .yourBroadcastExpired
            }
        return facts.phrases.say(phrase, (.id, facts.raisedBroadcast("id")), (.by, facts.change.by))
    }

    /// What a broadcast that waits would say, and to how many.
    private static func approvalBody(_ facts: Facts) -> String? {
        let by = facts.raisedBroadcast("by")
        let audience = facts.raisedBroadcast("audience")
        let count = facts.raisedBroadcast("count")
        let line =
            by == nil && audience == nil && count == nil
            ? nil : facts.phrases.say(.approvalFacts, (.by, by), (.audience, audience), (.count, count))
        let text = facts.said ?? facts.raisedText
        let both = [line, text].compactMap { $0 }
        return both.isEmpty ? nil : both.joined(separator: "\n\n")
    }

    static func confirmExpected(_ facts: Facts, isShort: Bool) -> String? {
        guard let confirmation = facts.request.confirmation else { return nil }
        let phrases = facts.phrases
        let code = facts.name(confirmation.code)
        if isShort { return phrases.say(.confirmShort, (.code, code), (.link, confirmation.url.flatMap(SafeLink.make))) }
        guard let link = confirmation.url.flatMap(SafeLink.make) else { return phrases.say(.confirmByCode, (.code, code)) }
        return phrases.say(.confirmByLink, (.link, link), (.code, code))
    }

    /// What stands in the event's message's place, where Tocsin has more to say than it; the outer nil: nothing.
    static func body(_ facts: Facts) -> String?? {
        let event = facts.request.event
        switch event.type {
        case .subscription where facts.request.confirmation != nil:
            guard facts.request.kind != .sms else { return .some(nil) }
            return .some(facts.phrases.say(.confirmBody, (.what, facts.wish)))
        case .approval where facts.isOwn && facts.payload("decision") == nil: return approvalBody(facts)
        case .reminder where facts.isOwn && facts.change.field == "rotation": return handoverBody(facts)
        case .reminder where facts.isOwn && facts.change.field == "heartbeat": return .some(heartbeat(facts) ?? facts.said)
        case .operations where facts.isOwn && facts.change.field == "neglected": return neglect(facts).map { .some($0) }
        case .escalation, .statusChange: return monitor(facts).map { .some($0) }
        // These sentences were made in English when they fell due; the headline and the facts say the same.
        case .reminder where facts.isOwn && !facts.phrases.isEnglish && facts.change.field != "broadcast": return .some(nil)
        case .statusReport where facts.isOwn && !facts.phrases.isEnglish: return .some(nil)
        default: return nil
        }
    }
}
