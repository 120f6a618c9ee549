// Who may release a held broadcast: those whom routes.yaml names, or whoever stands in for them; never its author, and
// nobody in its author's place. Pure.

import Foundation
import Incidents

/// Who may approve one broadcast.
public struct Approvers {
    private let table: RoutingTable
    private let presence: Presence
    private let author: String?

    public init(of broadcast: Broadcast, _ table: RoutingTable, _ surroundings: any Surroundings, now: Date) throws {
        self.table = table
        presence = try table.presence(surroundings, now: now)
        author = broadcast.by.map { table.person(meantBy: $0) }
    }

    /// People who are asked, each once, in the order of `approvers`: those who are away are represented.
    public var asked: [String] {
        var found: [String] = []
        for name in table.people.broadcasts.approvers {
            guard let own = holder(of: name), own != author, let person = presence.standIn(for: own), person != author else { continue }
            if !found.contains(person) { found.append(person) }
        }
        return found
    }

    /// Why somebody may not decide; nil: they may.
    public func objection(to name: String) -> String? {
        let person = table.person(meantBy: name)
        if person == author { return "`\(quoted(name))` wrote it, and nobody approves their own" }
        let names = table.people.broadcasts.approvers
        if names.isEmpty {
            return table.directory.people[person] == nil
                ? "`\(quoted(name))` is nobody in `people` of routes.yaml; somebody who is, and did not write it, may decide" : nil
        }
        let mayDecide = names.contains { name in
            guard let own = holder(of: name), own != author else { return false }
            return own == person || presence.standIn(for: own) == person
        }
        if mayDecide { return nil }
        let who = asked.isEmpty ? "and nobody who is there may" : "who may: \(asked.map(quoted).joined(separator: ", "))"
        return "`\(quoted(name))` is none of `broadcasts.approvers`; \(who)"
    }

    /// An entry of `approvers` as a person.
    private func holder(of name: String) -> String? {
        table.people.rotations[name] == nil ? table.person(meantBy: name) : presence.onDuty(name)
    }
}

extension RoutingTable {
    /// A person's id, where a word means somebody of `people` by id, name or mail address; else the word itself, in lower
    /// case, so that it can be compared.
    public func person(meantBy word: String) -> String {
        if directory.people[word] != nil { return word }
        let folded = FoldedWord(word.trimmingCharacters(in: .whitespaces))
        let found = directory.people.values.filter { person in
            folded.equals(person.id) || folded.equals(person.displayName) || (person.addresses[.email].map(folded.equals) ?? false)
        }
        return found.min { $0.id < $1.id }?.id ?? folded.text
    }
}
