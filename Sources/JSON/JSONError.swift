// Why a text is not acceptable JSON, and where.

/// A fault in a JSON text, with its place.
public struct JSONError: Error, Sendable, Equatable, CustomStringConvertible {
    public enum Code: String, Sendable {
        case notJSON = "not_json"
        case notUTF8 = "not_utf8"
        case tooDeep = "too_deep"
        case duplicateMember = "duplicate_member"
    }

    public var code: Code
    public var message: String
    /// From 1.
    public var line: Int
    /// From 1, in Unicode scalars.
    public var column: Int
    /// A JSON Pointer (RFC 6901) to the innermost value that was being read; very long names are cut (see `pointerToken`).
    public var pointer: String
    /// The text is a good beginning that stops too early: a writer may still be at work on it.
    public var endsEarly: Bool

    public var description: String { "line \(line), column \(column): \(message)" }
}

/// One step of a JSON Pointer, escaped (RFC 6901: `~` is `~0`, `/` is `~1`). A name of more than 200 Unicode scalars is
/// cut, and ends with `…`: pointers are for people, in messages and logs.
public func pointerToken(_ name: String) -> String {
    let name = cut(name, to: 200)
    guard name.utf8.contains(where: { $0 == UInt8(ascii: "~") || $0 == UInt8(ascii: "/") }) else { return name }
    var out = String.UnicodeScalarView()
    for scalar in name.unicodeScalars {
        switch scalar {
        case "~": out.append(contentsOf: "~0".unicodeScalars)
        case "/": out.append(contentsOf: "~1".unicodeScalars)
        default: out.append(scalar)
        }
    }
    return String(out)
}

/// A text of a document as messages show it: at most so many Unicode scalars, then `…`; control characters, which no
/// terminal should see, are U+FFFD.
public func excerpt(_ text: String, limit: Int = 60) -> String {
    let text = cut(text, to: limit)
    guard text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control }) else { return text }
    return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.properties.generalCategory == .control ? "\u{FFFD}" : $0 }))
}

private func cut(_ text: String, to limit: Int) -> String {
    // No text has more scalars than bytes.
    if text.utf8.count <= limit { return text }
    let kept = text.unicodeScalars.prefix(limit)
    return kept.endIndex == text.unicodeScalars.endIndex ? text : String(kept) + "…"
}
