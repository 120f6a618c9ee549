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
    /// A JSON Pointer (RFC 6901) to the innermost value that was being read.
    public var pointer: String
    /// The text is a good beginning that stops too early: a writer may still be at work on it.
    public var endsEarly: Bool

    public var description: String { "line \(line), column \(column): \(message)" }
}

/// One step of a JSON Pointer, escaped (RFC 6901: `~` is `~0`, `/` is `~1`).
public func pointerToken(_ name: String) -> String {
    guard name.contains(where: { $0 == "~" || $0 == "/" }) else { return name }
    return name.replacing("~", with: "~0").replacing("/", with: "~1")
}
