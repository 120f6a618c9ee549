// Teams that contain themselves, fallbacks that lead back, and services that need one another.

import Incidents
import Routing

extension Validation {
    func checkTeamCycles() {
        let edges = Dictionary(
            decoded.teams.map { team in
                (
                    team.name,
                    team.members.compactMap { given -> String? in
                        guard case .name(let name)? = given.recipient?.subject, teams[name] != nil else { return nil }
                        return name
                    }
                )
            }, uniquingKeysWith: { first, _ in first })
        for cycle in Self.cycles(decoded.teams.map(\.name), edges) {
            let path = cycle.map { "`\($0)`" }.joined(separator: " → ")
            findings.error("teams contain one another: \(path)", at: cycle.first.flatMap { teams[$0]?.place })
        }
    }

    func checkFallbackCycles() {
        let edges = Dictionary(
            decoded.channels.map { channel in
                (channel.name, [channel.fallback.flatMap { target($0, ofFallback: channel.name) }].compactMap(\.self))
            }, uniquingKeysWith: { first, _ in first })
        for cycle in Self.cycles(decoded.channels.map(\.name), edges) {
            let path = cycle.map { "`\($0)`" }.joined(separator: " → ")
            findings.error("fallbacks lead back to where they began: \(path)", at: cycle.first.flatMap { place(ofFallback: $0) })
        }
    }

    /// They may well be like that: each then waits for the other, for as long as both have incidents.
    func checkDependencyCycles() {
        let edges = Dictionary(decoded.dependencies.map { ($0.service, $0.needs) }, uniquingKeysWith: { first, _ in first })
        for cycle in Self.cycles(decoded.dependencies.map(\.service), edges) {
            guard let first = cycle.first else { continue }
            let path = cycle.dropFirst().map { "`\($0.shortened)`" }.joined(separator: ", which needs ")
            findings.warning(
                "services need one another: `\(first.shortened)` needs \(path)",
                at: decoded.dependencies.first { $0.service == first }?.place)
        }
    }

    /// The channel whose fallback comes next, where the message did not get through: that is sure, whoever it is for.
    private func target(_ entry: RecipientEntry, ofFallback channel: String) -> String? {
        if let via = entry.via { return via }
        switch entry.subject {
        case .address(let other, _): return other
        case .role, .subscribers: return nil
        case .name(let name):
            if channels[name] != nil { return name }
            if let person = people[name]?.person { return lastWay(of: person, from: channel) }
            let members = members(of: name)
            guard !members.hasRole, !members.isBroken else { return nil }
            let ways = Set(members.people.map { lastWay(of: $0.person, from: channel) } + members.addresses.map(\.self))
            return ways.count == 1 ? ways.first ?? nil : nil
        }
    }

    /// The last channel by which somebody is tried; nil where there are several and the last is that which failed: they
    /// were reached by another one before.
    private func lastWay(of person: Person, from channel: String) -> String? {
        let ways = person.via.filter { channels[$0]?.facts.map { $0.takesAddresses && person.addresses[$0.kind] != nil } ?? false }
        return ways.count > 1 && ways.last == channel ? nil : ways.last
    }

    private func place(ofFallback name: String) -> Place? {
        reader.root["channels"]?[name]?["fallback"]?.place ?? channels[name]?.place
    }

    /// Each cycle once, beginning with its first name in the given order, and ending with it again.
    static func cycles(_ names: [String], _ edges: [String: [String]]) -> [[String]] {
        var cycles: [[String]] = []
        var done: Set<String> = []
        for start in names where !done.contains(start) {
            // Depth first, without recursion: each frame is a name and its next edge.
            var path: [(name: String, next: Int)] = [(start, 0)]
            while let top = path.last {
                let targets = edges[top.name] ?? []
                guard top.next < targets.count else {
                    done.insert(top.name)
                    path.removeLast()
                    continue
                }
                path[path.count - 1].next += 1
                let target = targets[top.next]
                if let at = path.firstIndex(where: { $0.name == target }) {
                    cycles.append(path[at...].map(\.name) + [target])
                } else if !done.contains(target) {
                    path.append((target, 0))
                }
            }
        }
        return cycles
    }
}
