// How long a document is as JSON, without writing it: limits are checked for every message.

extension JSONValue {
    /// How many bytes `bytes` has.
    public var byteCount: Int {
        switch self {
        case .null: 4
        case .bool(let value): value ? 4 : 5
        case .number(let text): text.utf8.count
        case .string(let text): Self.byteCount(text)
        case .array(let elements): elements.reduce(max(2, elements.count + 1)) { $0 + $1.byteCount }
        case .object(let members):
            members.reduce(max(2, members.count + 1)) { $0 + Self.byteCount($1.key) + 1 + $1.value.byteCount }
        }
    }

    /// A string with its quotes and escapes.
    private static func byteCount(_ text: String) -> Int {
        var text = text
        return text.withUTF8 { bytes in
            var count = bytes.count + 2
            for byte in bytes where isEscaped(byte) {
                switch byte {
                case UInt8(ascii: "\""), UInt8(ascii: "\\"), 0x0A, 0x0D, 0x09: count += 1
                default: count += 5
                }
            }
            return count
        }
    }
}
