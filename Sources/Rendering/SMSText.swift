// How many messages a text becomes on a telephone network. A part never ends inside an escape pair or a surrogate
// pair, so the count is that of the network, not a division.

/// The parts that a text is sent in.
public struct SMSSegments: Sendable, Equatable {
    public enum Encoding: String, Sendable {
        /// GSM 03.38, seven bits a character.
        case gsm7
        /// UTF-16 code units.
        case ucs2
    }

    public var encoding: Encoding
    /// Septets (GSM-7) or UTF-16 units (UCS-2) in each part; empty for the empty text.
    public var parts: [Int]

    public var count: Int { parts.count }

    public init(encoding: Encoding, parts: [Int]) {
        self.encoding = encoding
        self.parts = parts
    }
}

/// Texts as the short message service sees them (3GPP TS 23.038, 23.040).
public enum SMSText {
    /// GSM-7 where every character is in its alphabet, else UCS-2.
    public static func coding(_ text: String) -> SMSSegments.Encoding {
        text.unicodeScalars.allSatisfy { septets($0) != nil } ? .gsm7 : .ucs2
    }

    /// The parts of a text.
    public static func segments(_ text: String) -> SMSSegments {
        switch coding(text) {
        case .gsm7:
            let costs = text.unicodeScalars.map { septets($0) ?? 1 }
            return SMSSegments(
                encoding: .gsm7, parts: split(costs, single: ChannelLimits.SMS.single7Bit, part: ChannelLimits.SMS.part7Bit))
        case .ucs2:
            let costs = text.unicodeScalars.map { $0.value > 0xFFFF ? 2 : 1 }
            return SMSSegments(
                encoding: .ucs2, parts: split(costs, single: ChannelLimits.SMS.singleUCS2, part: ChannelLimits.SMS.partUCS2))
        }
    }

    /// The text, or its beginning with an ellipsis, in at most so many parts. No character as people see them is cut.
    ///
    /// - Parameter segments: at least 1.
    public static func shortened(_ text: String, segments limit: Int) -> String {
        let limit = max(1, limit)
        // No text of more characters than this can fit: what is beyond need not be looked at.
        let most = limit * ChannelLimits.SMS.single7Bit
        let whole = text.unicodeScalars.count <= most
        if whole, segments(text).count <= limit { return text }
        var characters = Array(text.prefix(most))
        if characters.contains(where: { $0.unicodeScalars.count > 16 }) {
            // A pile of combining marks is cut within: no telephone shows it whole.
            characters = text.unicodeScalars.prefix(most).map(Character.init)
        }
        func beginning(_ count: Int) -> String {
            var end = count
            while end > 0, characters[end - 1].isWhitespace || characters[end - 1] == "." { end -= 1 }
            let kept = String(characters[..<end])
            return kept + (coding(kept) == .gsm7 ? "..." : "…")
        }
        var fits = 0
        var exceeds = characters.count + 1
        while exceeds - fits > 1 {
            let middle = (fits + exceeds) / 2
            if segments(beginning(middle)).count <= limit { fits = middle } else { exceeds = middle }
        }
        return beginning(fits)
    }

    private static func split(_ costs: [Int], single: Int, part: Int) -> [Int] {
        let total = costs.reduce(0, +)
        if total == 0 { return [] }
        if total <= single { return [total] }
        var parts: [Int] = []
        var current = 0
        for cost in costs {
            if current + cost > part {
                parts.append(current)
                current = 0
            }
            current += cost
        }
        parts.append(current)
        return parts
    }
}
