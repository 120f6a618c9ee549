// What data may bring into a message: visible characters. Control characters, marks that turn the direction of what
// follows, and characters without width are taken out before any template sees a text; line ends become line feeds.

/// Texts of events, made fit to be shown.
enum CleanText {
    /// The text without what cannot be seen, at most so many UTF-16 units, with an ellipsis where it was cut.
    static func block(_ text: String, limit: Int) -> String {
        let bounded = Shortening.cut(text, to: limit)
        if isPlain(bounded, lineFeeds: true) { return bounded }
        var out = String.UnicodeScalarView()
        var last: Unicode.Scalar = " "
        for scalar in bounded.unicodeScalars {
            defer { last = scalar }
            switch scalar {
            case "\n" where last == "\r": continue
            case "\r", "\u{85}", "\u{2028}", "\u{2029}", "\u{0B}", "\u{0C}": out.append("\n")
            case "\t": out.append(" ")
            // Joiners make one emoji of several, and letters of some scripts; after ASCII they are only there to hide.
            case "\u{200C}", "\u{200D}": if last.value > 0x7F { out.append(scalar) }
            default: if !isHidden(scalar) { out.append(scalar) }
            }
        }
        return String(out)
    }

    /// The same on one line: runs of white space are one space.
    static func line(_ text: String, limit: Int) -> String {
        let clean = block(text, limit: limit)
        if isPlain(clean, lineFeeds: false), !clean.utf8.contains(where: { $0 == 0x0A }), !hasDoubleSpace(clean) { return clean }
        return clean.split(whereSeparator: { $0.isWhitespace }).joined(separator: " ")
    }

    /// Printable ASCII and, where allowed, line feeds: nearly all texts, and nothing to do.
    private static func isPlain(_ text: String, lineFeeds: Bool) -> Bool {
        text.utf8.allSatisfy { ($0 >= 0x20 && $0 < 0x7F) || (lineFeeds && $0 == 0x0A) }
    }

    private static func hasDoubleSpace(_ text: String) -> Bool {
        var last: UInt8 = 0x20
        for byte in text.utf8 {
            if byte == 0x20, last == 0x20 { return true }
            last = byte
        }
        return last == 0x20
    }

    private static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x0A: false
        case 0..<0x20, 0x7F..<0xA0: true
        // Soft hyphen, Arabic letter mark, Mongolian vowel separator, fillers.
        case 0xAD, 0x61C, 0x180E, 0x115F, 0x1160, 0x3164, 0xFFA0: true
        // Zero width space, direction marks, embeddings, overrides, isolates, invisible operators, deprecated formats.
        case 0x200B, 0x200E...0x200F, 0x202A...0x202E, 0x2060...0x206F: true
        case 0xFEFF, 0xFFF9...0xFFFB, 0xFFFE...0xFFFF, 0xE0000...0xE0FFF: true
        default: false
        }
    }
}
