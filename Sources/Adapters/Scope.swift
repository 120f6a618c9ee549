// What the texts of an adapter are filled in from, while one item is looked at.

import JSON

struct Scope {
    /// What the rule is at.
    var here: JSONValue
    /// What the adapter is at.
    var item: JSONValue
    var body: JSONValue
    /// An object: the headers by their names in lower case.
    var headers: JSONValue
    /// In `as`: the text so far.
    var it: String?
    /// A JSON Pointer to `here`.
    var pointer: String

    subscript(path: ValuePath) -> JSONValue? {
        let root: JSONValue
        switch path.root {
        case .here: root = here
        case .item: root = item
        case .body: root = body
        case .header: root = headers
        case .it: root = it.map(JSONValue.string) ?? .null
        }
        return ValuePath.find(path.steps[...], in: root)
    }
}

extension JSONValue {
    /// The longest text that is taken over, in Unicode scalars.
    static let maximumText = 16_384

    /// As the text of an event's member: scalars; of a reference (`{display_value, value, link}`) what it shows; of a list
    /// its texts. Empty ones are nil.
    var adapted: String? {
        switch self {
        case .null: return nil
        case .object:
            for name in ["display_value", "value", "name"] {
                if let text = self[name]?.scalarText?.trimmed, !text.isEmpty { return text }
            }
            return nil
        case .array(let elements):
            let texts = elements.prefix(ValuePath.maximumElements).compactMap { $0.array == nil ? $0.adapted : nil }
            return texts.isEmpty ? nil : texts.joined(separator: ", ").cut(to: Self.maximumText)
        default:
            guard let text = scalarText?.cut(to: Self.maximumText).trimmed, !text.isEmpty else { return nil }
            return text
        }
    }
}

extension String {
    /// At most so many Unicode scalars; what is cut ends with `…`.
    func cut(to limit: Int) -> String {
        if utf8.count <= limit { return self }
        let kept = unicodeScalars.prefix(limit)
        return kept.endIndex == unicodeScalars.endIndex ? self : String(kept) + "…"
    }

    /// Without white space at either end.
    var trimmed: String {
        guard let first = unicodeScalars.first, let last = unicodeScalars.last else { return self }
        if !first.properties.isWhitespace, !last.properties.isWhitespace { return self }
        let scalars = unicodeScalars
        guard let start = scalars.firstIndex(where: { !$0.properties.isWhitespace }),
            let end = scalars.lastIndex(where: { !$0.properties.isWhitespace })
        else { return "" }
        return String(scalars[start...end])
    }
}
