// The payload of a Teams message as far as delivery touches it: making it smaller, never by cutting JSON, and reading
// what the old connectors answered.

import Foundation
import JSON

enum TeamsCard {
    /// Teams' limit of 28 KB counts its own serialisation; what we send stays under this.
    static let maximumBytes = 20_000

    /// The message with as many elements of the card's body as fit, from the top; its title is always kept, shortened
    /// where it must be. Nil where that does not fit either, or the message holds no card.
    static func fitted(_ message: JSONValue, bytes limit: Int) -> JSONValue? {
        if message.bytes.count <= limit { return message }
        guard var top = message.object, var attachments = top["attachments"]?.array, var attachment = attachments.first?.object,
            var card = attachment["content"]?.object, let body = card["body"]?.array, let title = body.first
        else { return nil }
        func assembled(_ elements: [JSONValue]) -> JSONValue {
            card["body"] = .array(elements)
            attachment["content"] = .object(card)
            attachments[0] = .object(attachment)
            top["attachments"] = .array(attachments)
            return .object(top)
        }
        let note: JSONValue = ["type": "TextBlock", "text": "(shortened)", "isSubtle": true, "wrap": true]
        var room = limit - assembled([note]).bytes.count - 1
        var kept: [JSONValue] = []
        for element in body {
            room -= element.bytes.count + 1
            if room < 0 { break }
            kept.append(element)
        }
        if kept.isEmpty {
            guard let short = shortened(title, by: -room) else { return nil }
            kept = [short]
        }
        let out = assembled(kept + [note])
        return out.bytes.count <= limit ? out : nil
    }

    /// A text block whose JSON is at least `bytes` smaller.
    private static func shortened(_ element: JSONValue, by bytes: Int) -> JSONValue? {
        guard var members = element.object, let text = members["text"]?.string else { return nil }
        var left = bytes + 3
        var kept = Substring(text)
        while left > 0, let last = kept.popLast() { left -= JSONText.escaped(String(last)).count }
        if kept.isEmpty { return nil }
        members["text"] = .string(kept + "…")
        return .object(members)
    }

    /// The status in what legacy connectors answered with 200: `… Microsoft Teams endpoint returned HTTP error NNN …`.
    static func connectorError(_ body: [UInt8]) -> Int? {
        let text = String(decoding: body, as: UTF8.self)
        guard let mark = text.range(of: "endpoint returned HTTP error ") else { return nil }
        let digits = text[mark.upperBound...].prefix(3)
        guard digits.count == 3, digits.utf8.allSatisfy({ (48...57).contains($0) }), let status = Int(digits), status >= 400 else {
            return nil
        }
        return status
    }
}
