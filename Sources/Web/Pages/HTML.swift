// Markup that only this file makes. Whatever else comes in is text, and is escaped; so nothing of an event, a message or a
// request can ever be read as HTML.

import Foundation

/// A piece of a page. A string is text in it, never markup: `HTML("<b>")` shows `<b>`.
public struct HTML: Sendable, Equatable, ExpressibleByStringLiteral, ExpressibleByArrayLiteral {
    /// What the browser gets.
    let markup: String

    /// Text.
    public init(_ text: String) { markup = Self.escaped(text) }

    public init(stringLiteral text: String) { markup = Self.escaped(text) }

    /// One after the other.
    public init(arrayLiteral pieces: HTML...) { self.init(pieces) }

    /// One after the other.
    public init(_ pieces: [HTML]) { markup = pieces.map(\.markup).joined() }

    private init(markup: String) { self.markup = markup }

    public static let empty = HTML([])

    public var isEmpty: Bool { markup.isEmpty }

    public static func + (first: HTML, second: HTML) -> HTML { HTML(markup: first.markup + second.markup) }

    /// An element. Attributes without a value are left out; those of the kind that is there or not have the value `""`.
    static func element(_ element: Element, _ attributes: KeyValuePairs<Attribute, String?> = [:], _ children: HTML...) -> HTML {
        make(element, attributes, children)
    }

    /// The same, with children that were gathered.
    static func element(_ element: Element, _ attributes: KeyValuePairs<Attribute, String?> = [:], all children: [HTML]) -> HTML {
        make(element, attributes, children)
    }

    private static func make(_ element: Element, _ attributes: KeyValuePairs<Attribute, String?>, _ children: [HTML]) -> HTML {
        var text = "<\(element.rawValue)"
        for (attribute, value) in attributes {
            guard let value, let safe = attribute.isAddress ? Self.address(value) : value else { continue }
            text += " \(attribute.rawValue)=\"\(escaped(safe))\""
        }
        text += ">"
        if element.isVoid { return HTML(markup: text) }
        for child in children { text += child.markup }
        return HTML(markup: text + "</\(element.rawValue)>")
    }

    /// The whole of a document.
    static func document(_ html: HTML) -> String { "<!DOCTYPE html>\n" + html.markup }

    /// Where a link may lead: `http`, `https`, `mailto`, or within this page; nil for everything else (`javascript:`, `data:`, `//host`).
    static func address(_ text: String) -> String? {
        if text.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) || text.contains("\\") { return nil }
        if text.hasPrefix("/") { return text.hasPrefix("//") ? nil : text }
        if text.hasPrefix("#") || text.hasPrefix("?") { return text }
        let lower = text.prefix(8).lowercased()
        return lower.hasPrefix("https://") || lower.hasPrefix("http://") || lower.hasPrefix("mailto:") ? text : nil
    }

    /// For text and for quoted attributes. What no document may hold, and what would turn the reading direction, shows as `�`.
    static func escaped(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "&"), UInt8(ascii: "<"), UInt8(ascii: ">"), UInt8(ascii: "\""), UInt8(ascii: "'"): false
            default: (byte >= 0x20 && byte < 0x7F) || byte == 0x0A || byte == 0x09
            }
        }
        if isPlain { return text }
        var out = ""
        out.reserveCapacity(text.utf8.count + 16)
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": out += "&amp;"
            case "<": out += "&lt;"
            case ">": out += "&gt;"
            case "\"": out += "&quot;"
            case "'": out += "&#39;"
            case "\n", "\t": out.unicodeScalars.append(scalar)
            case "\r": out += "\n"
            case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}", "\u{FFFE}", "\u{FFFF}":
                out += "\u{FFFD}"
            default: out.unicodeScalars.append(scalar)
            }
        }
        return out
    }
}

extension HTML {
    /// The elements that pages are made of. There is none here that runs or frames anything, but for the one script of our own.
    enum Element: String {
        case a, abbr, article, aside, b, body, br, button, caption, code, dd, desc, details, div, dl, dt, em, fieldset, footer, form, h1,
            h2, h3
        case head, header, hr, html, input, label, legend, li, link, main, meta, nav, noscript, ol, optgroup, option, p, pre, progress
        case script, section, select, small, span, strong, summary, table, tbody, td, textarea, th, thead, time, title, tr, ul
        case svg, path, rect, line, text, g, polyline, circle

        var isVoid: Bool {
            switch self {
            case .br, .hr, .input, .link, .meta: true
            default: false
            }
        }
    }

    /// The attributes that they may have: no `on…`, no `style`, no `srcdoc`.
    enum Attribute: String {
        case `class`, id, href, src, action, method, name, value, type, rel, content, charset, lang, title, datetime, scope, role, `for`
        case placeholder, maxlength, min, max, step, rows, cols, required, disabled, checked, selected, open, colspan, autocomplete
        case autofocus, tabindex, accept, novalidate, spellcheck, inputmode, pattern, enctype, `defer`, dir
        case hidden, label, list, multiple
        case ariaLabel = "aria-label"
        case ariaCurrent = "aria-current"
        case ariaLive = "aria-live"
        case ariaHidden = "aria-hidden"
        case ariaDescribedby = "aria-describedby"
        case ariaLabelledby = "aria-labelledby"
        case httpEquiv = "http-equiv"
        /// Of `td`: the column's title, shown on a narrow screen.
        case dataLabel = "data-label"
        /// Of `time`: it is shown relative to now, and kept so.
        case dataRelative = "data-relative"
        /// Of `main`: the address of what keeps it up to date.
        case dataLive = "data-live"
        /// Of `body`: words for the script.
        case dataWords = "data-words"
        /// Of `form`: what is asked before it is sent.
        case dataConfirm = "data-confirm"
        case viewBox, width, height, x, y, x1, x2, y1, y2, cx, cy, r, d, points, fill, stroke
        case strokeWidth = "stroke-width"
        case textAnchor = "text-anchor"
        case preserveAspectRatio

        var isAddress: Bool { self == .href || self == .src || self == .action }
    }
}
