// So many for one address in so much time: what is over waits for a digest.

import Foundation

/// How much of a throttle is used up at an address.
struct ThrottleState {
    /// Nil: the delivery goes through, and counts.
    var hold: Hold?
}

/// What bounds the number of messages at an address.
struct Bounds {
    /// Nil: the delivery goes through, and counts.
    var hold: Hold?
    /// There is a throttle.
    var isThrottled = false
    /// There is a limit of whoever hears.
    var isLimited = false

    func count(_ delivery: inout PlannedDelivery) {
        delivery.isThrottled = isThrottled
        delivery.isLimited = isLimited
    }
}

extension Holds {
    /// How the throttle of a delivery stands.
    mutating func throttle(_ rule: ThrottleRule, _ delivery: PlannedDelivery) throws -> ThrottleState {
        let newest = try surroundings.throttled(
            channel: delivery.channel, address: delivery.address, since: now.addingTimeInterval(-rule.window), limit: rule.count)
        // After the clock was set back, what is said to have been sent later than now tells nothing.
        let times = newest.filter { $0 <= now }
        let limit = "\(rule.count) per \(AgeText.text(rule.window))"
        if isExplaining {
            notes.append("throttle at \(delivery.channel) for \(quoted(delivery.recipient)): \(times.count) sent of \(limit)")
        }
        guard times.count >= rule.count, let oldest = times.last else { return ThrottleState() }
        let until = max(now, oldest.addingTimeInterval(rule.window))
        let wait = AgeText.text(until.timeIntervalSince(now).rounded(.up))
        return ThrottleState(hold: Hold(kind: .throttle, until: until, reason: "more than \(limit): in a digest in \(wait)"))
    }
}
