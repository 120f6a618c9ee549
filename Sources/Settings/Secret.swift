// A text that must not be seen.

/// A secret: it prints as `***` wherever it is described, encoded or logged. Only `reveal()` gives the text, and only
/// what talks to the peer calls it.
public struct Secret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let text: String

    public init(_ text: String) { self.text = text }

    /// The text itself. Never put it into a message for people.
    public func reveal() -> String { text }

    public var description: String { "***" }
    public var debugDescription: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}
