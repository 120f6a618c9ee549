// Not until Monday: what is not urgent waits until somebody wants to hear again. The same comes through as in quiet hours.

import Foundation
import Incidents

extension Holds {
    /// The hold of somebody's snooze; nil where there is none, or they are woken.
    func snooze(_ delivery: PlannedDelivery, _ terms: Terms?) -> Hold? {
        guard !snoozes.isEmpty, let who = terms?.who, let until = snoozes[who.compared], until > now, !isWoken(by: delivery) else {
            return nil
        }
        var zone = table.rules.timeZone
        if case .person(let name) = who, let person = table.directory.people[name] { zone = person.zone(else: zone) }
        let moment = Moment.text(until, now: now, in: zone, isNamed: true)
        return Hold(kind: .snooze, until: until, reason: "\(quoted(who.text)) does not want to hear until \(moment)")
    }

    /// Urgent, or grave enough to wake people.
    func isWoken(by delivery: PlannedDelivery) -> Bool {
        if delivery.isUrgent { return true }
        guard let severity = facts.severity, let wakes = table.rules.wakesFor else { return false }
        return severity.rank <= wakes.rank
    }
}
