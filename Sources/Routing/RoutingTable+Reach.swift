// Whom the entries of `to` reach. For most of them that does not depend on the event or on the time, and is found once, when
// the table is made; entries that are written alike share one answer.

import Incidents

/// One entry of a route's `to`.
enum Reach: Sendable {
    /// The same for every event.
    case fixed(FixedReach)
    /// The incident's roles, or whoever is on duty, have a part in it.
    case byIncident(RecipientEntry)
}

/// Whom an entry reaches whatever the event.
struct FixedReach: Sendable {
    let entry: RecipientEntry
    /// While anybody is away, it may be somebody else.
    let namesPeople: Bool
    let reached: [(resolved: Resolved, key: DestinationKey)]
}

extension Directory {
    /// For each route, what its `to` comes to.
    ///
    /// - Parameter rotations: their names.
    func reach(of routes: [Route], rotations: Set<String> = []) -> [[Reach]] {
        var known: [RecipientEntry: Reach] = [:]
        return routes.map { route in
            route.to.map { entry in
                if let reach = known[entry] { return reach }
                let reach = reach(of: entry, rotations)
                known[entry] = reach
                return reach
            }
        }
    }

    private func reach(of entry: RecipientEntry, _ rotations: Set<String>) -> Reach {
        var look = Look(rotations: rotations)
        guard isFixed(entry, &look) else { return .byIncident(entry) }
        let reached = resolve(entry, incident: nil, severity: nil).reached
        return .fixed(FixedReach(entry: entry, namesPeople: look.namesPeople, reached: reached.map { ($0, $0.key) }))
    }

    /// What was found on the way through an entry's teams.
    private struct Look {
        let rotations: Set<String>
        var namesPeople = false
        var opened: Set<String> = []
    }

    private func isFixed(_ entry: RecipientEntry, _ look: inout Look) -> Bool {
        switch entry.subject {
        case .address: return true
        case .role, .subscribers: return false
        case .name(let name):
            if people[name] != nil { look.namesPeople = true }
            if let members = teams[name] {
                guard look.opened.insert(name).inserted else { return true }
                return members.allSatisfy { isFixed($0, &look) }
            }
            return !look.rotations.contains(name)
        }
    }
}
