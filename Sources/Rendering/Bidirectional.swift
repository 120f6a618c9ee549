// Texts of data in a message that runs the other way: each is put into an isolate of its own, so that its direction turns
// nothing around it. Marks of direction that the data brings are taken out before (`CleanText`).

/// Isolation of what runs from right to left.
enum Bidirectional {
    static let open: Unicode.Scalar = "\u{2068}"
    static let close: Unicode.Scalar = "\u{2069}"

    /// - Parameter always: the message around it runs from right to left.
    /// - Returns: each line of the text between FIRST STRONG ISOLATE and POP DIRECTIONAL ISOLATE, where that is needed.
    static func isolated(_ text: String, always: Bool) -> String {
        if !always, !runsRightToLeft(text) { return text }
        guard text.utf8.contains(0x0A) else { return wrapped(text[...], always: always) }
        return text.split(separator: "\n", omittingEmptySubsequences: false).map { wrapped($0, always: always) }.joined(separator: "\n")
    }

    private static func wrapped(_ line: Substring, always: Bool) -> String {
        line.isEmpty || !(always || runsRightToLeft(String(line))) ? String(line) : "\(open)\(line)\(close)"
    }

    static func runsRightToLeft(_ text: String) -> Bool {
        // All such letters begin with one of these bytes.
        guard text.utf8.contains(where: { $0 >= 0xD6 && $0 <= 0xF0 }) else { return false }
        return text.unicodeScalars.contains { scalar in
            switch scalar.value {
            case 0x590...0x8FF, 0xFB1D...0xFDFF, 0xFE70...0xFEFE, 0x10800...0x10FFF, 0x1E800...0x1EFFF: true
            default: false
            }
        }
    }

    /// The text with what was opened in it and not closed (it was cut) closed, and nothing closed that was not open.
    static func closed(_ text: String) -> String {
        guard text.utf8.contains(0xE2), text.unicodeScalars.contains(where: { $0 == open || $0 == close }) else { return text }
        var out = String.UnicodeScalarView()
        var depth = 0
        for scalar in text.unicodeScalars {
            if scalar == open { depth += 1 }
            if scalar == close {
                if depth == 0 { continue }
                depth -= 1
            }
            if scalar == "\n" {
                for _ in 0..<depth { out.append(close) }
                depth = 0
            }
            out.append(scalar)
        }
        for _ in 0..<depth { out.append(close) }
        return String(out)
    }
}
