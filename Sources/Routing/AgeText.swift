// Lengths of time as conditions write them: `30m`, `1h30m`, `2d`.

import Foundation

enum AgeText {
    private static let units: [(mark: Character, seconds: Double)] = [("w", 604_800), ("d", 86_400), ("h", 3_600), ("m", 60), ("s", 1)]

    /// Seconds; nil where the text is no length of time.
    static func parse(_ text: String) -> TimeInterval? {
        var total = 0.0
        var digits = ""
        var hasPart = false
        for character in text {
            if character.isASCII, character.isNumber {
                digits.append(character)
                continue
            }
            guard let unit = units.first(where: { $0.mark == character }), let number = Int32(digits) else { return nil }
            total += Double(number) * unit.seconds
            digits = ""
            hasPart = true
        }
        return hasPart && digits.isEmpty ? total : nil
    }

    /// The two greatest units, for instance `1h30m`.
    static func text(_ seconds: TimeInterval) -> String {
        var rest = Int64(max(-1e15, min(1e15, seconds.rounded(.down))).magnitude)
        var parts: [String] = []
        for unit in units where parts.count < 2 {
            let count = rest / Int64(unit.seconds)
            rest -= count * Int64(unit.seconds)
            if count > 0 { parts.append("\(count)\(unit.mark)") }
        }
        return (seconds < 0 ? "-" : "") + (parts.isEmpty ? "0s" : parts.joined())
    }
}
