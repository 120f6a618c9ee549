// A message as a person would read it, in plain text: for tables, and for `explain --render`.

import Foundation
import JSON

extension Message {
    /// The text that a reader sees, without markup; links in parentheses or brackets.
    public var preview: String {
        switch content {
        case .slack(let payload): SlackPreview.text(payload)
        case .teams(let payload): TeamsPreview.text(payload)
        case .email(let subject, let text, _): "\(subject)\n\n\(text)"
        case .sms(let text): text
        }
    }

    /// The preview of a payload as it was received, for the kinds that are JSON.
    public static func preview(slack payload: JSONValue) -> String { SlackPreview.text(payload) }

    /// See `preview(slack:)`.
    public static func preview(teams payload: JSONValue) -> String { TeamsPreview.text(payload) }
}

enum SlackPreview {
    static func text(_ payload: JSONValue) -> String {
        let blocks = (payload["blocks"]?.array ?? []).compactMap(block)
        return blocks.isEmpty ? plain(payload["text"]?.string ?? "") : blocks.joined(separator: "\n")
    }

    private static func block(_ block: JSONValue) -> String? {
        func text(_ value: JSONValue?) -> String? {
            value?["type"]?.string == "plain_text" ? value?["text"]?.string.map(entitiesRead) : value?["text"]?.string.map(plain)
        }
        switch block["type"]?.string {
        case "header": return text(block["text"])
        case "section":
            let fields = (block["fields"]?.array ?? []).compactMap(text).map { field in
                field.split(separator: "\n", maxSplits: 1).joined(separator: ": ")
            }
            return ([text(block["text"])].compactMap { $0 } + fields).joined(separator: "\n")
        case "context": return (block["elements"]?.array ?? []).compactMap { text($0) }.joined(separator: " ")
        case "actions":
            return (block["elements"]?.array ?? []).compactMap { element in
                text(element["text"]).map { label in "[\(label)]\(element["url"]?.string.map { " \($0)" } ?? "")" }
            }.joined(separator: "  ")
        case "divider": return "---"
        case "image": return block["alt_text"]?.string.map { "[\($0)]" }
        default: return nil
        }
    }

    /// Without Slack's markup: links shown as `text (address)`, emphasis marks taken off, entities read. The patterns end
    /// where another match might begin: each text is read once, whatever it is.
    static func plain(_ markup: String) -> String {
        var text = markup
        if text.utf8.contains(UInt8(ascii: "<")) {
            text.replace(#/<([^<>|]+)\|([^<>]*)>/#) { "\($0.2) (\($0.1))" }
            text.replace(#/<([^<>|]+)>/#) { "\($0.1)" }
        }
        if text.utf8.contains(UInt8(ascii: "*")) {
            text.replace(#/(^|[\s(])\*([^*\n]+)\*(?=$|[\s:.,)])/#) { "\($0.1)\($0.2)" }
        }
        if text.utf8.contains(UInt8(ascii: "`")) {
            text.replace(#/`([^`\n]+)`/#) { "\($0.1)" }
        }
        return entitiesRead(text)
    }

    private static func entitiesRead(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return text }
        return text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
    }
}

enum TeamsPreview {
    static func text(_ payload: JSONValue) -> String {
        TeamsPayload.cards(payload).flatMap { card in
            (card["body"]?.array ?? []).compactMap(element) + [actions(card["actions"])].compactMap { $0 }
        }.joined(separator: "\n")
    }

    private static func element(_ element: JSONValue) -> String? {
        switch element["type"]?.string {
        case "TextBlock": return element["text"]?.string.map(plain)
        case "FactSet":
            return (element["facts"]?.array ?? []).map { fact in
                "\(plain(fact["title"]?.string ?? "")): \(plain(fact["value"]?.string ?? ""))"
            }.joined(separator: "\n")
        case "RichTextBlock":
            return (element["inlines"]?.array ?? []).compactMap { $0.string ?? $0["text"]?.string }.joined()
        case "Container", "Column": return (element["items"]?.array ?? []).compactMap(Self.element).joined(separator: "\n")
        case "ColumnSet": return (element["columns"]?.array ?? []).compactMap(Self.element).joined(separator: "  ")
        case "ActionSet": return actions(element["actions"])
        default: return nil
        }
    }

    private static func actions(_ value: JSONValue?) -> String? {
        let shown = (value?.array ?? []).compactMap { action in
            action["title"]?.string.map { "[\($0)]\(action["url"]?.string.map { " \($0)" } ?? "")" }
        }
        return shown.isEmpty ? nil : shown.joined(separator: "  ")
    }

    /// Without Markdown: links shown as `text (address)`, emphasis taken off, escapes read.
    static func plain(_ markdown: String) -> String {
        var text = markdown.replacing("\n\n", with: "\n")
        if text.utf8.contains(UInt8(ascii: "[")) {
            text.replace(#/(^|[^\\])\[([^\[\]]+)\]\((https?:[^()\s]+)\)/#) { "\($0.1)\($0.2) (\($0.3))" }
        }
        if text.contains("**") {
            text.replace(#/\*\*([^*\n]+)\*\*/#) { "\($0.1)" }
        }
        guard text.utf8.contains(UInt8(ascii: "\\")) else { return text }
        return text.replacing(#/\\([\\*_\[\]`~#+\-.)>])/#) { "\($0.1)" }
    }
}
