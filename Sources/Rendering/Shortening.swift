// Cutting texts: never inside a character as people see it, always with a mark that something is missing.

/// Texts made to fit. Lengths are UTF-16 code units, as the providers count.
enum Shortening {
    /// The text, or its beginning with `…` within the limit.
    static func cut(_ text: String, to limit: Int) -> String {
        // A UTF-8 text has never fewer bytes than UTF-16 units.
        if text.utf8.count <= limit || text.utf16.prefix(limit + 1).count <= limit { return text }
        // What was opened in it has to be closed again: one unit for each.
        let isIsolated = limit > 8 && text.unicodeScalars.prefix(limit).contains(Bidirectional.open)
        return isIsolated ? Bidirectional.closed(cutOff(text, to: limit - 4)) : cutOff(text, to: limit)
    }

    private static func cutOff(_ text: String, to limit: Int) -> String {
        if limit <= 1 { return limit == 1 ? "…" : "" }
        // A unit is at most three bytes. What is far beyond the limit need not be looked at, however long a character is.
        let text = String(decoding: text.utf8.prefix(3 * (limit + 64)), as: UTF8.self)
        var units = 0
        var end = text.startIndex
        while end < text.endIndex {
            let next = text.index(after: end)
            let width = text[end..<next].utf16.count
            if units + width > limit - 1 {
                // One character of several hundred units is no character: combining marks piled up.
                if width > 64 { end = scalarEnd(text, from: end, units: limit - 1 - units) }
                break
            }
            units += width
            end = next
        }
        // By scalars: the end may now stand within what was one character.
        let scalars = text.unicodeScalars
        while end > scalars.startIndex {
            let before = scalars.index(before: end)
            // A stop before the mark would be a fourth dot.
            if !scalars[before].properties.isWhitespace, scalars[before] != "." { break }
            end = before
        }
        return String(scalars[..<end]) + "…"
    }

    private static func scalarEnd(_ text: String, from start: String.Index, units: Int) -> String.Index {
        var left = units
        var end = start
        while end < text.endIndex {
            let width = text.unicodeScalars[end].value > 0xFFFF ? 2 : 1
            if width > left { break }
            left -= width
            end = text.unicodeScalars.index(after: end)
        }
        return end
    }

    /// The same for Slack's markup: neither an entity (`&amp;`) nor a link (`<https://…|text>`) is cut in two.
    static func cutMarkup(_ text: String, to limit: Int) -> String {
        let short = cut(text, to: limit)
        if short == text { return text }
        var kept = short.dropLast()
        if let open = kept.lastIndex(of: "<"), !kept[open...].contains(">") { kept = kept[..<open] }
        if let open = kept.lastIndex(of: "&"), !kept[open...].contains(";"), kept.distance(from: open, to: kept.endIndex) <= 5 {
            kept = kept[..<open]
        }
        return kept + "…"
    }

    /// Without white space at the ends, and with at most one empty line at a time: optional lines of a template leave
    /// holes. White space is ASCII's here; bytes are read, since every text of every message passes through.
    static func tidy(_ text: String) -> String {
        var text = text
        let tidied: String? = text.withUTF8 { bytes in
            guard let front = bytes.first, let back = bytes.last else { return nil }
            guard bytes.contains(0x0A) else {
                if !isSpace(front), !isSpace(back) { return nil }
                guard let first = bytes.firstIndex(where: { !isSpace($0) }), let last = bytes.lastIndex(where: { !isSpace($0) })
                else { return "" }
                return String(decoding: bytes[first...last], as: UTF8.self)
            }
            var out: [UInt8] = []
            out.reserveCapacity(bytes.count)
            var start = 0
            var gap = false
            while start < bytes.count {
                var end = start
                while end < bytes.count, bytes[end] != 0x0A { end += 1 }
                let next = end + 1
                while end > start, isSpace(bytes[end - 1]) { end -= 1 }
                if end == start {
                    gap = true
                } else {
                    if !out.isEmpty { out += gap ? [0x0A, 0x0A] : [0x0A] }
                    gap = false
                    // The first line loses its indent as well.
                    if out.isEmpty { while isSpace(bytes[start]) { start += 1 } }
                    out += bytes[start..<end]
                }
                start = next
            }
            return String(decoding: out, as: UTF8.self)
        }
        return tidied ?? text
    }

    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x09 || byte == 0x0D }
}
