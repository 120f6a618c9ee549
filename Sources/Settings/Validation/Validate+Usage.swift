// What is declared and nothing uses: usually a name that was meant to stand somewhere.

import Incidents
import Routing

extension Validation {
    func checkUsage() {
        var used: [Namespace: Set<String>] = [:]
        var roles: Set<RecipientEntry.Role> = []
        var hasSubscribers = false
        func use(_ entry: RecipientEntry) {
            if let via = entry.via { used[.channel, default: []].insert(via) }
            switch entry.subject {
            case .address(let channel, _): used[.channel, default: []].insert(channel)
            case .role(let role): roles.insert(role)
            case .subscribers: hasSubscribers = true
            case .name(let name):
                for namespace in [Namespace.channel, .person, .team, .rotation] where reader.isDeclared(name, namespace) {
                    used[namespace, default: []].insert(name)
                }
            }
        }
        for use in reader.names {
            used[use.namespace, default: []].insert(use.name)
            if use.orRotation { used[.rotation, default: []].insert(use.name) }
        }
        for rotation in decoded.rotations { used[.person, default: []].formUnion(rotation.people ?? []) }
        if let channel = decoded.incidentChannel?.channel { used[.channel, default: []].insert(channel) }
        for recipient in reader.recipients { use(recipient.entry) }
        for person in decoded.people where used[.person]?.contains(person.person.id) ?? false {
            // A person without `via` is reached by every channel that fits.
            used[.channel, default: []].formUnion(person.person.via)
        }
        // Incidents and subscriptions may name anybody who is declared.
        let isUnknown = decoded.rotations.contains { $0.people == nil }
        let anybody = hasSubscribers || isUnknown || !roles.isDisjoint(with: [.assignee, .reporter, .communicationLead])
        let anyTeam = roles.contains(.team)
        for (namespace, isOpen) in [
            (Namespace.channel, false), (.person, anybody || anyTeam), (.team, anyTeam || anybody), (.calendar, false),
            (.rotation, anybody),
        ] {
            if isOpen { continue }
            for (name, place) in reader.declared[namespace] ?? [:] where !(used[namespace]?.contains(name) ?? false) {
                if reader.meant.contains(name) || namespace != .calendar && !Self.canBeNamed(name) { continue }
                if namespace == .channel, anybody, decoded.people.contains(where: { $0.person.via.contains(name) }) { continue }
                findings.warning("nothing uses \(namespace.rawValue) `\(name.shortened)`", at: place)
            }
        }
    }
}
