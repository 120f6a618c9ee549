// Under what a match as events carry it can be found, told from how it is written: most wishes ask for a service or a team by
// its name, and there may be 100,000 of them. What this says nothing of must be understood first.

import JSON

extension IndexKey {
    /// Of each member that asks the incident for plain words alone: those words. An incident that has none of them is not meant.
    static func plain(of members: [String: JSONValue]) -> [Set<IndexKey>] {
        members.compactMap { name, value in plainMember(name).flatMap { words(value, of: $0) } }
    }

    private static func plainMember(_ name: String) -> MatchMember? {
        switch name {
        case "service": .service
        case "category": .category
        case "team": .team
        case "assignee": .assignee
        case "id": .id
        default: name.hasPrefix("labels.") && name.utf8.count > 7 ? .label(String(name.dropFirst(7))) : nil
        }
    }

    /// Nil where any value may be more than a word.
    private static func words(_ value: JSONValue, of member: MatchMember) -> Set<IndexKey>? {
        guard let values = value.array else { return value.scalarText.flatMap(plainWord).map { [.word(member, $0)] } }
        var keys: Set<IndexKey> = []
        for value in values {
            guard let word = value.scalarText.flatMap(plainWord) else { return nil }
            keys.insert(.word(member, word))
        }
        return keys.isEmpty ? nil : keys
    }

    /// In lower case; nil for negations, patterns, comparisons, and what is not ASCII or has room around it.
    private static func plainWord(_ text: String) -> String? {
        guard let first = text.utf8.first, let last = text.utf8.last, first != 0x20, last != 0x20, text.utf8.count <= Pattern.maximumLength,
            ![UInt8(ascii: "!"), UInt8(ascii: "~"), UInt8(ascii: "<"), UInt8(ascii: ">")].contains(first),
            text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "*") && $0 != UInt8(ascii: "?") })
        else { return nil }
        return text.lowercased()
    }
}
