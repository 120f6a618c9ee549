// Quiet hours: people are left alone, but for what is urgent or grave enough.

import Foundation
import Incidents

extension Holds {
    /// The hold of a person's quiet hours; nil where it is not quiet, or where they are woken.
    func quietHours(_ delivery: PlannedDelivery, _ terms: Terms?) -> Hold? {
        guard let quiet = terms?.quiet, !delivery.isUrgent else { return nil }
        if let severity = facts.severity, let wakes = table.rules.wakesFor, severity.rank <= wakes.rank { return nil }
        let zone = quiet.timezone.flatMap(TimeZone.init(identifier:)) ?? table.rules.timeZone
        guard let end = quiet.hours.end(at: now, in: zone) else { return nil }
        let until = Moment.text(end, now: now, in: zone, isNamed: true)
        return Hold(kind: .quietHours, until: end, reason: "quiet hours of \(quiet.person) until \(until)")
    }
}
