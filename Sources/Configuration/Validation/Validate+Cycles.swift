// Teams that contain themselves, and fallbacks that lead back.

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
            decoded.channels.map { channel in (channel.name, [channel.fallback.flatMap(target)].compactMap(\.self)) },
            uniquingKeysWith: { first, _ in first })
        for cycle in Self.cycles(decoded.channels.map(\.name), edges) {
            let path = cycle.map { "`\($0)`" }.joined(separator: " → ")
            findings.error("fallbacks lead back to where they began: \(path)", at: cycle.first.flatMap { place(ofFallback: $0) })
        }
    }

    /// The channel that an entry surely uses.
    private func target(_ entry: RecipientEntry) -> String? {
        switch entry.subject {
        case .address(let channel, _): channel
        case .name(let name): entry.via ?? (channels[name] == nil ? onlyWay(name) : name)
        case .role, .subscribers: entry.via
        }
    }

    /// The one channel by which a person can be reached, where it is one.
    private func onlyWay(_ name: String) -> String? {
        guard let person = people[name]?.person else { return nil }
        let ways = person.via.filter { channels[$0]?.facts.map { person.addresses[$0.kind] != nil } ?? false }
        return ways.count == 1 ? ways[0] : nil
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
