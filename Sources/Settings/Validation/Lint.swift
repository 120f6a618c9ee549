// Reachability: configurations that are right in every part, and in which somebody goes unheard all the same. Asked of
// whole files without errors only, so that nothing is said about what is not known.

import Incidents
import Routing

extension Validation {
    func lint() {
        lintVia()
        lintInvitations()
        lintTeams()
        lintRoutes()
        lintSingleWays()
        lintEscalation()
        lintLeads()
    }

    /// Channels in `via` for which the person has no address: they are never used.
    private func lintVia() {
        for decoded in decoded.people {
            let person = decoded.person
            for name in person.via {
                guard let facts = channels[name]?.facts, facts.takesAddresses, person.addresses[facts.kind] == nil else { continue }
                let rest = usable(person).map { "`\($0)`" }.joined(separator: ", ")
                findings.warning(
                    "`\(person.id.shortened)` has no `\(facts.kind.rawValue)` address, so `\(name)` in `via` never reaches them (\(rest) does): "
                        + "add the address, or leave it out", at: decoded.viaPlaces[name] ?? decoded.viaPlace)
            }
        }
    }

    /// Slack invites its own members only.
    private func lintInvitations() {
        for use in reader.recipients where use.path == "incident_channel.invite" {
            guard case .name(let name) = use.entry.subject else { continue }
            if let person = people[name]?.person {
                if person.addresses[.slack] == nil {
                    findings.warning("`\(name.shortened)` has no `slack` id, and cannot be invited: add it", at: use.given.place)
                }
                continue
            }
            let members = members(of: name)
            let without = members.people.filter { $0.person.addresses[.slack] == nil }
            if members.isBroken || without.isEmpty { continue }
            let names = without.map { "`\($0.person.id.shortened)`" }.joined(separator: ", ")
            findings.warning(
                without.count == members.people.count && !members.hasRole
                    ? "`\(name.shortened)` invites nobody: nobody in it has a `slack` id"
                    : "`\(name.shortened)` does not invite \(names): no `slack` id", at: use.given.place)
        }
    }

    /// Teams whose members are empty themselves; those without any member have a finding already.
    private func lintTeams() {
        for team in decoded.teams where !team.members.isEmpty {
            let audience = Audience(team.members.compactMap(\.recipient), in: self, stopsAtFirst: true)
            guard audience.isEmpty else { continue }
            let members = team.members.map { "`\($0.raw.shortened)`" }.joined(separator: ", ")
            findings.warning("team `\(team.name.shortened)` reaches nobody: nobody is in \(members)", at: team.place)
        }
    }

    private func lintRoutes() {
        for decoded in decoded.routes {
            guard let route = decoded.route else { continue }
            let audience = Audience(route.to, in: self, stopsAtFirst: true)
            if audience.isEmpty {
                findings.warning("route `\(route.name.shortened)` reaches nobody: nobody is in \(entries(route.to))", at: decoded.place)
            } else if teams.isEmpty, route.to.allSatisfy({ $0.subject == .role(.team) }) {
                findings.warning(
                    "route `\(route.name.shortened)` reaches nobody: it tells the incident's team, and there are no `teams`",
                    at: decoded.place)
            }
        }
    }

    /// Entries of `to`, as written, for a sentence.
    func entries(_ entries: [RecipientEntry]) -> String { entries.map { "`\($0.text.shortened)`" }.joined(separator: ", ") }
}
