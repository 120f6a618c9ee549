// Whom the entries of `to` reach. For most of them that does not depend on the event, and is found once, when the
// table is made; entries that are written alike share one answer.

import Incidents

/// One entry of a route's `to`.
enum Reach: Sendable {
    /// The same for every event.
    case fixed(FixedReach)
    /// The incident's roles have a part in it.
    case byIncident(RecipientEntry)
}

/// Whom an entry reaches whatever the event.
struct FixedReach: Sendable {
    let entry: RecipientEntry
    let reached: [(resolved: Resolved, key: DestinationKey)]
}

extension Directory {
    /// For each route, what its `to` comes to.
    func reach(of routes: [Route]) -> [[Reach]] {
        var known: [RecipientEntry: Reach] = [:]
        return routes.map { route in
            route.to.map { entry in
                if let reach = known[entry] { return reach }
                let reach = reach(of: entry)
                known[entry] = reach
                return reach
            }
        }
    }

    private func reach(of entry: RecipientEntry) -> Reach {
        var opened: Set<String> = []
        guard isFixed(entry, &opened) else { return .byIncident(entry) }
        let reached = resolve(entry, incident: nil, severity: nil).reached
        return .fixed(FixedReach(entry: entry, reached: reached.map { ($0, $0.key) }))
    }

    private func isFixed(_ entry: RecipientEntry, _ opened: inout Set<String>) -> Bool {
        switch entry.subject {
        case .address: return true
        case .role, .subscribers: return false
        case .name(let name):
            guard let members = teams[name], opened.insert(name).inserted else { return true }
            return members.allSatisfy { isFixed($0, &opened) }
        }
    }
}
