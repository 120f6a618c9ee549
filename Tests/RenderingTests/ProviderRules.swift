// What the providers refuse, written down a second time and apart from the renderer, as the sandbox checks it.

import Foundation
import JSON
import Rendering

enum ProviderRules {
    /// Faults of any message.
    static func faults(_ message: Message, segments: Int = 3) -> [String] {
        switch message.content {
        case .slack(let payload): slack(payload)
        case .teams(let payload): teams(payload)
        case .email(let subject, let text, let html): email(subject, text, html)
        case .sms(let text): sms(text, segments)
        }
    }

    static func slack(_ payload: JSONValue) -> [String] {
        var faults: [String] = []
        func check(_ holds: Bool, _ what: String) { if !holds { faults.append(what) } }
        func text(_ value: JSONValue?, _ limit: Int, _ types: [String], _ what: String) {
            let text = value?["text"]?.string ?? ""
            check((1...limit).contains(text.utf16.count), "\(what): text of \(text.utf16.count)")
            check(types.contains(value?["type"]?.string ?? ""), "\(what): type of text")
            check(text.firstMatch(of: #/<[!@#]/#) == nil, "\(what): a mention")
            check(text.firstMatch(of: #/&(?!amp;|lt;|gt;)/#) == nil, "\(what): a cut entity")
        }
        check(String(decoding: payload.bytes, as: UTF8.self).utf16.count <= 9_000, "larger than 9,000")
        let fallback = payload["text"]?.string ?? ""
        check((1...4_000).contains(fallback.utf16.count), "`text` of \(fallback.utf16.count)")
        check(fallback.firstMatch(of: #/<[!@#]/#) == nil, "`text`: a mention")
        let blocks = payload["blocks"]?.array ?? []
        check((1...50).contains(blocks.count), "\(blocks.count) blocks")
        for block in blocks {
            switch block["type"]?.string {
            case "header": text(block["text"], 150, ["plain_text"], "header")
            case "section":
                if block["text"] != nil { text(block["text"], 3_000, ["mrkdwn", "plain_text"], "section") }
                if let fields = block["fields"]?.array {
                    check((1...10).contains(fields.count), "\(fields.count) fields")
                    for field in fields { text(field, 2_000, ["mrkdwn", "plain_text"], "field") }
                }
                check(block["text"] != nil || block["fields"] != nil, "an empty section")
            case "context":
                let elements = block["elements"]?.array ?? []
                check((1...10).contains(elements.count), "\(elements.count) context elements")
                for element in elements { text(element, 3_000, ["mrkdwn", "plain_text"], "context") }
            case "actions":
                let elements = block["elements"]?.array ?? []
                check((1...25).contains(elements.count), "\(elements.count) actions")
                for element in elements {
                    text(element["text"], 75, ["plain_text"], "button")
                    check(isLink(element["url"]?.string), "button: address")
                }
            default: faults.append("block type \(block["type"]?.string ?? "none")")
            }
        }
        return faults
    }

    static func teams(_ payload: JSONValue) -> [String] {
        var faults: [String] = []
        func check(_ holds: Bool, _ what: String) { if !holds { faults.append(what) } }
        check(payload.bytes.count <= 20_000, "larger than 20,000 bytes")
        check(payload["type"]?.string == "message", "type")
        let attachment = payload["attachments"]?.array?.first
        check(attachment?["contentType"]?.string == "application/vnd.microsoft.card.adaptive", "content type")
        let card = attachment?["content"]
        check(card?["type"]?.string == "AdaptiveCard", "card type")
        check(card?["version"]?.string == "1.4", "card version")
        let body = card?["body"]?.array ?? []
        check(!body.isEmpty, "an empty body")
        for element in body {
            switch element["type"]?.string {
            case "TextBlock":
                check(!(element["text"]?.string ?? "").isEmpty, "an empty text")
                check(element["wrap"]?.bool == true, "a text that is not wrapped")
                let color = element["color"]?.string ?? "default"
                check(["default", "attention", "warning", "accent", "good"].contains(color), "colour \(color)")
            case "FactSet":
                let facts = element["facts"]?.array ?? []
                check(!facts.isEmpty, "no facts")
                for fact in facts { check(!(fact["value"]?.string ?? "").isEmpty, "an empty fact") }
            default: faults.append("element \(element["type"]?.string ?? "none")")
            }
        }
        let actions = card?["actions"]?.array
        check(actions == nil || (1...6).contains(actions?.count ?? 0), "\(actions?.count ?? 0) actions")
        for action in actions ?? [] { check(isLink(action["url"]?.string), "action: address") }
        check(!payload.text.contains("<at>"), "a mention")
        return faults
    }

    static func email(_ subject: String, _ text: String, _ html: String) -> [String] {
        var faults: [String] = []
        func check(_ holds: Bool, _ what: String) { if !holds { faults.append(what) } }
        check((1...200).contains(subject.utf16.count), "subject of \(subject.utf16.count)")
        check(!subject.contains(where: \.isNewline), "subject on several lines")
        check(!text.isEmpty && text.utf8.count <= 262_144, "text of \(text.utf8.count)")
        check(!html.isEmpty && html.utf8.count <= 262_144, "html of \(html.utf8.count)")
        check(!html.lowercased().contains("<script"), "a script")
        check(html.firstMatch(of: #/(?i)(href|src)\s*=\s*"(?!https?:)/#) == nil, "an address that is no link")
        check(html.firstMatch(of: #/(?i)<(img|link|iframe)|url\(|@import/#) == nil, "an external request")
        for tag in ["table", "tr", "td", "a", "body", "html"] {
            let opened = html.components(separatedBy: "<\(tag)>").count + html.components(separatedBy: "<\(tag) ").count - 1
            check(opened == html.components(separatedBy: "</\(tag)>").count, "<\(tag)> is not closed")
        }
        check((subject + text + html).unicodeScalars.allSatisfy { $0 == "\n" || $0.value >= 0x20 }, "control characters")
        return faults
    }

    static func sms(_ text: String, _ segments: Int) -> [String] {
        var faults: [String] = []
        let count = SMSText.segments(text).count
        if !(1...segments).contains(count) { faults.append("\(count) segments") }
        if text.utf16.count > 1_600 { faults.append("\(text.utf16.count) units") }
        if text.unicodeScalars.contains(where: { $0 != "\n" && $0.value < 0x20 }) { faults.append("control characters") }
        return faults
    }

    private static func isLink(_ text: String?) -> Bool {
        guard let text else { return false }
        return (text.hasPrefix("https://") || text.hasPrefix("http://")) && text.utf16.count <= 3_000
            && !text.contains(where: \.isWhitespace)
    }
}
