// Roles: the incident names somebody, in the producer's words.

import Incidents

extension RecipientSearch {
    mutating func add(role: RecipientEntry.Role, via: String?) {
        guard let incident else {
            reasons.append("the event has no incident that could name the \(role.rawValue)")
            return
        }
        let named = incident.text(role.rawValue).flatMap { $0.isEmpty ? nil : $0 }
        switch role {
        case .team:
            guard let named else { return reasons.append("the incident has no team") }
            if let team = key(like: named, in: directory.teams.keys) {
                add(team: team, via: via)
            } else if let rotation = rotation(like: named) {
                add(rotation: rotation, via: via)
            } else {
                reasons.append("team is `\(quoted(named))`, which is no team in `teams`")
            }
        case .assignee, .reporter:
            guard let named else { return reasons.append("the incident has no \(role.rawValue)") }
            if !add(likely: named, via: via) {
                reasons.append("\(role.rawValue) is `\(quoted(named))`, who is nobody in `people`")
            }
        case .communicationLead:
            let leads = severity.flatMap { directory.communicationLeads[$0.name] } ?? []
            let other = leads.first(where: isThere)
            // Whoever speaks for the incident may be away with nobody to stand in: then somebody else does.
            if let named, other == nil || directory.person(like: named).map({ isThere($0.id) }) ?? true, add(likely: named, via: via) {
                return
            }
            if let lead = other ?? leads.first {
                add(name: lead, via: via)
            } else if let named {
                reasons.append("communication_lead is `\(quoted(named))`, who is nobody in `people`")
            } else if let severity {
                reasons.append("nobody is named as the communication lead for `\(severity.name)`")
            } else {
                reasons.append("the incident has no communication lead")
            }
        }
    }

    /// Whether a person, or the one on duty, can be told, be it by a deputy.
    private func isThere(_ name: String) -> Bool {
        directory.people[name] != nil ? presence.standIn(for: name) != nil : presence.rotations[name] == nil || presence.onDuty(name) != nil
    }

    private func rotation(like word: String) -> Rotation? {
        key(like: word, in: presence.rotations.keys).flatMap { presence.rotations[$0] }
    }

    /// Adds whom a producer's word means: a person by id, display name or mail address, or else a team, a rotation or a channel.
    private mutating func add(likely word: String, via: String?) -> Bool {
        if let person = directory.person(like: word) {
            add(present: person, via: via)
        } else if let team = key(like: word, in: directory.teams.keys) {
            add(team: team, via: via)
        } else if let rotation = rotation(like: word) {
            add(rotation: rotation, via: via)
        } else if let channel = key(like: word, in: directory.channels.keys) {
            add(name: channel, via: via)
        } else {
            return false
        }
        return true
    }

    private func key(like word: String, in keys: some Collection<String>) -> String? {
        if keys.contains(word) { return word }
        let folded = FoldedWord(word)
        return keys.filter(folded.equals).min()
    }
}
