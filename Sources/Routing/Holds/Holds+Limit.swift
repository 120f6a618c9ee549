// A person's own limit, "at most five a day by SMS": what is over waits for a digest.

import Foundation

extension Holds {
    /// How the limit of whoever hears stands.
    mutating func limit(_ rule: ThrottleRule, _ delivery: PlannedDelivery, of who: String) throws -> ThrottleState {
        let newest = try surroundings.limited(
            channel: delivery.channel, address: delivery.address, since: now.addingTimeInterval(-rule.window), limit: rule.count)
        // As with throttles: the clock may have been set back.
        let times = newest.filter { $0 <= now }
        let limit = "\(rule.count) per \(AgeText.text(rule.window))"
        if isExplaining {
            notes.append("limit of \(quoted(who)) at \(delivery.channel): \(times.count) sent of \(limit)")
        }
        guard times.count >= rule.count, let oldest = times.last else { return ThrottleState() }
        let until = max(now, oldest.addingTimeInterval(rule.window))
        let wait = AgeText.text(until.timeIntervalSince(now).rounded(.up))
        return ThrottleState(
            hold: Hold(kind: .limit, until: until, reason: "more than \(limit), the limit of \(quoted(who)): in a digest in \(wait)"))
    }
}
