// Regular expressions over data that others wrote. RE2's time is linear in the text, whatever the pattern; Swift's
// own Regex can take exponential time.

import CRE2

/// A compiled regular expression (RE2's syntax: no look-around, no back-references).
public final class Pattern: Sendable {
    /// The longest pattern, in characters.
    public static let maximumLength = 1_000

    /// The pattern as written.
    public let text: String
    // RE2 may be used by several threads at once after it has been compiled, and nothing changes it until deinit.
    private nonisolated(unsafe) let handle: OpaquePointer

    /// Compiles a pattern. It is found anywhere in a text unless it is anchored (`^`, `$`), case as written (`(?i)` for
    /// either case).
    ///
    /// - Throws: `MatchError`, with RE2's words for what is wrong.
    public convenience init(_ regex: String) throws(MatchError) {
        try self.init(regex, isCaseSensitive: true)
    }

    init(_ regex: String, isCaseSensitive: Bool) throws(MatchError) {
        if regex.isEmpty { throw MatchError(message: "the pattern is empty") }
        if regex.count > Self.maximumLength {
            throw MatchError(message: "the pattern is longer than \(Self.maximumLength) characters")
        }
        let bytes = Array(regex.utf8)
        let made = bytes.withUnsafeBufferPointer { buffer in
            buffer.withMemoryRebound(to: CChar.self) { chars in
                chars.baseAddress.flatMap { tocsin_re2_new($0, chars.count, isCaseSensitive) }
            }
        }
        guard let made else { throw MatchError(message: "no memory is left for the pattern `\(regex.prefix(60))`") }
        if let error = tocsin_re2_error(made) {
            let words = String(cString: error)
            tocsin_re2_free(made)
            throw MatchError(message: "`\(regex.prefix(60))` is no regular expression: \(words)")
        }
        self.text = regex
        self.handle = made
    }

    deinit { tocsin_re2_free(handle) }

    /// How many groups the pattern has.
    public var groups: Int { Int(tocsin_re2_groups(handle)) }

    /// Whether the pattern is found in the text.
    public func matches(_ text: String) -> Bool {
        withBytes(of: text) { tocsin_re2_matches(handle, $0, $1) }
    }

    /// What the first group holds; nil where the pattern is not found, has no group, or the group took no part.
    public func firstGroup(in text: String) -> String? {
        withBytes(of: text) { bytes, count in
            var start = 0
            var end = 0
            guard tocsin_re2_first_group(handle, bytes, count, &start, &end), let bytes else { return nil }
            let group = UnsafeBufferPointer(start: bytes + start, count: end - start)
            return String(decoding: group.lazy.map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }

    private func withBytes<Answer>(of text: String, _ body: (UnsafePointer<CChar>?, Int) -> Answer) -> Answer {
        var text = text
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { body($0.baseAddress, $0.count) }
        }
    }
}

extension Pattern: Equatable {
    /// Patterns are equal where their texts are.
    public static func == (a: Pattern, b: Pattern) -> Bool { a.text == b.text }
}
