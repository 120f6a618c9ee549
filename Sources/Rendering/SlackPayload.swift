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
    static func fitted(_ payload: JSONValue, text: @autoclosure () -> String, note: String? = nil) throws(RenderFailure) -> JSONValue {
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
        members["text"] = .string(Shortening.cutMarkup(given.isEmpty ? text() : given, to: Limit.text))
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

    /// Whether an element of a template's array may stay with nothing filled in. What does not need not be looked at for each
    /// message.
    ///
    /// - Parameters:
    ///   - pointer: of the array.
    ///   - type: of the object that it is in.
    static func keeps(_ blank: JSONValue, at pointer: String, of type: String?) -> Bool {
        if pointer == "/blocks" { return block(blank) != nil }
        guard pointer.hasPrefix("/blocks/"), type == "section" || type == "context", blank["type"]?.string != "image" else { return true }
        return textObject(blank, limit: Limit.sectionText).value(blank) != nil
    }

    private static func block(_ block: JSONValue) -> JSONValue? {
        guard case .object(var members) = block, let type = members["type"]?.string else { return nil }
        fit("block_id", of: &members, identifier)
        switch type {
        case "header":
            fit("text", of: &members) { textObject($0, limit: Limit.headerText) }
            if members["text"] == nil { return nil }
        case "section":
            fit("text", of: &members) { textObject($0, limit: Limit.sectionText) }
            fit("fields", of: &members) { list($0, Limit.sectionFields) { textObject($0, limit: Limit.fieldText) } }
            fit("accessory", of: &members, element)
            if members["text"] == nil, members["fields"] == nil { return nil }
        case "context":
            fit("elements", of: &members) { list($0, Limit.contextElements, contextElement) }
            if members["elements"] == nil { return nil }
        case "actions":
            fit("elements", of: &members) { list($0, Limit.actionElements, element) }
            if members["elements"] == nil { return nil }
        case "image":
            fit("image_url", of: &members, link)
            if members["image_url"] == nil { return nil }
            fit("title", of: &members) { textObject($0, limit: Limit.imageText) }
            members["alt_text"] = .string(Shortening.cut(members["alt_text"]?.string ?? "", to: Limit.imageText))
        default: break
        }
        return .object(members)
    }

    /// An element of `actions`, or an accessory. A button with a `url` that is empty or unsafe is left out, and one with
    /// a `value` that is empty or too long.
    private static func element(_ element: JSONValue) -> Fit {
        guard case .object(var members) = element, let type = members["type"]?.string else { return .nothing }
        fit("action_id", of: &members, identifier)
        switch type {
        case "button":
            fit("text", of: &members) { textObject($0, limit: Limit.buttonText) }
            if members["text"] == nil { return .nothing }
            if members["url"] != nil {
                fit("url", of: &members, link)
                if members["url"] == nil { return .nothing }
            }
            if let value = members["value"]?.string {
                // Half a value is none.
                if value.isEmpty || value.utf16.count > Limit.buttonValue { return .nothing }
            }
        case "image":
            fit("image_url", of: &members, link)
            if members["image_url"] == nil { return .nothing }
        default: break
        }
        return .other(.object(members))
    }

    private static func contextElement(_ element: JSONValue) -> Fit {
        element["type"]?.string == "image" ? self.element(element) : textObject(element, limit: Limit.sectionText)
    }

    private static func textObject(_ value: JSONValue, limit: Int) -> Fit {
        guard case .object(var members) = value, let text = members["text"]?.string, !text.isEmpty else { return .nothing }
        if text.utf8.count <= limit { return .same }
        members["text"] = .string(Shortening.cutMarkup(text, to: limit))
        return .other(.object(members))
    }

    /// Of an array, at most so many of those that fit; nothing where none does.
    private static func list(_ value: JSONValue, _ limit: Int, _ element: (JSONValue) -> Fit) -> Fit {
        var kept: [JSONValue] = []
        for one in value.array ?? [] {
            if kept.count == limit { break }
            if let fitting = element(one).value(one) { kept.append(fitting) }
        }
        return kept.isEmpty ? .nothing : .other(.array(kept))
    }

    private static func link(_ value: JSONValue) -> Fit {
        value.string.flatMap(SafeLink.make).map { .other(.string($0)) } ?? .nothing
    }

    private static func identifier(_ value: JSONValue) -> Fit {
        guard let id = value.string, !id.isEmpty else { return .nothing }
        return .other(.string(String(id.prefix(Limit.identifier))))
    }

    /// What becomes of a value that has to fit.
    private enum Fit {
        case same
        case other(JSONValue)
        case nothing

        func value(_ given: JSONValue) -> JSONValue? {
            switch self {
            case .same: given
            case .other(let value): value
            case .nothing: nil
            }
        }
    }

    /// Makes a member fit, if it is there. What is to stay is not written: that would copy all members, which most objects
    /// share with the template.
    private static func fit(_ name: String, of members: inout [String: JSONValue], _ fit: (JSONValue) -> Fit) {
        guard let value = members[name] else { return }
        switch fit(value) {
        case .same: break
        case .other(let value): members[name] = value
        case .nothing: members[name] = nil
        }
    }
}
