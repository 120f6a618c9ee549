// Has its writer finished? One pass over the bytes settles it for nearly every file; only a text whose brackets stay
// open is given to the parser, whose verdict is the one that counts.

import JSON

package enum Completeness {
    /// Whether the text may be a good beginning whose rest is still to come. For lines, the last one decides: no line
    /// before it grows any more.
    package static func endsEarly(_ bytes: [UInt8], isNDJSON: Bool) -> Bool {
        let end = lastInk(bytes)
        guard end > 0 else { return true }
        if !isNDJSON { return endsEarly(bytes[..<end], whole: bytes) }
        let start = bytes[..<end].lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        // A line that is too long is rejected for that; what is missing of it does not matter.
        if end - start > TakenFile.maximumLine { return false }
        return endsEarly(bytes[start..<end], whole: nil)
    }

    /// Past the last byte that is not white space.
    private static func lastInk(_ bytes: [UInt8]) -> Int {
        var end = bytes.count
        while end > 0, bytes[end - 1] == 0x20 || (0x09...0x0D).contains(bytes[end - 1]) { end -= 1 }
        return end
    }

    private static func endsEarly(_ text: ArraySlice<UInt8>, whole: [UInt8]?) -> Bool {
        if isClosed(text) { return false }
        do {
            _ = try JSONValue.parse(bytes: whole ?? Array(text))
            return false
        } catch {
            return error.endsEarly
        }
    }

    /// Ends in the bracket that closes the first one, as far as brackets and strings go.
    private static func isClosed(_ text: ArraySlice<UInt8>) -> Bool {
        guard text.last == UInt8(ascii: "}") || text.last == UInt8(ascii: "]") else { return false }
        return text.withUnsafeBufferPointer { bytes in
            var depth = 0
            var index = 0
            while index < bytes.count {
                switch bytes[index] {
                case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
                case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
                case UInt8(ascii: "\""):
                    index += 1
                    while index < bytes.count, bytes[index] != UInt8(ascii: "\"") {
                        index += bytes[index] == UInt8(ascii: "\\") ? 2 : 1
                    }
                    if index >= bytes.count { return false }
                default: break
                }
                index += 1
            }
            return depth <= 0
        }
    }
}
