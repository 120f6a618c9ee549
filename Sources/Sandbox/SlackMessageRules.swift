// What Slack demands of a message: something to say, and blocks within their limits. The documented numbers are in
// `ChannelLimits.Slack`; an error names the place as Slack does, with a JSON Pointer.

import JSON
import Rendering

/// An error in Slack's words.
struct SlackError: Error {
    /// For instance `invalid_blocks`.
    var code: String
    /// Which rule, and where.
    var detail: String
}

enum SlackMessageRules {
    /// All text in blocks together, in UTF-16 units (observed, not documented).
    static let allBlockText = 13_200

    static func check(_ payload: JSONValue) throws(SlackError) {
        let blocks = try blocks(payload)
        let attachments = payload["attachments"]?.array ?? []
        if attachments.count > 100 {
            throw SlackError(code: "too_many_attachments", detail: "\(attachments.count) attachments; at most 100")
        }
        if let text = payload["text"], text.string == nil, !text.isNull {
            throw SlackError(code: "invalid_arguments", detail: "`text` is \(text.kind), not a string")
        }
        let text = payload["text"]?.string ?? ""
        if text.isEmpty, blocks.isEmpty, attachments.isEmpty {
            throw SlackError(code: "no_text", detail: "neither `text` nor `blocks` says anything")
        }
        var rules = SlackBlockRules()
        for (index, block) in blocks.enumerated() { try rules.check(block, at: "/blocks/\(index)") }
        if rules.characters > allBlockText {
            throw SlackError(code: "msg_blocks_too_long", detail: "\(rules.characters) characters in blocks; at most \(allBlockText)")
        }
    }

    private static func blocks(_ payload: JSONValue) throws(SlackError) -> [JSONValue] {
        guard let value = payload["blocks"], !value.isNull else { return [] }
        guard let blocks = value.array else {
            throw SlackError(code: "invalid_blocks_format", detail: "`blocks` is \(value.kind), not an array")
        }
        if blocks.count > ChannelLimits.Slack.blocks {
            throw SlackError(
                code: "invalid_blocks", detail: "no more than \(ChannelLimits.Slack.blocks) items allowed [json-pointer:/blocks]")
        }
        return blocks
    }
}
