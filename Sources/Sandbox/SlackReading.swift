// A Slack message as a person reads it: blocks from top to bottom, markup taken off, buttons as `[Open] https://…`.

import Foundation
import JSON

struct SlackReading {
    private(set) var title: String
    private(set) var text: String

    init(_ payload: JSONValue) {
        let blocks = payload["blocks"]?.array ?? []
        var lines: [String] = []
        var header: String?
        for block in blocks {
            let text = Self.block(block)
            if header == nil, block["type"]?.string == "header" { header = text }
            if !text.isEmpty { lines.append(text) }
        }
        for attachment in payload["attachments"]?.array ?? [] {
            let parts = ["pretext", "title", "text"].compactMap { attachment[$0]?.string }
            lines.append((parts.isEmpty ? [attachment["fallback"]?.string ?? ""] : parts).map(Self.plain).joined(separator: "\n"))
        }
        let message = Self.plain(payload["text"]?.string ?? "")
        // With blocks, `text` is only what a notification shows.
        text = lines.isEmpty ? message : lines.joined(separator: "\n")
        title = header ?? (message.isEmpty ? text : message).split(separator: "\n").first.map(String.init) ?? ""
    }

    private static func block(_ block: JSONValue) -> String {
        switch block["type"]?.string {
        case "header": return object(block["text"])
        case "section":
            var lines = block["text"].map { [object($0)] } ?? []
            lines += (block["fields"]?.array ?? []).map { field(object($0)) }
            if let accessory = block["accessory"] { lines.append(element(accessory)) }
            return lines.filter { !$0.isEmpty }.joined(separator: "\n")
        case "context":
            return (block["elements"]?.array ?? []).map { $0["type"]?.string == "image" ? image($0) : object($0) }
                .joined(separator: " · ")
        case "actions":
            return (block["elements"]?.array ?? []).map(element).filter { !$0.isEmpty }.joined(separator: "\n")
        case "image": return image(block)
        case "divider": return "---"
        case "markdown": return block["text"]?.string ?? ""
        default: return ""
        }
    }

    /// `*Severity*` over `critical` is a label and its value.
    private static func field(_ text: String) -> String {
        let lines = text.split(separator: "\n", maxSplits: 1)
        guard lines.count == 2 else { return text }
        let label = lines[0].trimmingCharacters(in: .whitespaces)
        return (label.hasSuffix(":") ? label : label + ":") + " " + lines[1].trimmingCharacters(in: .whitespaces)
    }

    private static func element(_ element: JSONValue) -> String {
        if element["type"]?.string == "image" { return image(element) }
        let label = "[\(object(element["text"]))]"
        guard let url = element["url"]?.string else { return element["text"] == nil ? "" : label }
        return "\(label) \(url)"
    }

    private static func image(_ image: JSONValue) -> String { "(image: \(image["alt_text"]?.string ?? ""))" }

    private static func object(_ value: JSONValue?) -> String {
        let text = value?["text"]?.string ?? ""
        // plain_text has no markup, but the three entities are decoded there too.
        return value?["type"]?.string == "plain_text" ? unescaped(text) : plain(text)
    }

    /// mrkdwn without its marks: https://docs.slack.dev/messaging/formatting-message-text
    static func plain(_ text: String) -> String {
        var out = ""
        var rest = text[...]
        while let open = rest.firstIndex(of: "<") {
            out += unmarked(rest[..<open])
            guard let close = rest[open...].firstIndex(of: ">") else {
                return out + unescaped(String(rest[open...]))
            }
            out += reference(rest[rest.index(after: open)..<close])
            rest = rest[rest.index(after: close)...]
        }
        return out + unmarked(rest)
    }

    private static func unescaped(_ text: String) -> String {
        text.replacing("&lt;", with: "<").replacing("&gt;", with: ">").replacing("&amp;", with: "&")
    }

    /// The inside of `<…>`.
    private static func reference(_ inside: Substring) -> String {
        let parts = inside.split(separator: "|", maxSplits: 1).map { unescaped(String($0)) }
        guard let first = parts.first else { return "<>" }
        let label = parts.count > 1 ? parts[1] : nil
        switch first.first {
        case "@", "#": return label.map { "\(first.prefix(1))\($0)" } ?? first
        case "!": return label ?? "@\(first.dropFirst().split(separator: "^").first ?? "")"
        default:
            guard let label, label != first else { return first }
            return "\(label) (\(first))"
        }
    }

    /// Takes `*bold*`, `_italic_` and `~struck~` off where they stand around words.
    private static func unmarked(_ text: Substring) -> String {
        var characters = Array(text)
        for mark in ["*", "_", "~"] as [Character] {
            var index = 0
            while index < characters.count {
                if characters[index] == mark, isOutside(index > 0 ? characters[index - 1] : nil), let end = partner(of: index, characters) {
                    characters.remove(at: end)
                    characters.remove(at: index)
                } else {
                    index += 1
                }
            }
        }
        return unescaped(String(characters))
    }

    private static func partner(of start: Int, _ characters: [Character]) -> Int? {
        guard start + 1 < characters.count, !characters[start + 1].isWhitespace, characters[start + 1] != characters[start] else {
            return nil
        }
        for index in (start + 1)..<characters.count {
            if characters[index].isNewline { return nil }
            let next = index + 1 < characters.count ? characters[index + 1] : nil
            if characters[index] == characters[start], !characters[index - 1].isWhitespace, isOutside(next) { return index }
        }
        return nil
    }

    private static func isOutside(_ neighbour: Character?) -> Bool {
        guard let neighbour else { return true }
        return !neighbour.isLetter && !neighbour.isNumber
    }
}
