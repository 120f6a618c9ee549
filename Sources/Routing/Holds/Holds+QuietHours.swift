// Quiet hours: people are left alone, but for what is urgent or grave enough.

import Foundation
import Incidents

extension Holds {
    /// The hold of a person's quiet hours; nil where it is not quiet, or where they are woken.
    ///
    /// - Parameter moment: when the message would go out; nil: now.
    func quietHours(_ delivery: PlannedDelivery, _ terms: Terms?, at moment: Date? = nil) -> Hold? {
        guard let quiet = terms?.quiet, !isWoken(by: delivery) else { return nil }
        let zone = quiet.timezone.flatMap(TimeZone.init(identifier:)) ?? table.rules.timeZone
        guard let end = quiet.hours.end(at: moment ?? now, in: zone) else { return nil }
        let until = Moment.text(end, now: now, in: zone, isNamed: true)
        return Hold(kind: .quietHours, until: end, reason: "quiet hours of \(quiet.person) until \(until)")
    }

    /// What would be released while it is quiet waits until the end of that. A cadence is the person's own choice, and stays.
    func leaveAlone(_ delivery: inout PlannedDelivery, _ terms: Terms?) {
        guard terms?.quiet != nil, case .hold(let hold) = delivery.intent else { return }
        switch hold.kind {
        case .quietHours, .digest: return
        case .throttle, .group, .dependency, .late, .snooze, .limit: break
        }
        guard let quiet = quietHours(delivery, terms, at: hold.until) else { return }
        // It stays a snooze's: whoever wakes hears what waits for that.
        let kind: Hold.Kind = hold.kind == .snooze ? .snooze : .quietHours
        delivery.intent = .hold(Hold(kind: kind, until: quiet.until, reason: quiet.reason))
        delivery.isThrottled = false
        delivery.isLimited = false
    }
}
