// Text that is not plain ASCII in headers (RFC 2047): words of at most 75 characters, each holding whole characters.

import Foundation

enum EncodedWord {
    private static let opening = "=?UTF-8?"
    /// `=?UTF-8?Q?` and `?=`.
    private static let overhead = 12

    /// The text as encoded words, folded. `offset` is how many characters of the first line are taken already, so that no
    /// line is longer than 76 (section 2). The shorter of the two encodings is used.
    static func encode(_ text: String, offset: Int) -> String {
        let q = words(text, offset: offset, letter: "Q", cost: { $0.utf8.reduce(0) { $0 + (isPlain($1) ? 1 : 3) } }, write: quoted)
        let b = words(
            text, offset: offset, letter: "B", cost: { $0.utf8.count }, write: { Data($0.utf8).base64EncodedString() }, perThree: true)
        let shorter = q.reduce(0) { $0 + $1.count } <= b.reduce(0) { $0 + $1.count } ? q : b
        return shorter.joined(separator: "\r\n ")
    }

    private static func words(
        _ text: String, offset: Int, letter: String, cost: (String) -> Int, write: (String) -> String, perThree: Bool = false
    ) -> [String] {
        var out: [String] = []
        var current = ""
        var used = 0
        func room() -> Int {
            let line = out.isEmpty ? max(76 - offset, overhead + 12) : 75
            let payload = min(line, 75) - overhead
            return perThree ? payload / 4 * 3 : payload
        }
        func close() {
            out.append(opening + letter + "?" + write(current) + "?=")
            current = ""
            used = 0
        }
        for piece in pieces(text) {
            let size = cost(piece)
            if !current.isEmpty, used + size > room() { close() }
            current += piece
            used += size
        }
        if !current.isEmpty || out.isEmpty { close() }
        return out
    }

    /// Characters; those too long for a word (a letter under many marks) by their scalars.
    private static func pieces(_ text: String) -> [String] {
        text.flatMap { character -> [String] in
            let whole = String(character)
            return whole.utf8.count <= 8 ? [whole] : whole.unicodeScalars.map { String($0) }
        }
    }

    private static func quoted(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var out: [UInt8] = []
        for byte in text.utf8 {
            if byte == 0x20 {
                out.append(UInt8(ascii: "_"))
            } else if isPlain(byte) {
                out.append(byte)
            } else {
                out += [UInt8(ascii: "="), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: out, as: UTF8.self)
    }

    /// What section 5 (3) allows in a phrase, which is allowed everywhere; a space costs one as `_`.
    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case 48...57, 65...90, 97...122, 0x20: true
        default: "!*+-/".utf8.contains(byte)
        }
    }
}
