// A button that was pressed in Slack, as Slack tells it (docs.slack.dev, "block_actions payload"), and the message that it stood
// in, as it looks afterwards.

import Foundation
import JSON

/// One press of our button.
struct SlackPress: Sendable {
    /// What the button's `action_id` is in templates.
    static let action = "ack"

    /// The sealed token.
    var token: String
    var user: String
    var userName: String?
    /// Where Slack wants to be told what to show.
    var responseURL: String?
    private let blocks: [JSONValue]
    private let text: String

    /// Nil for everything else that people do in Slack, which is not for us.
    init?(_ payload: JSONValue) {
        guard payload["type"]?.string == "block_actions", let user = payload["user"]?["id"]?.string, Self.isID(user),
            let press = payload["actions"]?.array?.first(where: { $0["action_id"]?.string == Self.action }),
            let value = press["value"]?.string
        else { return nil }
        token = value
        self.user = user
        userName = (payload["user"]?["name"] ?? payload["user"]?["username"])?.string
        responseURL = payload["response_url"]?.string
        blocks = payload["message"]?["blocks"]?.array ?? []
        text = payload["message"]?["text"]?.string ?? ""
    }

    /// How somebody is called who is not in `people`: `slack:U0123 (ana)`.
    var stranger: String {
        let name = (userName ?? "").unicodeScalars.filter {
            $0.properties.generalCategory != .control && $0.properties.generalCategory != .format
        }
        let plain = String(String.UnicodeScalarView(name)).trimmingCharacters(in: .whitespaces).prefix(60)
        return plain.isEmpty ? "slack:\(user)" : "slack:\(user) (\(plain))"
    }

    /// The same message without the button, with a line instead.
    ///
    /// - Parameter line: Slack's markup; names in it are escaped.
    func replaced(with line: String) -> JSONValue {
        var kept: [JSONValue] = blocks.prefix(49).compactMap { block in
            guard block["type"]?.string == "actions", var members = block.object else { return block }
            let elements = (members["elements"]?.array ?? []).filter { $0["action_id"]?.string != Self.action }
            if elements.isEmpty { return nil }
            members["elements"] = .array(elements)
            return .object(members)
        }
        let text = text.isEmpty ? line : "\(text)\n\(line)"
        guard !kept.isEmpty else { return ["replace_original": true, "text": .string(text)] }
        kept.append(["type": "context", "elements": [["type": "mrkdwn", "text": .string(line)]]])
        return ["replace_original": true, "text": .string(text), "blocks": .array(kept)]
    }

    /// A word to whoever pressed, and to nobody else.
    static func whisper(_ line: String) -> JSONValue {
        ["response_type": "ephemeral", "replace_original": false, "text": .string(line)]
    }

    /// For text in Slack's markup.
    static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
    }

    /// A time that each reader sees by their own clock.
    static func time(_ date: Date) -> String {
        let seconds = Int(date.timeIntervalSince1970)
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_GB_POSIX")
        formatter.timeZone = .gmt
        formatter.dateFormat = "HH:mm"
        return "<!date^\(seconds)^{time}|\(formatter.string(from: date)) UTC>"
    }

    private static func isID(_ text: String) -> Bool {
        (1...30).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
    }
}
