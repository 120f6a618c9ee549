// The only addresses that become links.

/// Links made from data: http and https, nothing else, in characters that no destination's markup takes for its own.
public enum SafeLink {
    static let longest = 2_000

    /// The address as a link; nil for other schemes, without a host, with white space or control characters, or too long.
    public static func make(_ text: String) -> String? {
        guard text.utf8.count <= longest * 3 else { return nil }
        let lowered = text.prefix(8).lowercased()
        let scheme = lowered.hasPrefix("https://") ? 8 : lowered.hasPrefix("http://") ? 7 : 0
        guard scheme > 0, let host = text.utf8.dropFirst(scheme).first, host != UInt8(ascii: "/"), host != UInt8(ascii: "?"),
            host != UInt8(ascii: "#")
        else { return nil }
        if text.utf8.allSatisfy(isSafe) { return text.utf8.count <= longest ? text : nil }
        var out: [UInt8] = []
        for byte in text.utf8 {
            if byte <= 0x20 || byte == 0x7F { return nil }
            if isSafe(byte) {
                out.append(byte)
            } else {
                let digits = Array("0123456789ABCDEF".utf8)
                out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        // A host of other letters cannot be written in percent signs.
        let authority = text.utf8.dropFirst(scheme).prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        guard authority.allSatisfy(isSafe), out.count <= longest else { return nil }
        return String(decoding: out, as: UTF8.self)
    }

    /// What may stand as it is: not quotes, angle brackets, parentheses, `|` and the like, which mark where a link ends.
    private static func isSafe(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
        default: "-._~:/?#[]@!$&*+,;=%".utf8.contains(byte)
        }
    }
}
