// What the operators are told of open incidents that nobody has touched for long.

import Foundation
import Incidents
import JSON

extension Words {
    /// How many, which, and what to do; nil where the event has no list.
    static func neglect(_ facts: Facts) -> String? {
        guard let list = facts.request.event.document["neglected"], let count = list["count"]?.integer else { return nil }
        let phrases = facts.phrases
        let incidents = (list["incidents"]?.array ?? []).prefix(facts.request.kind == .sms ? 3 : 50)
        let lines = incidents.compactMap { one -> String? in
            guard let id = one["id"]?.string.map(facts.name), !id.isEmpty else { return nil }
            let title = facts.line(one["title"]).map { Shortening.cut($0, to: facts.request.kind == .sms ? 30 : 120) }
            return "• "
                + phrases.say(
                    .neglectedIncident, (.id, id), (.title, title), (.severity, one["severity"]?.string.map(facts.name)),
                    (.duration, duration(Double(one["seconds"]?.integer ?? 0), phrases, isRelative: true)))
        }
        let rest = count > lines.count ? [phrases.say(.andMore, count: count - lines.count)] : []
        let advice = facts.request.kind == .sms ? [] : [phrases.say(.neglectAdvice)]
        return ([phrases.say(.neglected, count: count)] + lines + rest + advice).joined(separator: "\n")
    }
}
