// Rates and throttles: a count in a time.

import Foundation

enum RateText {
    /// `1/s`, `60/30s`, `100/h`, `unlimited`.
    static func isRate(_ text: String) -> Bool {
        if text == "unlimited" { return true }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, isCount(parts[0]) else { return false }
        return ["s", "m", "h", "d"].contains(parts[1]) || isTime(String(parts[1]))
    }

    /// `5 per 10m`.
    static func isThrottle(_ text: String) -> Bool {
        let parts = text.split(separator: " ")
        return parts.count == 3 && parts[1] == "per" && isCount(parts[0]) && isTime(String(parts[2]))
    }

    private static func isCount(_ text: Substring) -> Bool {
        text.allSatisfy { $0.isASCII && $0.isNumber } && Int(text).map { (1...1_000_000).contains($0) } ?? false
    }

    private static func isTime(_ text: String) -> Bool { DurationText.parse(text).map { (1...7 * 86_400).contains($0) } ?? false }
}
