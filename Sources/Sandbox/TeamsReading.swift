// An Adaptive Card as a person reads it: from top to bottom, facts as `Severity: critical`, actions as `[Open] https://…`.

import Foundation
import JSON

struct TeamsReading {
    private(set) var title: String
    private(set) var text: String

    init(_ payload: JSONValue) {
        var lines: [String] = []
        for attachment in payload["attachments"]?.array ?? [] {
            guard let card = attachment["content"] else { continue }
            lines += Self.card(card)
        }
        if lines.isEmpty, let text = payload["text"]?.string { lines = [Self.plain(text)] }
        text = lines.joined(separator: "\n")
        title = text.split(separator: "\n").first.map(String.init) ?? ""
    }

    private static func card(_ card: JSONValue) -> [String] {
        (card["body"]?.array ?? []).flatMap(element) + actions(card["actions"])
    }

    private static func element(_ element: JSONValue) -> [String] {
        switch element["type"]?.string {
        case "TextBlock": return [plain(element["text"]?.string ?? "")]
        case "RichTextBlock":
            return [(element["inlines"]?.array ?? []).map { $0.string ?? $0["text"]?.string ?? "" }.joined()]
        case "FactSet":
            return (element["facts"]?.array ?? []).map { fact in
                let title = plain(fact["title"]?.string ?? "").trimmingCharacters(in: .whitespaces)
                return (title.hasSuffix(":") ? title : title + ":") + " " + plain(fact["value"]?.string ?? "")
            }
        case "Image": return ["(image: \(element["altText"]?.string ?? ""))"]
        case "ActionSet": return actions(element["actions"])
        case "ColumnSet":
            return [(element["columns"]?.array ?? []).map { self.element($0).joined(separator: "\n") }.joined(separator: "  ")]
        default:
            return ["items", "columns", "rows", "cells"].flatMap { element[$0]?.array ?? [] }.flatMap(self.element)
        }
    }

    private static func actions(_ actions: JSONValue?) -> [String] {
        (actions?.array ?? []).flatMap { action -> [String] in
            let label = "[\(action["title"]?.string ?? "")]"
            if let url = action["url"]?.string { return ["\(label) \(url)"] }
            return [label] + (action["card"].map(card) ?? [])
        }
    }

    /// Teams' markdown without its marks: escapes, bold, italic, links; a blank line is a line's end.
    static func plain(_ text: String) -> String {
        var out = ""
        var rest = text.replacing("\n\n", with: "\n")[...]
        while let character = rest.popFirst() {
            switch character {
            case "\\":
                guard let next = rest.first, next.isASCII, next.isPunctuation || next.isSymbol else {
                    out.append(character)
                    continue
                }
                out.append(next)
                rest.removeFirst()
            case "*", "_":
                // A mark inside a word, like in `my_name`, is only a character.
                let isInside = character == "_" && (out.last?.isWordPart ?? false) && (rest.first?.isWordPart ?? false)
                let isBullet = (out.isEmpty || out.last == "\n") && rest.first == " "
                if isInside || isBullet { out.append(character) }
            case "[":
                guard let link = Self.link(rest) else {
                    out.append(character)
                    continue
                }
                out += link.label == link.url ? link.url : "\(link.label) (\(link.url))"
                rest = link.rest
            default: out.append(character)
            }
        }
        return out
    }

    /// `label](url)` after its opening bracket.
    private static func link(_ text: Substring) -> (label: String, url: String, rest: Substring)? {
        guard let close = text.firstIndex(of: "]") else { return nil }
        let after = text[text.index(after: close)...]
        guard after.first == "(", let end = after.firstIndex(of: ")") else { return nil }
        return (plain(String(text[..<close])), String(after[after.index(after: after.startIndex)..<end]), after[after.index(after: end)...])
    }
}

extension Character {
    fileprivate var isWordPart: Bool { isLetter || isNumber }
}
