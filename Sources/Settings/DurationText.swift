// Durations as people write them: `90s`, `5m`, `4h`, `3d`, `1w`, `1h30m`.

import Foundation

/// Durations as text.
public enum DurationText {
    private static let units: [(letter: Character, seconds: Int)] = [("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)]

    /// The seconds that a text means: whole numbers with units, larger units first, each at most once; nil for
    /// everything else, a bare number and anything over 100 years included.
    public static func parse(_ text: String) -> TimeInterval? {
        var total = 0
        var digits = ""
        var next = units.startIndex
        guard !text.isEmpty else { return nil }
        for character in text {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            guard let amount = Int(digits), digits.count <= 10, let unit = units[next...].firstIndex(where: { $0.letter == character })
            else { return nil }
            total += amount * units[unit].seconds
            next = unit + 1
            digits = ""
        }
        guard digits.isEmpty, total <= 100 * 366 * 86_400 else { return nil }
        return TimeInterval(total)
    }

    /// The shortest such text, in whole seconds: `1h30m`; weeks only where nothing is left over; `0s` for nothing.
    public static func text(_ seconds: TimeInterval) -> String {
        guard seconds.isFinite, seconds >= 1 else { return "0s" }
        var rest = Int(min(seconds, 1e15).rounded())
        if rest % 604_800 == 0 { return "\(rest / 604_800)w" }
        var text = ""
        for unit in units.dropFirst() where rest >= unit.seconds {
            text += "\(rest / unit.seconds)\(unit.letter)"
            rest %= unit.seconds
        }
        return text
    }
}
