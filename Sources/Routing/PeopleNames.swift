// What people are called in messages, by whatever word the data names them. Looked up for every message, so it is made once.

/// The display names of people, by id, display name and mail address, whatever the case.
public struct PeopleNames: Sendable {
    private var names: [String: String] = [:]

    /// Where a word may mean two people, an id counts before a name, and a name before an address.
    init(_ people: [String: Person]) {
        let inOrder = people.values.sorted { $0.id < $1.id }
        for person in inOrder { add(person.id, person) }
        for person in inOrder { add(person.displayName, person) }
        for person in inOrder { if let address = person.addresses[.email] { add(address, person) } }
    }

    private mutating func add(_ word: String, _ person: Person) {
        let key = word.lowercased()
        if names[key] == nil { names[key] = person.displayName }
    }

    /// Nil where the word means nobody.
    public subscript(word: String) -> String? { names[word] ?? names[word.lowercased()] }
}
