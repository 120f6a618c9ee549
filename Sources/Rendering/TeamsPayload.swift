// A Teams message with its Adaptive Card: what is empty is left out, links are safe, and the whole stays small enough
// for what Teams makes of it. Details go first, structure last.

import JSON

enum TeamsPayload {
    typealias Limit = ChannelLimits.Teams
    static let cardType = "application/vnd.microsoft.card.adaptive"

    /// The cards of a message, or the document itself where it is a card.
    static func cards(_ document: JSONValue) -> [JSONValue] {
        if document["type"]?.string == "AdaptiveCard" { return [document] }
        return (document["attachments"]?.array ?? []).compactMap { $0["content"] }.filter { $0["type"]?.string == "AdaptiveCard" }
    }

    /// Renders with ever shorter texts of the data until the card fits; what still does not loses facts and elements from
    /// the end of its body.
    static func within(
        _ limits: [TextLimits.Step], _ render: (TextLimits.Step) throws(RenderFailure) -> JSONValue
    ) throws(RenderFailure) -> JSONValue {
        var payload = JSONValue.null
        for limit in limits {
            payload = try render(limit)
            if fits(payload) { return payload }
        }
        while !fits(payload) {
            guard let smaller = smaller(payload) else {
                throw RenderFailure("the template gives a card of more than \(Limit.message) bytes")
            }
            payload = smaller
        }
        return payload
    }

    static func fits(_ payload: JSONValue) -> Bool {
        let count = payload.byteCount
        if count > Limit.message { return false }
        // No byte of UTF-8 becomes more than three when it is escaped.
        if count * 3 <= Limit.escapedMessage { return true }
        let bytes = payload.bytes
        // Each UTF-16 unit beyond ASCII may become `\uXXXX`: two to four bytes become six or twelve.
        var size = bytes.count
        for byte in bytes where byte >= 0xC0 { size += byte >= 0xF0 ? 8 : byte >= 0xE0 ? 3 : 4 }
        return size <= Limit.escapedMessage
    }

    /// The message with a card that has no empty parts.
    ///
    /// - Parameter note: a last line of the card, as Markdown.
    static func fitted(_ payload: JSONValue, note: String? = nil) throws(RenderFailure) -> JSONValue {
        guard let first = cards(payload).first else { throw RenderFailure("the template gives no Adaptive Card") }
        guard let card = card(first) else { throw RenderFailure("the template gives an empty card") }
        guard let note, var members = card.object, let body = members["body"]?.array else { return message(card) }
        let line: JSONValue = ["type": "TextBlock", "text": .string(note), "size": "Small", "isSubtle": true, "wrap": true]
        members["body"] = .array(body + [line])
        return message(.object(members))
    }

    static func message(_ card: JSONValue) -> JSONValue {
        ["type": "message", "attachments": [["contentType": .string(cardType), "contentUrl": .null, "content": card]]]
    }

    private static func card(_ card: JSONValue) -> JSONValue? {
        guard var members = card.object else { return nil }
        let body = (members["body"]?.array ?? []).compactMap(element)
        if body.isEmpty { return nil }
        members["body"] = .array(body)
        members["actions"] = actions(members["actions"])
        if members["version"] == nil { members["version"] = .string(Limit.cardVersion) }
        return .object(members)
    }

    private static func element(_ element: JSONValue) -> JSONValue? {
        guard var members = element.object, let type = members["type"]?.string else { return nil }
        switch type {
        case "TextBlock":
            if members["text"]?.string?.isEmpty ?? true { return nil }
        case "FactSet":
            let facts = (members["facts"]?.array ?? []).filter {
                !($0["value"]?.string ?? "").isEmpty && !($0["title"]?.string ?? "").isEmpty
            }
            if facts.isEmpty { return nil }
            members["facts"] = .array(facts)
        case "RichTextBlock":
            let inlines = (members["inlines"]?.array ?? []).filter { !($0.string ?? $0["text"]?.string ?? "").isEmpty }
            if inlines.isEmpty { return nil }
            members["inlines"] = .array(inlines)
        case "Image":
            guard let url = members["url"]?.string.flatMap(SafeLink.make) else { return nil }
            members["url"] = .string(url)
        case "ActionSet":
            guard let actions = actions(members["actions"]) else { return nil }
            members["actions"] = actions
        case "Container", "Column":
            let items = (members["items"]?.array ?? []).compactMap(Self.element)
            if items.isEmpty { return nil }
            members["items"] = .array(items)
        case "ColumnSet":
            let columns = (members["columns"]?.array ?? []).compactMap { column -> JSONValue? in
                guard var members = column.object else { return nil }
                members["type"] = "Column"
                return Self.element(.object(members))
            }
            if columns.isEmpty { return nil }
            members["columns"] = .array(columns)
        default: break
        }
        return .object(members)
    }

    private static func actions(_ value: JSONValue?) -> JSONValue? {
        let actions = (value?.array ?? []).compactMap { action -> JSONValue? in
            guard var members = action.object, let type = members["type"]?.string, !(members["title"]?.string ?? "").isEmpty
            else { return nil }
            switch type {
            case "Action.OpenUrl":
                guard let url = members["url"]?.string.flatMap(SafeLink.make) else { return nil }
                members["url"] = .string(url)
            case "Action.ShowCard":
                guard let shown = members["card"].flatMap(card) else { return nil }
                members["card"] = shown
            default: break
            }
            return .object(members)
        }
        return actions.isEmpty ? nil : .array(Array(actions.prefix(Limit.actions)))
    }

    /// The message with one detail less: the last fact, else the last element of the body; nil where only one is left.
    private static func smaller(_ payload: JSONValue) -> JSONValue? {
        guard var card = cards(payload).first?.object, var body = card["body"]?.array else { return nil }
        if let index = body.lastIndex(where: { ($0["facts"]?.array?.count ?? 0) > 1 }), var set = body[index].object,
            let facts = set["facts"]?.array
        {
            set["facts"] = .array(facts.dropLast())
            body[index] = .object(set)
        } else if body.count > 1 {
            body.removeLast()
        } else {
            return nil
        }
        card["body"] = .array(body)
        return message(.object(card))
    }
}
