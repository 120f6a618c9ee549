// Quoted-printable (RFC 2045, 6.7), encoded words (RFC 2047) and the few charsets that mail still comes in.

import Foundation

enum QuotedPrintable {
    /// Soft line ends go, `=C3` becomes its byte; anything malformed stands for itself.
    static func decoded(_ bytes: some Collection<UInt8>) -> [UInt8] {
        var out: [UInt8] = []
        var rest = Array(bytes)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "=") else {
                out.append(byte)
                continue
            }
            if rest.first == 0x0A {
                rest.removeFirst()
            } else if rest.starts(with: [0x0D, 0x0A]) {
                rest = rest.dropFirst(2)
            } else if let value = hexByte(rest.prefix(2)) {
                out.append(value)
                rest = rest.dropFirst(2)
            } else {
                out.append(byte)
            }
        }
        return out
    }
}

enum EncodedWords {
    /// `=?UTF-8?Q?G=C3=BCte?=` becomes `Güte`; white space between two encoded words is not part of the text.
    static func decoded(_ text: String) -> String {
        var out = ""
        var rest = text[...]
        var afterWord = false
        while let start = rest.range(of: "=?") {
            let before = rest[..<start.lowerBound]
            guard let word = word(rest[start.upperBound...]) else {
                out += rest[..<start.upperBound]
                rest = rest[start.upperBound...]
                afterWord = false
                continue
            }
            if !(afterWord && before.allSatisfy(\.isWhitespace)) { out += before }
            out += word.text
            rest = word.rest
            afterWord = true
        }
        return out + rest
    }

    /// The word after its `=?`.
    private static func word(_ text: Substring) -> (text: String, rest: Substring)? {
        let parts = text.split(separator: "?", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[3].first == "=", !parts[0].isEmpty else { return nil }
        let bytes: [UInt8]
        switch parts[1].lowercased() {
        case "b":
            guard let data = Data(base64Encoded: String(parts[2])) else { return nil }
            bytes = Array(data)
        case "q":
            guard !parts[2].contains(" ") else { return nil }
            bytes = QuotedPrintable.decoded(parts[2].utf8.map { $0 == UInt8(ascii: "_") ? 0x20 : $0 })
        default: return nil
        }
        let charset = parts[0].split(separator: "*").first.map(String.init) ?? ""
        return (Charset.text(bytes, charset), parts[3].dropFirst())
    }
}

enum Charset {
    static func text(_ bytes: [UInt8], _ name: String) -> String {
        switch name.lowercased() {
        case "iso-8859-1", "latin1", "windows-1252":
            String(String.UnicodeScalarView(bytes.map { Unicode.Scalar($0) }))
        default: String(decoding: bytes, as: UTF8.self)
        }
    }
}
