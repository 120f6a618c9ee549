// The times of day at which several people are all in their quiet hours, in words.

import Foundation
import Routing

struct QuietTimes: Equatable {
    /// `every day between 22:00 and 06:30 (Europe/London)`, `at any time`.
    let text: String

    /// In the middle of winter and of summer (north of the equator), so that clocks that are put forward are seen: one year is
    /// like another here.
    private static let seasons: [(name: String, day: Date)] = [
        ("in January", Date(timeIntervalSince1970: 1_768_478_400)), ("in July", Date(timeIntervalSince1970: 1_784_116_800)),
    ]

    /// - Parameter zone: the router's: of people without their own, and for the words where people live in several.
    /// - Returns: nil where at any time somebody is awake, or there is nobody.
    init?(of people: [Person], zone: String) {
        let quiet = people.compactMap(\.quietHours)
        guard !people.isEmpty, quiet.count == people.count else { return nil }
        let zones = Set(people.map { $0.timezone ?? zone })
        let shown = zones.count == 1 ? zones.first ?? zone : zone
        let phrases = Self.seasons.map { season in
            Self.phrase(
                (0..<1_440).map { minute in
                    people.allSatisfy { person in
                        guard let hours = person.quietHours else { return false }
                        let ahead = Self.offset(person.timezone ?? zone, season.day) - Self.offset(shown, season.day)
                        return Self.holds(hours, minute: ((minute + ahead) % 1_440 + 1_440) % 1_440)
                    }
                })
        }
        let found = zip(Self.seasons, phrases).compactMap { season, phrase in phrase.map { (season: season.name, phrase: $0) } }
        guard let first = found.first else { return nil }
        if Set(phrases).count == 1 {
            text = first.phrase == Self.always ? first.phrase : "every day \(first.phrase) (\(shown))"
        } else {
            text = found.map { "\($0.season) \($0.phrase)" }.joined(separator: ", ") + " (\(shown))"
        }
    }

    private static let always = "at any time"

    /// Minutes ahead of UTC.
    private static func offset(_ zone: String, _ day: Date) -> Int { (TimeZone(identifier: zone)?.secondsFromGMT(for: day) ?? 0) / 60 }

    private static func holds(_ hours: QuietHours, minute: Int) -> Bool {
        if hours.from == hours.until { return true }
        let isLate = minute >= hours.from
        let isEarly = minute < hours.until
        return hours.from < hours.until ? isLate && isEarly : isLate || isEarly
    }

    /// `between 22:00 and 06:30`; nil where it is never quiet.
    private static func phrase(_ isQuiet: [Bool]) -> String? {
        guard let gap = isQuiet.firstIndex(of: false) else { return always }
        var stretches: [(from: Int, until: Int)] = []
        for step in 1...isQuiet.count {
            let minute = (gap + step) % isQuiet.count
            let before = (gap + step - 1) % isQuiet.count
            if isQuiet[minute], !isQuiet[before] { stretches.append((minute, minute)) }
            if !isQuiet[minute], isQuiet[before] { stretches[stretches.count - 1].until = minute }
        }
        if stretches.isEmpty { return nil }
        return stretches.sorted { $0.from < $1.from }.map { "between \(clock($0.from)) and \(clock($0.until))" }.joined(separator: " and ")
    }

    private static func clock(_ minute: Int) -> String {
        let (hour, rest) = (minute / 60, minute % 60)
        return "\(hour < 10 ? "0" : "")\(hour):\(rest < 10 ? "0" : "")\(rest)"
    }
}
