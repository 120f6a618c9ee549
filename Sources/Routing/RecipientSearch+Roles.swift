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
            guard let team = key(like: named, in: directory.teams.keys) else {
                return reasons.append("team is `\(quoted(named))`, which is no team in `teams`")
            }
            add(team: team, via: via)
        case .assignee, .reporter:
            guard let named else { return reasons.append("the incident has no \(role.rawValue)") }
            if !add(likely: named, via: via) {
                reasons.append("\(role.rawValue) is `\(quoted(named))`, who is nobody in `people`")
            }
        case .communicationLead:
            if let named, add(likely: named, via: via) { return }
            if let severity, let first = directory.communicationLeads[severity.name]?.first {
                add(name: first, via: via)
            } else if let named {
                reasons.append("communication_lead is `\(quoted(named))`, who is nobody in `people`")
            } else if let severity {
                reasons.append("nobody is named as the communication lead for `\(severity.name)`")
            } else {
                reasons.append("the incident has no communication lead")
            }
        }
    }

    /// Adds whom a producer's word means: a person by id, display name or mail address, or else a team or a channel.
    private mutating func add(likely word: String, via: String?) -> Bool {
        if let person = person(like: word) {
            add(person: person, via: via)
        } else if let team = key(like: word, in: directory.teams.keys) {
            add(team: team, via: via)
        } else if let channel = key(like: word, in: directory.channels.keys) {
            add(name: channel, via: via)
        } else {
            return false
        }
        return true
    }

    private func person(like word: String) -> Person? {
        if let person = directory.people[word] { return person }
        let folded = FoldedWord(word)
        func first(where test: (Person) -> Bool) -> Person? {
            directory.people.values.filter(test).min { $0.id < $1.id }
        }
        return first { folded.equals($0.id) } ?? first { folded.equals($0.displayName) }
            ?? first { $0.addresses[.email].map(folded.equals) ?? false }
    }

    private func key(like word: String, in keys: some Collection<String>) -> String? {
        if keys.contains(word) { return word }
        let folded = FoldedWord(word)
        return keys.filter(folded.equals).min()
    }
}
