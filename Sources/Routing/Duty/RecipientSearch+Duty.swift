// Names that mean somebody else now: whoever is on duty, and whoever stands in for those who are away.

import Foundation
import Incidents

extension RecipientSearch {
    /// A person, or whoever stands in for them.
    mutating func add(present person: Person, via: String?) {
        if presence.absences[person.id] == nil { return add(person: person, via: via) }
        guard let name = presence.standIn(for: person.id), let other = directory.people[name] else {
            return reasons.append(presence.whyNobody(for: person.id))
        }
        // The channel was chosen for the one who is away: another person may have no address for it.
        let isReached = via.flatMap { directory.channels[$0] }.map { $0.takesAddresses && other.addresses[$0.kind] != nil } ?? false
        noting(presence.note(of: person.id)) { $0.add(person: other, via: isReached ? via : nil) }
    }

    /// Whoever is on duty.
    mutating func add(rotation: Rotation, via: String?) {
        let turn = rotation.turn(at: presence.now)
        guard let turn else { return reasons.append(presence.note(of: nil, rotation)) }
        guard let person = directory.people[turn.person] else {
            return reasons.append("it is the turn of `\(quoted(turn.person))`, who is nobody in `people`")
        }
        noting(presence.note(of: turn, rotation)) { $0.add(present: person, via: via) }
    }

    /// Whoever is added in `body` was found because of this.
    private mutating func noting(_ note: String?, _ body: (inout RecipientSearch) -> Void) {
        let before = because
        if let note { because.append(note) }
        body(&self)
        because = before
    }
}

extension Directory {
    /// Whom a word of somebody else's means: a person by id, or else, without regard to case, by id, display name or mail address.
    public func person(like word: String) -> Person? {
        if let person = people[word] { return person }
        let folded = FoldedWord(word)
        func first(where test: (Person) -> Bool) -> Person? { people.values.filter(test).min { $0.id < $1.id } }
        return first { folded.equals($0.id) } ?? first { folded.equals($0.displayName) }
            ?? first { $0.addresses[.email].map(folded.equals) ?? false }
    }
}
