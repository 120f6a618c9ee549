// A message as it looks on its channel, in outline: its parts in their order, and nothing but text in them.

import Foundation
import JSON
import Rendering

struct MessagePreview {
    let words: Words

    func html(_ message: Message) -> HTML {
        let degraded = message.degraded.map { HTML.notice(.warn, HTML.paragraph(words("message.degraded", ["why": $0]))) } ?? .empty
        return degraded + content(message)
    }

    private func content(_ message: Message) -> HTML {
        switch message.content {
        case .slack(let payload): box("slack", slack(payload))
        case .teams(let payload): box("teams", teams(payload))
        case .email(let subject, let text, let html): mail(subject, text, html)
        case .sms(let text): sms(text)
        }
    }

    private func box(_ name: String, _ parts: [HTML]) -> HTML { .element(.div, [.class: "message \(name)"], all: parts) }

    private func part(_ name: String, _ text: String) -> HTML {
        text.isEmpty ? .empty : .element(.div, [.class: name], HTML(text))
    }

    // MARK: Slack

    private func slack(_ payload: JSONValue) -> [HTML] {
        let blocks = payload["blocks"]?.array ?? []
        if blocks.isEmpty { return [part("text", Message.preview(slack: payload))] }
        return blocks.map { block in
            let text = Message.preview(slack: ["blocks": [block]])
            switch block["type"]?.string {
            case "header": return part("title", text)
            case "divider": return .element(.hr)
            case "context": return part("context", text)
            case "actions": return actions((block["elements"]?.array ?? []).map { ($0["text"]?["text"]?.string, $0["url"]?.string) })
            case "section":
                let fields = (block["fields"]?.array ?? []).map { field in
                    part("text", Message.preview(slack: ["blocks": [["type": "section", "text": field]]]))
                }
                let main =
                    block["text"].map { part("text", Message.preview(slack: ["blocks": [["type": "section", "text": $0]]])) } ?? .empty
                return fields.isEmpty ? main : main + .element(.div, [.class: "fields"], all: fields)
            default: return part("text", text)
            }
        }
    }

    /// Not links: what stands in a message is looked at here, not followed.
    private func actions(_ actions: [(label: String?, url: String?)]) -> HTML {
        let shown = actions.compactMap { action in
            action.label.map { HTML.element(.span, [.class: "action", .title: action.url], HTML($0)) }
        }
        return shown.isEmpty ? .empty : .element(.div, [.class: "actions"], all: shown)
    }

    // MARK: Teams

    private func teams(_ payload: JSONValue) -> [HTML] {
        let cards =
            payload["type"]?.string == "AdaptiveCard" ? [payload] : (payload["attachments"]?.array ?? []).compactMap { $0["content"] }
        return cards.flatMap { card in
            (card["body"]?.array ?? []).enumerated().map { number, element in
                let text = Message.preview(teams: ["type": "AdaptiveCard", "body": [element]])
                if element["type"]?.string == "FactSet" {
                    return .element(.div, [.class: "fields"], all: text.split(separator: "\n").map { part("text", String($0)) })
                }
                return part(number == 0 ? "title" : element["isSubtle"]?.bool ?? false ? "context" : "text", text)
            } + [actions((card["actions"]?.array ?? []).map { ($0["title"]?.string, $0["url"]?.string) })]
        }
    }

    // MARK: Mail

    private func mail(_ subject: String, _ text: String, _ html: String) -> HTML {
        [
            box("mail", [part("subject", subject), part("text", text)]),
            .element(
                .details, [:], .element(.summary, [:], HTML(words("message.mail-outline"))),
                box("mail", [part("subject", subject)] + MailOutline.lines(html).map { part($0.isHeading ? "title" : "text", $0.text) })),
        ]
    }

    // MARK: SMS

    private func sms(_ text: String) -> HTML {
        let segments = SMSText.segments(text)
        let unit = segments.encoding == .gsm7 ? "GSM-7" : "UCS-2"
        let said = words(
            "message.segments",
            ["n": String(segments.count), "encoding": unit, "parts": segments.parts.map(String.init).joined(separator: " + ")])
        return [.element(.div, [.class: "message bubble"], HTML(text)), .paragraph(said, class: "hint")]
    }
}

/// The HTML part of a mail as lines of text, in its order: what a reader sees, without being read as HTML here.
enum MailOutline {
    private static let blocks: Set<String> = [
        "p", "div", "tr", "table", "li", "ul", "ol", "br", "h1", "h2", "h3", "h4", "hr", "blockquote", "pre", "section", "body",
    ]
    /// Bytes that are looked at.
    private static let limit = 200_000

    static func lines(_ html: String) -> [(text: String, isHeading: Bool)] {
        var lines: [(text: String, isHeading: Bool)] = []
        var line = ""
        var isHeading = false
        var hidden: String?
        func end() {
            let text = decoded(line).split(whereSeparator: \.isWhitespace).joined(separator: " ")
            if !text.isEmpty { lines.append((text, isHeading)) }
            line = ""
        }
        var rest = html.prefix(limit)[...]
        while let open = rest.firstIndex(of: "<") {
            if hidden == nil { line += rest[..<open] }
            rest = rest[open...]
            guard let close = rest.firstIndex(of: ">") else { break }
            let tag = rest[rest.index(after: open)..<close].lowercased()
            rest = rest[rest.index(after: close)...]
            let isEnd = tag.hasPrefix("/")
            let name = String(tag.drop { $0 == "/" }.prefix { $0.isLetter || $0.isNumber })
            if let what = hidden {
                if isEnd, name == what { hidden = nil }
                continue
            }
            if ["style", "script", "head", "title"].contains(name), !isEnd { hidden = name }
            if name == "td" || name == "th" { line += " " }
            guard blocks.contains(name) else { continue }
            end()
            if name.count == 2, name.hasPrefix("h"), name != "hr" { isHeading = !isEnd }
        }
        if hidden == nil { line += rest }
        end()
        return lines
    }

    private static func decoded(_ text: String) -> String {
        guard text.contains("&") else { return text }
        return [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " "), ("&middot;", "·"), ("&amp;", "&")]
            .reduce(text) { $0.replacing($1.0, with: $1.1) }
    }
}
