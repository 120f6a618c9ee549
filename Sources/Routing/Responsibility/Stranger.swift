// Somebody whom an assignment names, and whom routes.yaml does not know: they hear nothing, and it is said. Pure.

import Incidents

/// Whom an event gives something to, where nobody is called that.
public struct Stranger: Sendable, Equatable {
    /// `assignee`, `team` or `communication_lead`.
    public var member: String
    /// As the event has it.
    public var word: String
    /// Who was probably meant; nil: nobody is called anything like it.
    public var near: String?

    /// For logs and commands: `` nobody is called `bne` in routes.yaml, so nobody was told of it as assignee; did you mean `ben`? ``
    public var text: String {
        let hint = near.map { "; did you mean `\(quoted($0))`?" } ?? ""
        return "nobody is called `\(quoted(word))` in routes.yaml, so nobody is told of it as \(quoted(member))\(hint)"
    }
}

extension RoutingTable {
    /// Whom an assignment names that nobody is. Empty for Tocsin's own events, and where routes.yaml has nobody to assign to.
    public func strangers(in event: Event) -> [Stranger] {
        guard event.type == .assignment, event.source != Event.ownSource, !directory.people.isEmpty || !directory.teams.isEmpty else {
            return []
        }
        return Incident.responsibilities.compactMap { member in
            let said = event.incident?.members[member]?.string ?? (event.change.field == member ? event.change.to : nil)
            guard let word = said, !word.isEmpty, !isKnown(word, as: member) else { return nil }
            return Stranger(member: member, word: word, near: near(word, as: member))
        }
    }

    private func isKnown(_ word: String, as member: String) -> Bool {
        guard case .name(let name) = directory.entry(like: word, rotations: people.rotations).subject else { return true }
        if directory.teams[name] != nil || people.rotations[name] != nil { return true }
        return member != "team" && (directory.people[name] != nil || directory.channels[name] != nil)
    }

    private func near(_ word: String, as member: String) -> String? {
        let others = Array(directory.teams.keys) + Array(people.rotations.keys)
        return Suggestion.nearest(to: word, among: (member == "team" ? [] : directory.people.keys.sorted()) + others.sorted())
    }
}
