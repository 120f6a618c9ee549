// A text with places to fill in: `{{labels.alertname}} on {{labels.instance}}`. Without such a place it is itself.

import Cryptography
import JSON

struct Template: Sendable, Equatable {
    enum Part: Sendable, Equatable {
        case text(String)
        /// `isOptional`: written `{{path?}}`; where nothing is there it is the empty text.
        case value(ValuePath, isOptional: Bool)
        /// `{{hash path}}`: 16 hexadecimal digits that stand for the value.
        case hash(ValuePath)
    }

    var parts: [Part]

    init(parts: [Part]) { self.parts = parts }

    init(_ text: String) throws(TextFault) {
        var parts: [Part] = []
        var rest = Substring(text)
        while let open = rest.firstRange(of: "{{") {
            if open.lowerBound > rest.startIndex { parts.append(.text(String(rest[..<open.lowerBound]))) }
            let inside = rest[open.upperBound...]
            guard let close = inside.firstRange(of: "}}") else {
                throw TextFault(message: "`\(excerpt(text))` opens `{{` and does not close it with `}}`")
            }
            parts.append(try Self.part(String(inside[..<close.lowerBound]).trimmed, of: text))
            rest = inside[close.upperBound...]
        }
        if !rest.isEmpty { parts.append(.text(String(rest))) }
        self.parts = parts
    }

    private static func part(_ inside: String, of text: String) throws(TextFault) -> Part {
        if inside.isEmpty {
            throw TextFault(message: "`\(excerpt(text))` has an empty `{{}}`; a path stands in it, as in `{{labels.alertname}}`")
        }
        if inside.hasPrefix("hash ") { return .hash(try ValuePath(String(inside.dropFirst(5)).trimmed)) }
        if inside.hasSuffix("?") { return .value(try ValuePath(String(inside.dropLast()).trimmed), isOptional: true) }
        return .value(try ValuePath(inside), isOptional: false)
    }

    /// The text itself, where nothing is to be filled in.
    var constant: String? {
        var out = ""
        for part in parts {
            guard case .text(let text) = part else { return nil }
            out += text
        }
        return out
    }

    /// The paths that must be there.
    var paths: [ValuePath] {
        parts.compactMap { part in
            switch part {
            case .value(let path, false), .hash(let path): path
            default: nil
            }
        }
    }

    /// The text; nil where one of the values that it needs is not there or empty, or nothing comes of it.
    func fill(_ scope: Scope) -> String? {
        if parts.count == 1, case .text(let text) = parts[0] { return text }
        var out = ""
        for part in parts {
            switch part {
            case .text(let text): out += text
            case .value(let path, let isOptional):
                if let text = scope[path]?.adapted {
                    out += text
                } else if !isOptional {
                    return nil
                }
            case .hash(let path):
                guard let value = scope[path] else { return nil }
                out += SHA256.hex(value.canonicalBytes).prefix(16)
            }
        }
        out = out.trimmed
        return out.isEmpty ? nil : out.cut(to: JSONValue.maximumText)
    }

    /// The value as it stands there, where the text is nothing but its place; else the text.
    func value(_ scope: Scope) -> JSONValue? {
        if parts.count == 1, case .value(let path, _) = parts[0] { return scope[path] }
        return fill(scope).map(JSONValue.string)
    }
}
