// Rates, throttles and the flap rule: a count in a time.

import Foundation
import Routing

enum RateText {
    /// `1/s`, `60/30s`, `100/h`.
    static func rate(_ text: String) -> Rate? {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = count(parts[0]) else { return nil }
        let unit = ["s", "m", "h", "d"].contains(parts[1])
        return time(unit ? "1\(parts[1])" : String(parts[1])).map { Rate(count: count, seconds: $0) }
    }

    /// `5 per 10m`.
    static func throttle(_ text: String) -> ThrottleRule? {
        counted(text, "per").map { ThrottleRule(count: $0.count, window: $0.seconds) }
    }

    /// `3 in 30m`.
    static func flap(_ text: String) -> FlapRule? {
        counted(text, "in").flatMap { $0.count <= 1_000 ? FlapRule(turns: $0.count, window: $0.seconds) : nil }
    }

    /// `3 in 30d`.
    static func bounces(_ text: String) -> BounceRule? {
        counted(text, "in", longest: 365).flatMap { $0.count <= 100 ? BounceRule(count: $0.count, window: $0.seconds) : nil }
    }

    /// - Parameter longest: the longest time, in days.
    private static func counted(_ text: String, _ word: String, longest: Double = 7) -> (count: Int, seconds: TimeInterval)? {
        let parts = text.split(separator: " ")
        guard parts.count == 3, parts[1] == word, let count = count(parts[0]), let seconds = time(String(parts[2]), longest: longest)
        else { return nil }
        return (count, seconds)
    }

    private static func count(_ text: Substring) -> Int? {
        guard text.allSatisfy({ $0.isASCII && $0.isNumber }), let count = Int(text), (1...1_000_000).contains(count) else { return nil }
        return count
    }

    private static func time(_ text: String, longest days: Double = 7) -> TimeInterval? {
        DurationText.parse(text).flatMap { (1...days * 86_400).contains($0) ? $0 : nil }
    }
}

extension ThrottleRule {
    /// `5 per 10m`; nil for what is not written like that, and for windows of over a week.
    public init?(text: String) {
        guard let rule = RateText.throttle(text) else { return nil }
        self = rule
    }
}
