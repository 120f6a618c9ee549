// HTML's character references, as far as pages on errors use them for what they echo.

/// `&amp;`, `&#47;`, `&#x2F;` and the like.
enum HTMLReference {
    private static let names: [String: UInt8] = [
        "amp": UInt8(ascii: "&"), "lt": UInt8(ascii: "<"), "gt": UInt8(ascii: ">"), "quot": UInt8(ascii: "\""),
        "apos": UInt8(ascii: "'"), "sol": UInt8(ascii: "/"), "equals": UInt8(ascii: "="), "plus": UInt8(ascii: "+"),
    ]
    /// Bytes between `&` and `;`, at most: `#x0010FFFF`.
    private static let longest = 10

    /// How many bytes of `wanted` stand at `start`, each as it is or as a reference, and where they end in the text.
    static func match(_ wanted: [UInt8], in text: [UInt8], at start: Int) -> (count: Int, end: Int) {
        var count = 0
        var index = start
        while count < wanted.count, index < text.count {
            if text[index] == UInt8(ascii: "&"), let (bytes, end) = reference(in: text, at: index), wanted[count...].starts(with: bytes) {
                count += bytes.count
                index = end
            } else if text[index] == wanted[count], !(text[index] == UInt8(ascii: "&") && isCut(text[index...])) {
                count += 1
                index += 1
            } else {
                break
            }
        }
        return (count, index)
    }

    /// A reference whose end was cut off with the text.
    static func isCut(_ rest: ArraySlice<UInt8>) -> Bool {
        guard rest.first == UInt8(ascii: "&"), rest.count <= longest + 1 else { return false }
        return rest.dropFirst().allSatisfy { byte in
            byte == UInt8(ascii: "#") || (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
        }
    }

    private static func reference(in text: [UInt8], at start: Int) -> (bytes: [UInt8], end: Int)? {
        let rest = text[(start + 1)...].prefix(longest + 1)
        guard let semicolon = rest.firstIndex(of: UInt8(ascii: ";")) else { return nil }
        let name = String(decoding: text[(start + 1)..<semicolon], as: UTF8.self)
        if let byte = names[name] { return ([byte], semicolon + 1) }
        guard name.hasPrefix("#") else { return nil }
        let digits = name.dropFirst()
        let value = digits.lowercased().hasPrefix("x") ? UInt32(digits.dropFirst(), radix: 16) : UInt32(digits)
        guard let scalar = value.flatMap(Unicode.Scalar.init) else { return nil }
        return (Array(String(Character(scalar)).utf8), semicolon + 1)
    }
}
