// A YAML document as Tocsin reads it: texts, lists and maps, each with its place. Scalars stay text: what they mean is
// for the option to say, so `off`, `no` and `1` are what they look like.

/// One node of the file.
struct YAMLNode: Sendable {
    enum Content: Sendable {
        /// `isPlain`: written without quotes.
        case text(String, isPlain: Bool)
        case list([YAMLNode])
        /// In the order of the file.
        case map([YAMLMember])
        /// An empty value, `~` or `null`.
        case nothing
    }

    var content: Content
    var place: Place

    /// In words, for messages.
    var kind: String {
        switch content {
        case .text: "a single value"
        case .list: "a list"
        case .map: "a map"
        case .nothing: "empty"
        }
    }

    var text: String? {
        if case .text(let text, _) = content { return text }
        return nil
    }

    var members: [YAMLMember]? {
        if case .map(let members) = content { return members }
        return nil
    }

    var isNothing: Bool {
        if case .nothing = content { return true }
        return false
    }

    /// What a second node of the same kind adds: entries of a list, and members of other names.
    mutating func append(_ other: YAMLNode) {
        switch (content, other.content) {
        case (.list(let entries), .list(let more)): content = .list(entries + more)
        case (.map(var members), .map(let more)):
            for member in more {
                if let index = members.firstIndex(where: { $0.key == member.key }) {
                    members[index].isRepeated = true
                } else {
                    members.append(member)
                }
            }
            content = .map(members)
        case (.nothing, _): self = other
        default: break
        }
    }

    subscript(key: String) -> YAMLNode? { members?.first { $0.key == key }?.value }
}

/// One `key: value` of a map.
struct YAMLMember: Sendable {
    var key: String
    var place: Place
    var value: YAMLNode
    /// The name is there again in the same map; this is the first.
    var isRepeated = false
}
