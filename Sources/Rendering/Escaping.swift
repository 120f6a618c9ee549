// Escaping by destination, as content types of the template engine. A partial begins anew with the engine's own HTML
// escaping, so each destination has partials of its own, each beginning with the pragma that names its content type.

import Foundation
import Mustache

/// Where the text of a template lands.
enum Destination: String, CaseIterable, Sendable {
    /// Slack's markup, in `mrkdwn` and in `plain_text`: `&`, `<`, `>` only; that disarms `<!channel>` and `<@U…>` as well.
    case slack
    /// The Markdown of Adaptive Cards.
    case markdown
    case html
    /// Plain text, short messages, and members of JSON that are no text for people.
    case plain

    /// What a template for this destination begins with: one line, so that its own lines are one further down.
    var pragma: String { "{{% CONTENT_TYPE: tocsin-\(rawValue)}}\n" }

    /// Registers the content types with the engine, once for the process; every compilation asks for it.
    static let isRegistered: Bool = {
        for destination in allCases { MustacheContentTypes.register(destination, named: "tocsin-\(destination.rawValue)") }
        return true
    }()
}

extension Destination: MustacheContentType {
    func escapeText(_ text: String) -> String {
        switch self {
        case .slack: Self.replace(text, Self.slackEntity)
        case .html: Self.replace(text, Self.htmlEntity)
        case .markdown: Self.markdown(text)
        case .plain: text
        }
    }

    private static func slackEntity(_ byte: UInt8) -> StaticString? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        default: nil
        }
    }

    private static func htmlEntity(_ byte: UInt8) -> StaticString? {
        switch byte {
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: slackEntity(byte)
        }
    }

    private static func replace(_ text: String, _ entity: (UInt8) -> StaticString?) -> String {
        var text = text
        return text.withUTF8 { bytes in
            guard bytes.contains(where: { entity($0) != nil }) else { return nil }
            var out: [UInt8] = []
            out.reserveCapacity(bytes.count + 16)
            for byte in bytes {
                if let entity = entity(byte) { entity.withUTF8Buffer { out += $0 } } else { out.append(byte) }
            }
            return String(decoding: out, as: UTF8.self)
        } ?? text
    }

    /// Emphasis, code, links and mentions are disarmed anywhere, headings and lists at the beginning of a line; a line
    /// end is an empty line in Markdown.
    private static func markdown(_ text: String) -> String {
        guard text.utf8.contains(where: isMarkup) else { return text }
        var out: [UInt8] = []
        out.reserveCapacity(text.utf8.count + 16)
        var isStart = true
        var digits = 0
        for byte in disarmed(text) {
            switch byte {
            case UInt8(ascii: "\\"), UInt8(ascii: "*"), UInt8(ascii: "_"), UInt8(ascii: "["), UInt8(ascii: "]"), UInt8(ascii: "`"),
                UInt8(ascii: "~"):
                out += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: "-") where isStart, UInt8(ascii: "+") where isStart, UInt8(ascii: "#") where isStart,
                UInt8(ascii: ">") where isStart:
                out += [UInt8(ascii: "\\"), byte]
            case UInt8(ascii: ".") where digits > 0, UInt8(ascii: ")") where digits > 0: out += [UInt8(ascii: "\\"), byte]
            case 0x0A: out += [0x0A, 0x0A]
            default: out.append(byte)
            }
            // Digits count while a line has held nothing else: `1. ` would begin a list.
            let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            digits = isDigit && (isStart || digits > 0) ? digits + 1 : 0
            isStart = byte == 0x0A || (isStart && byte == 0x20)
        }
        return String(decoding: out, as: UTF8.self)
    }

    private static func isMarkup(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x0A, UInt8(ascii: "#"), UInt8(ascii: ")")...UInt8(ascii: "."), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "["),
            UInt8(ascii: "\\"), UInt8(ascii: "]"), UInt8(ascii: "_"), UInt8(ascii: "`"), UInt8(ascii: "~"):
            true
        default: false
        }
    }

    /// The UTF-8 of a text in which no `<at>` or `</at>` is a tag any more, since its content would become a mention: the
    /// bracket becomes one that only looks like it. So does one at the very end, which text that follows might complete.
    /// One pass: the look ahead ends at the next bracket.
    private static func disarmed(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard bytes.contains(UInt8(ascii: "<")) else { return bytes }
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + 16)
        for (index, byte) in bytes.enumerated() {
            guard byte == UInt8(ascii: "<") else {
                out.append(byte)
                continue
            }
            var next = index + 1
            while next < bytes.count, isBeforeTagName(bytes[next]) { next += 1 }
            // Half of the name at the end counts as well.
            let isName = next >= bytes.count || bytes[next] | 0x20 == UInt8(ascii: "a")
            let goesOn = next + 1 >= bytes.count || bytes[next + 1] | 0x20 == UInt8(ascii: "t")
            if isName, goesOn { out += "\u{2039}".utf8 } else { out.append(byte) }
        }
        return out
    }

    private static func isBeforeTagName(_ byte: UInt8) -> Bool {
        byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) || byte == UInt8(ascii: "/")
    }
}
