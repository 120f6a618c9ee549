// A Slack message as the API takes it: what is empty is left out, what is too long is shortened, block by block.

import JSON

enum SlackPayload {
    typealias Limit = ChannelLimits.Slack

    /// Renders with ever shorter texts of the data until the whole fits; what still does not loses blocks from its end.
    static func within(
        _ limits: [TextLimits.Step], _ render: (TextLimits.Step) throws(RenderFailure) -> JSONValue
    ) throws(RenderFailure) -> JSONValue {
        var payload = JSONValue.null
        for limit in limits {
            payload = try render(limit)
            if size(payload) <= Limit.message { return payload }
        }
        while size(payload) > Limit.message, var members = payload.object {
            guard var blocks = members["blocks"]?.array, blocks.count > 1 else {
                members["blocks"] = nil
                members["attachments"] = nil
                members["text"] = members["text"]?.string.map { .string(Shortening.cutMarkup($0, to: Limit.text)) }
                if members["text"] == nil || size(.object(members)) > Limit.message {
                    throw RenderFailure("the template gives a message of more than \(Limit.message) characters")
                }
                return .object(members)
            }
            blocks.removeLast()
            members["blocks"] = .array(blocks)
            payload = .object(members)
        }
        return payload
    }

    /// Characters of the JSON, in UTF-16 units.
    static func size(_ payload: JSONValue) -> Int {
        let count = payload.byteCount
        // UTF-8 has at least as many bytes as UTF-16 has units.
        return count <= Limit.message ? count : payload.text.utf16.count
    }

    /// The payload without what is empty or unsafe, each text within its limit.
    ///
    /// - Parameters:
    ///   - text: what notifications show where the template gives no `text`.
    ///   - note: a last line, as Slack's markup.
    static func fitted(_ payload: JSONValue, text: String, note: String? = nil) throws(RenderFailure) -> JSONValue {
        guard var members = payload.object else { throw RenderFailure("the template gives no JSON object") }
        if let blocks = members["blocks"] {
            guard let blocks = blocks.array else { throw RenderFailure("`blocks` is no list") }
            let kept = Array(blocks.compactMap(block).prefix(Limit.blocks))
            members["blocks"] = kept.isEmpty ? nil : .array(kept)
        }
        if let given = members["text"], given.string == nil { throw RenderFailure("`text` is no string") }
        let given = members["text"]?.string ?? ""
        if given.isEmpty, members["blocks"] == nil, members["attachments"] == nil {
            throw RenderFailure("the template gives an empty message")
        }
        members["text"] = .string(Shortening.cutMarkup(given.isEmpty ? text : given, to: Limit.text))
        if let note { add(note, to: &members) }
        return .object(members)
    }

    /// Adds a last line: a context block, or, where the message is only text, a line of that.
    private static func add(_ note: String, to members: inout [String: JSONValue]) {
        if let blocks = members["blocks"]?.array {
            let element: JSONValue = ["type": "mrkdwn", "text": .string(Shortening.cutMarkup(note, to: Limit.sectionText))]
            members["blocks"] = .array(blocks.prefix(Limit.blocks - 1) + [["type": "context", "elements": [element]]])
        } else {
            let note = Shortening.cutMarkup(note, to: Limit.text / 2)
            let text = Shortening.cutMarkup(members["text"]?.string ?? "", to: Limit.text - note.utf16.count - 1)
            members["text"] = .string("\(text)\n\(note)")
        }
    }

    private static func block(_ block: JSONValue) -> JSONValue? {
        guard var members = block.object, let type = members["type"]?.string else { return nil }
        // An assignment copies the members, even that of nothing to nothing.
        if let id = members["block_id"] { members["block_id"] = identifier(id) }
        switch type {
        case "header":
            guard let text = textObject(members["text"], limit: Limit.headerText) else { return nil }
            members["text"] = text
        case "section":
            if let text = members["text"] { members["text"] = textObject(text, limit: Limit.sectionText) }
            if let given = members["fields"] {
                let fields = (given.array ?? []).compactMap { textObject($0, limit: Limit.fieldText) }.prefix(Limit.sectionFields)
                members["fields"] = fields.isEmpty ? nil : .array(Array(fields))
            }
            if let accessory = members["accessory"] { members["accessory"] = element(accessory) }
            if members["text"] == nil, members["fields"] == nil { return nil }
        case "context":
            let elements = (members["elements"]?.array ?? []).compactMap(contextElement).prefix(Limit.contextElements)
            if elements.isEmpty { return nil }
            members["elements"] = .array(Array(elements))
        case "actions":
            let elements = (members["elements"]?.array ?? []).compactMap(element).prefix(Limit.actionElements)
            if elements.isEmpty { return nil }
            members["elements"] = .array(Array(elements))
        case "image":
            guard let url = link(members["image_url"]) else { return nil }
            members["image_url"] = url
            members["title"] = textObject(members["title"], limit: Limit.imageText)
            members["alt_text"] = .string(Shortening.cut(members["alt_text"]?.string ?? "", to: Limit.imageText))
        default: break
        }
        return .object(members)
    }

    /// An element of `actions`, or an accessory. A button with a `url` that is empty or unsafe is left out, and one with
    /// a `value` that is empty or too long.
    private static func element(_ element: JSONValue) -> JSONValue? {
        guard var members = element.object, let type = members["type"]?.string else { return nil }
        if let id = members["action_id"] { members["action_id"] = identifier(id) }
        switch type {
        case "button":
            guard let text = textObject(members["text"], limit: Limit.buttonText) else { return nil }
            members["text"] = text
            if let url = members["url"] {
                guard let url = link(url) else { return nil }
                members["url"] = url
            }
            if let value = members["value"]?.string {
                // Half a value is none.
                if value.isEmpty || value.utf16.count > Limit.buttonValue { return nil }
            }
        case "image":
            guard let url = link(members["image_url"]) else { return nil }
            members["image_url"] = url
        default: break
        }
        return .object(members)
    }

    private static func contextElement(_ element: JSONValue) -> JSONValue? {
        element["type"]?.string == "image" ? self.element(element) : textObject(element, limit: Limit.sectionText)
    }

    private static func textObject(_ value: JSONValue?, limit: Int) -> JSONValue? {
        guard let value, var members = value.object, let text = members["text"]?.string, !text.isEmpty else { return nil }
        if text.utf8.count <= limit { return value }
        members["text"] = .string(Shortening.cutMarkup(text, to: limit))
        return .object(members)
    }

    private static func link(_ value: JSONValue?) -> JSONValue? {
        value?.string.flatMap(SafeLink.make).map(JSONValue.string)
    }

    private static func identifier(_ value: JSONValue?) -> JSONValue? {
        value?.string.flatMap { $0.isEmpty ? nil : .string(String($0.prefix(Limit.identifier))) }
    }
}
