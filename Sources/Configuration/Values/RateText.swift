// Rates and throttles: a count in a time.

import Foundation

enum RateText {
    /// `1/s`, `60/30s`, `100/h`.
    static func rate(_ text: String) -> Rate? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = count(parts[0]) else { return nil }
        let unit = ["s", "m", "h", "d"].contains(parts[1])
        return time(unit ? "1\(parts[1])" : String(parts[1])).map { Rate(count: count, seconds: $0) }
    }

    /// `5 per 10m`.
    static func isThrottle(_ text: String) -> Bool {
        let parts = text.split(separator: " ")
        return parts.count == 3 && parts[1] == "per" && count(parts[0]) != nil && time(String(parts[2])) != nil
    }

    private static func count(_ text: Substring) -> Int? {
        guard text.allSatisfy({ $0.isASCII && $0.isNumber }), let count = Int(text), (1...1_000_000).contains(count) else { return nil }
        return count
    }

    private static func time(_ text: String) -> TimeInterval? {
        DurationText.parse(text).flatMap { (1...7 * 86_400).contains($0) ? $0 : nil }
    }
}
