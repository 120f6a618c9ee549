// The names that the file declares, and the plain references to them.

import Incidents
import Routing

extension Validation {
    /// One name is one thing; and it must be possible to write it in `to`.
    func checkDeclaredNames() {
        var seen: [String: (namespace: Namespace, place: Place)] = [:]
        let all = [Namespace.channel, .person, .team, .rotation].flatMap { namespace in
            (reader.declared[namespace] ?? [:]).map { (namespace: namespace, name: $0.key, place: $0.value) }
        }
        for (namespace, name, place) in all.sorted(by: { $0.place < $1.place }) {
            if Self.roleWords.contains(name) {
                findings.error("`\(name)` cannot be the name of \(namespace.phrase): in `to` it means something else", at: place)
            } else if !Self.canBeNamed(name) {
                findings.error(
                    "`\(name.shortened)` cannot be a name: names have no colon, no `via` and no white space around them", at: place)
            } else if let other = seen[name] {
                findings.error(
                    "`\(name.shortened)` is \(other.namespace.phrase) already (line \(other.place.line)); a name means one thing", at: place
                )
            }
            if seen[name] == nil { seen[name] = (namespace, place) }
        }
    }

    func checkNameUses() {
        for use in reader.names where !reader.isDeclared(use.name, use.namespace) {
            if !use.orRotation {
                findings.error(unknown(use.name, use.namespace, isHidden: use.holdsSecret), at: use.place)
            } else if !reader.isDeclared(use.name, .rotation) {
                findings.error(unknownSomebody(use.name, isHidden: use.holdsSecret), at: use.place)
            }
        }
    }

    private func unknownSomebody(_ name: String, isHidden: Bool) -> String {
        if isHidden { return "there is no person and no rotation of this name" }
        for other in Namespace.allCases where reader.isDeclared(name, other) {
            return "`\(name.shortened)` is \(other.phrase), and here stands a person or a rotation"
        }
        let hint = suggestion(for: name, among: reader.declaredNames(.person) + reader.declaredNames(.rotation))
        return "there is no person and no rotation `\(name.shortened)`\(hint)"
    }

    /// - Parameter isHidden: the name came from a secret, and must not be seen.
    func unknown(_ name: String, _ namespace: Namespace, isHidden: Bool) -> String {
        if isHidden { return "there is no \(namespace.rawValue) of this name" }
        for other in Namespace.allCases where other != namespace && reader.isDeclared(name, other) {
            return "`\(name.shortened)` is \(other.phrase), and here stands \(namespace.phrase)"
        }
        let names = reader.declaredNames(namespace)
        let hint = suggestion(for: name, among: names)
        let section = names.isEmpty ? "; there are no `\(namespace.section)`" : ""
        return "there is no \(namespace.rawValue) `\(name.shortened)`\(hint.isEmpty ? section : hint)"
    }

    /// `; did you mean …`, remembered.
    func suggestion(for name: String, among names: [String]) -> String {
        guard let nearest = Suggestion.nearest(to: name, among: names) else { return "" }
        reader.meant.insert(nearest)
        return "; did you mean `\(nearest)`?"
    }

    static let roleWords = RecipientEntry.Role.allCases.map(\.rawValue) + ["subscribers"]

    /// Whether `to` can speak of it.
    static func canBeNamed(_ name: String) -> Bool {
        let words = name.split(whereSeparator: \.isWhitespace)
        return !roleWords.contains(name) && !name.contains(":") && !words.contains("via") && words.joined(separator: " ") == name
            && !name.isEmpty && !AddressText.holdsControls(name)
    }
}
