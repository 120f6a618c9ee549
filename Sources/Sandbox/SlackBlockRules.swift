// The blocks and elements of Slack's Block Kit, one by one: https://docs.slack.dev/reference/block-kit/blocks
// Kinds that Tocsin never sends are let through without a look inside; kinds that do not exist are refused.

import JSON
import Rendering

struct SlackBlockRules {
    private typealias Limits = ChannelLimits.Slack

    /// The text seen so far, in UTF-16 units.
    private(set) var characters = 0
    private var blockIDs: Set<String> = []

    private static let otherBlocks: Set<String> = ["file", "rich_text", "video", "input", "markdown", "table"]
    private static let otherElements: Set<String> = [
        "overflow", "static_select", "external_select", "users_select", "conversations_select", "channels_select", "multi_static_select",
        "multi_external_select", "multi_users_select", "multi_conversations_select", "multi_channels_select", "datepicker", "timepicker",
        "datetimepicker", "radio_buttons", "checkboxes", "workflow_button",
    ]

    mutating func check(_ block: JSONValue, at place: String) throws(SlackError) {
        guard block.object != nil else { throw invalid("must be an object", place) }
        if let id = try text(block["block_id"], 1...Limits.identifier, place + "/block_id") {
            guard blockIDs.insert(id).inserted else { throw invalid("`block_id` already exists: \(id)", place + "/block_id") }
        }
        let type = block["type"]?.string ?? ""
        switch type {
        case "header":
            try members(block, ["text"], place)
            try textObject(block["text"], 1...Limits.headerText, ["plain_text"], place + "/text")
        case "section": try section(block, place)
        case "context": try context(block, place)
        case "actions": try actions(block, place)
        case "divider": try members(block, [], place)
        case "image": try image(block, place)
        case _ where Self.otherBlocks.contains(type): break
        default: throw invalid("unsupported type: \(type)", place + "/type")
        }
    }

    private mutating func section(_ block: JSONValue, _ place: String) throws(SlackError) {
        try members(block, ["text", "fields", "accessory", "expand"], place)
        guard block["text"] != nil || block["fields"] != nil else { throw invalid("must have `text` or `fields`", place) }
        if block["text"] != nil { try textObject(block["text"], 1...Limits.sectionText, place: place + "/text") }
        if let value = block["fields"] {
            let fields = try array(value, 1...Limits.sectionFields, place + "/fields")
            for (index, field) in fields.enumerated() {
                try textObject(field, 1...Limits.fieldText, place: "\(place)/fields/\(index)")
            }
        }
        if let accessory = block["accessory"] {
            var actionIDs: Set<String> = []
            if accessory["type"]?.string == "image" {
                try image(accessory, place + "/accessory")
            } else {
                try element(accessory, &actionIDs, place + "/accessory")
            }
        }
    }

    private mutating func context(_ block: JSONValue, _ place: String) throws(SlackError) {
        try members(block, ["elements"], place)
        let elements = try array(block["elements"], 1...Limits.contextElements, place + "/elements")
        for (index, element) in elements.enumerated() {
            let place = "\(place)/elements/\(index)"
            if element["type"]?.string == "image" {
                try image(element, place)
            } else {
                try textObject(element, 1...Limits.sectionText, place: place)
            }
        }
    }

    private mutating func actions(_ block: JSONValue, _ place: String) throws(SlackError) {
        try members(block, ["elements"], place)
        var actionIDs: Set<String> = []
        let elements = try array(block["elements"], 1...Limits.actionElements, place + "/elements")
        for (index, element) in elements.enumerated() { try self.element(element, &actionIDs, "\(place)/elements/\(index)") }
    }

