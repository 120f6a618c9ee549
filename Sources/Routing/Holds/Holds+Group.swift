// Several events that belong together, in one message.

import Foundation
import Incidents

extension Holds {
    /// `group/ROUTE/VALUE/…`: events with the same are gathered at an address.
    func key(of group: Terms.Group) -> String {
        let values = group.rule.by.map { name in
            let value = (try? MatchMember(name))?.text(facts)
            // Words are the same in either case, and must not look like two.
            return value.map { $0.lowercased().replacing("%", with: "%25").replacing("/", with: "%2F") } ?? "-"
        }
        return (["group", group.route] + values).joined(separator: "/")
    }

    /// The first waits for others, all that come meanwhile go with it, and the next message comes no sooner than the
    /// interval after the last.
    func hold(by group: Terms.Group, _ state: HeldState) -> Hold {
        let until: Date
        if let opensAt = state.opensAt {
            // Never longer than it can be, whatever the clock said before it was set back.
            until = min(max(opensAt, now), now.addingTimeInterval(max(group.rule.wait, group.rule.interval)))
        } else if let next = state.lastReleased.map({ min($0, now).addingTimeInterval(group.rule.interval) }), next > now {
            until = next
        } else {
            until = now.addingTimeInterval(group.rule.wait)
        }
        let wait = AgeText.text(until.timeIntervalSince(now).rounded(.up))
        return Hold(kind: .group, key: key(of: group), until: until, reason: "grouped by route \(quoted(group.route)): in \(wait)")
    }
}
