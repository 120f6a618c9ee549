// Words compared without regard to case, and without making a lower-case copy of every text that is looked at.

/// A word that is compared without regard to case.
struct FoldedWord: Sendable, Equatable {
    /// In lower case.
    let text: String
    /// The same as bytes, where it is ASCII alone.
    private let ascii: [UInt8]?

    init(_ word: String) {
        text = word.lowercased()
        ascii = text.utf8.allSatisfy { $0 < 0x80 } ? Array(text.utf8) : nil
    }

    func equals(_ other: String) -> Bool {
        guard let ascii else { return text == other.lowercased() }
        let bytes = other.utf8
        var index = 0
        for byte in bytes {
            if byte >= 0x80 { return text == other.lowercased() }
            guard index < ascii.count, ascii[index] == (byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte) else {
                // A later character beyond ASCII may still fold into this word (the Kelvin sign is a `k`).
                return bytes.allSatisfy { $0 < 0x80 } ? false : text == other.lowercased()
            }
            index += 1
        }
        return index == ascii.count
    }
}

/// A text of somebody else's, fit to stand in a sentence: on one line, and not too long.
func quoted(_ text: String) -> String {
    if text.utf8.count <= 60, text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F }) { return text }
    let cleaned = String(
        String.UnicodeScalarView(text.unicodeScalars.prefix(200).map { $0.properties.generalCategory == .control ? " " : $0 }))
    return cleaned.count > 60 ? "\(cleaned.prefix(60))…" : cleaned
}