    private mutating func element(_ element: JSONValue, _ actionIDs: inout Set<String>, _ place: String) throws(SlackError) {
        let type = element["type"]?.string ?? ""
        if let id = try text(element["action_id"], 1...Limits.identifier, place + "/action_id") {
            guard actionIDs.insert(id).inserted else { throw invalid("`action_id` already exists: \(id)", place + "/action_id") }
        }
        guard type == "button" else {
            if Self.otherElements.contains(type) { return }
            throw invalid("unsupported type: \(type)", place + "/type")
        }
        try members(element, ["text", "action_id", "value", "url", "style", "confirm", "accessibility_label"], place)
        try textObject(element["text"], 1...Limits.buttonText, ["plain_text"], place + "/text")
        _ = try text(element["value"], 1...Limits.buttonValue, place + "/value")
        _ = try text(element["accessibility_label"], 1...Limits.buttonText, place + "/accessibility_label")
        try url(element["url"], place + "/url")
        if let style = element["style"], style.string != "primary", style.string != "danger" {
            throw invalid("must be a valid enum value", place + "/style")
        }
    }

    private mutating func image(_ image: JSONValue, _ place: String) throws(SlackError) {
        try members(image, ["image_url", "slack_file", "alt_text", "title"], place)
        guard image["image_url"] != nil || image["slack_file"] != nil else { throw invalid("missing required field: image_url", place) }
        try url(image["image_url"], place + "/image_url")
        guard try text(image["alt_text"], 0...Limits.imageText, place + "/alt_text") != nil else {
            throw invalid("missing required field: alt_text", place)
        }
        if image["title"] != nil { try textObject(image["title"], 1...Limits.imageText, ["plain_text"], place + "/title") }
    }

    // Smaller parts.

    private mutating func textObject(
        _ value: JSONValue?, _ length: ClosedRange<Int>, _ types: Set<String> = ["plain_text", "mrkdwn"], _ at: String? = nil,
        place: String = ""
    ) throws(SlackError) {
        let place = at ?? place
        guard let value, value.object != nil else { throw invalid("missing required field: text", place) }
        let type = value["type"]?.string ?? ""
        guard types.contains(type) else { throw invalid("unsupported type: \(type); allowed: \(types.sorted())", place + "/type") }
        for name in (value.object ?? [:]).keys.sorted() {
            let allowed: Set<String> = type == "plain_text" ? ["type", "text", "emoji"] : ["type", "text", "verbatim"]
            if !allowed.contains(name) { throw invalid("invalid additional property: \(name)", place) }
        }
        guard let text = try text(value["text"], length, place + "/text") else { throw invalid("missing required field: text", place) }
        characters += text.utf16.count
    }

    private func members(_ value: JSONValue, _ allowed: Set<String>, _ place: String) throws(SlackError) {
        let extra = (value.object ?? [:]).keys.filter { $0 != "type" && $0 != "block_id" && !allowed.contains($0) }.min()
        if let extra { throw invalid("invalid additional property: \(extra)", place) }
    }

    private func array(_ value: JSONValue?, _ length: ClosedRange<Int>, _ place: String) throws(SlackError) -> [JSONValue] {
        guard let items = value?.array else { throw invalid("must be an array", place) }
        if items.count > length.upperBound { throw invalid("no more than \(length.upperBound) items allowed", place) }
        if items.count < length.lowerBound { throw invalid("no fewer than \(length.lowerBound) items allowed", place) }
        return items
    }

    private func text(_ value: JSONValue?, _ length: ClosedRange<Int>, _ place: String) throws(SlackError) -> String? {
        guard let value else { return nil }
        guard let text = value.string else { throw invalid("must be a string", place) }
        if text.utf16.count > length.upperBound { throw invalid("must be less than \(length.upperBound + 1) characters", place) }
        if text.utf16.count < length.lowerBound { throw invalid("must be more than \(length.lowerBound - 1) characters", place) }
        return text
    }

    private func url(_ value: JSONValue?, _ place: String) throws(SlackError) {
        guard let text = try text(value, 1...Limits.url, place) else { return }
        let isURL = text.hasPrefix("https://") || text.hasPrefix("http://") || text.hasPrefix("mailto:") || text.hasPrefix("tel:")
        if !isURL || text.contains(where: \.isWhitespace) { throw invalid("must be a valid URL", place) }
    }

    private func invalid(_ message: String, _ place: String) -> SlackError {
        SlackError(code: "invalid_blocks", detail: "\(message) [json-pointer:\(place)]")
    }
}
