// Why a message came, how to stop such messages, and what it corrects.

import Foundation
import Incidents
import JSON

extension Words {
    /// Why the reader hears this, where no route says so; nil where nothing needs to be said.
    static func why(_ facts: Facts) -> String? {
        let phrases = facts.phrases
        switch facts.request.origin {
        case "owed": return phrases.say(.whyOwed)
        // The way out says which.
        case "subscription": return facts.request.leaving == nil ? phrases.say(.whySubscription) : nil
        case "responsibility": return phrases.say(.whyResponsibility)
        case "told_severity": return facts.request.leaving == nil ? phrases.say(.whyTold) : nil
        case "broadcast":
            guard let by = facts.payload("by") else { return nil }
            return facts.request.leaving == nil ? phrases.say(.whyBroadcast, (.by, by)) : nil
        case "room": return phrases.say(.whyRoom)
        default: return nil
        }
    }

    /// `You get this because of your subscription s1 (service pay*).`
    static func leavingWhat(_ facts: Facts) -> String? {
        guard let leaving = facts.request.leaving else { return nil }
        let mine = "your subscription "
        if leaving.what.hasPrefix(mine) {
            return facts.phrases.say(.leavingSubscription, (.what, facts.line(String(leaving.what.dropFirst(mine.count)))))
        }
        let what = facts.line(leaving.what)
        return what.isEmpty ? nil : facts.phrases.say(.leavingOther, (.what, what))
    }

    /// `To stop: https://…`, or by mail, or with a command.
    static func leavingHow(_ facts: Facts) -> String? {
        guard let leaving = facts.request.leaving else { return nil }
        let link = leaving.url.flatMap(SafeLink.make)
        let mail = link == nil ? facts.leavingMail : nil
        let code = facts.name(leaving.code)
        guard link == nil, mail == nil else { return facts.phrases.say(.leavingHow, (.link, link ?? mail)) }
        return code.isEmpty ? nil : facts.phrases.say(.leavingHow, (.link, "tocsin confirm \(code)"))
    }

    /// Both in one line; nil where there is nothing to leave.
    static func leaving(_ facts: Facts) -> String? {
        let both = [leavingWhat(facts), leavingHow(facts)].compactMap { $0 }
        return both.isEmpty ? nil : both.joined(separator: " ")
    }

    /// What a correction corrects, quoted.
    static func original(_ facts: Facts) -> String? {
        guard let correction = facts.request.correction else { return nil }
        let text = facts.block(correction.message, limit: min(facts.limit, 1_000))
        return text.isEmpty ? nil : facts.phrases.say(.originally, (.what, text))
    }

    /// The first line of a mail, whose subject only names the incident: `[critical] Escalated: Payments API failing`.
    static func leadLine(_ facts: Facts) -> String {
        guard facts.request.incident != nil, !facts.isDigest, let severity = facts.severityName else { return headline(facts) }
        return "[\(severity)] \(headline(facts))"
    }
}

extension Facts {
    /// A `mailto:` link without anything that could end it early.
    var leavingMail: String? {
        guard let mail = request.leaving?.mailto, mail.hasPrefix("mailto:"), mail.utf8.count <= 2_000 else { return nil }
        return mail.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>\"'|()[]\\`".utf8.contains($0) } ? mail : nil
    }

    /// A member of the data as templates see it.
    func value(_ value: JSONValue?) -> TemplateValue? { TemplateObject.value(of: value, limit: limit, isolated: phrases.isRightToLeft) }
}
