// A cadence as people write it.

import Foundation

extension Cadence {
    /// `immediate`, `hourly`, `daily HH:MM`, `weekly DAY HH:MM` (`mon` or `monday`, on a clock of 24 hours), in either case;
    /// nil where the text is none of these.
    public init?(_ text: String) {
        let words = text.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
        switch (words.first, words.count) {
        case ("immediate", 1): self = .immediate
        case ("hourly", 1): self = .hourly
        case ("daily", 2):
            guard let minute = Self.minute(words[1]) else { return nil }
            self = .daily(at: minute)
        case ("weekly", 3):
            guard let day = Self.day(words[1]), let minute = Self.minute(words[2]) else { return nil }
            self = .weekly(day: day, at: minute)
        default: return nil
        }
    }

    /// As it is written: `weekly mon 09:00`.
    public var text: String {
        switch self {
        case .immediate: "immediate"
        case .hourly: "hourly"
        case .daily(let minute): "daily \(Self.clock(minute))"
        case .weekly(let day, let minute): "weekly \(Self.days[(day - 1).remainder(of: 7)].prefix(3)) \(Self.clock(minute))"
        }
    }

    private static let days = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

    private static func day(_ word: String) -> Int? {
        days.firstIndex { $0 == word || $0.prefix(3) == word }.map { $0 + 1 }
    }

    /// `09:00` and `9:00`, from `00:00` to `23:59`.
    private static func minute(_ word: String) -> Int? {
        let parts = word.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].utf8.count), parts[1].utf8.count == 2,
            word.utf8.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x3A }), let hour = Int(parts[0]), hour < 24,
            let minute = Int(parts[1]), minute < 60
        else { return nil }
        return hour * 60 + minute
    }

    private static func clock(_ minute: Int) -> String {
        let (hour, rest) = (minute / 60, minute % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
    }
}
