// Bodies in 7-bit ASCII (RFC 2045, section 6.7): lines of at most 76 characters, CRLF, no space at a line's end.

enum QuotedPrintable {
    static let maximumLine = 76

    /// Any line end becomes CRLF. The result ends with CRLF unless it is empty.
    static func encode(_ text: String) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        let bytes = Array(text.utf8)
        var out: [UInt8] = []
        out.reserveCapacity(bytes.count + bytes.count / 8)
        var column = 0
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            if byte == 0x0D || byte == 0x0A {
                out += [0x0D, 0x0A]
                column = 0
                index += byte == 0x0D && index + 1 < bytes.count && bytes[index + 1] == 0x0A ? 2 : 1
                continue
            }
            let isLast = index + 1 == bytes.count || bytes[index + 1] == 0x0D || bytes[index + 1] == 0x0A
            let isBlank = byte == 0x20 || byte == 0x09
            let isPlain = (33...126).contains(byte) && byte != UInt8(ascii: "=") || isBlank && !isLast
            let size = isPlain ? 1 : 3
            // The last character of a line may use the place of the soft break's `=`.
            if column + size > (isLast ? maximumLine : maximumLine - 1) {
                out += [UInt8(ascii: "="), 0x0D, 0x0A]
                column = 0
            }
            if isPlain {
                out.append(byte)
            } else {
                out += [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
            column += size
            index += 1
        }
        if column > 0 { out += [0x0D, 0x0A] }
        return out
    }
}
