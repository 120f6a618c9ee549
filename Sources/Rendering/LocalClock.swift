// Clock times where the reader is. Asking ICU for a zone's offset and name costs more than a whole rendering, so both
// are remembered for the quarter of an hour in which they cannot change.

import Foundation
import Synchronization

/// Times of day in a time zone.
struct LocalClock: Sendable {
    /// Broken-down local time.
    struct Reading {
        var year, month, day, hour, minute: Int
        /// 0 is Sunday.
        var weekday: Int
        /// Days since 1970 in local time: equal for the same calendar day.
        var dayNumber: Int
        /// For instance `BST`, or `GMT+3`.
        var zone: String
    }

    private struct Offset {
        var seconds: Int
        var name: String
    }

    private struct Key: Hashable {
        var zone: String
        var language: String
        var quarter: Int
    }

    private static let remembered = Mutex<[Key: Offset]>([:])
    private static let mostRemembered = 4_096
    /// Whose readers have names of their own for their zones; elsewhere a zone is called `GMT+3`.
    private static let namers = ["en_GB", "en_US", "en_AU", "en_IN", "en_NZ", "en_CA", "en_ZA"].map(Locale.init(identifier:))

    let zone: String
    /// The words of times.
    let phrases: Phrases

    /// - Parameter zone: an IANA name; what is unknown counts as UTC.
    init(zone: String, _ phrases: Phrases = .english) {
        self.zone = zone
        self.phrases = phrases
    }

    func reading(_ date: Date) -> Reading {
        let bounded = min(max(date.timeIntervalSince1970, -62_000_000_000), 253_000_000_000)
        let seconds = Int(bounded.rounded(.down))
        let offset = offset(at: seconds)
        let local = seconds + offset.seconds
        let days = Self.floor(local, 86_400)
        let ofDay = local - days * 86_400
        let (year, month, day) = Self.civil(days)
        return Reading(
            year: year, month: month, day: day, hour: ofDay / 3_600, minute: ofDay / 60 % 60, weekday: ((days + 4) % 7 + 7) % 7,
            dayNumber: days, zone: offset.name)
    }

    private func offset(at seconds: Int) -> Offset {
        let key = Key(zone: zone, language: phrases.language, quarter: Self.floor(seconds, 900))
        if let known = Self.remembered.withLock({ $0[key] }) { return known }
        let found = look(Date(timeIntervalSince1970: Double(key.quarter * 900)))
        Self.remembered.withLock {
            if $0.count >= Self.mostRemembered { $0.removeAll() }
            $0[key] = found
        }
        return found
    }

    private func look(_ date: Date) -> Offset {
        guard zone != "UTC", let zone = TimeZone(identifier: zone) else { return Offset(seconds: 0, name: "UTC") }
        let seconds = zone.secondsFromGMT(for: date)
        let style: TimeZone.NameStyle = zone.isDaylightSavingTime(for: date) ? .shortDaylightSaving : .shortStandard
        let own = phrases.isEnglish ? [] : [Locale(identifier: phrases.language)]
        for namer in own + Self.namers {
            if let name = zone.localizedName(for: style, locale: namer), !name.hasPrefix("GMT") || name == "GMT" {
                return Offset(seconds: seconds, name: name)
            }
        }
        return Offset(seconds: seconds, name: zone.abbreviation(for: date) ?? "local time")
    }

    private static func floor(_ value: Int, _ by: Int) -> Int { (value - ((value % by) + by) % by) / by }

    /// The proleptic Gregorian date of a day number.
    private static func civil(_ days: Int) -> (year: Int, month: Int, day: Int) {
        let era = floor(days + 719_468, 146_097)
        let ofEra = days + 719_468 - era * 146_097
        let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * year + year / 4 - year / 100)
        let shifted = (5 * ofYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (era * 400 + year + (month <= 2 ? 1 : 0), month, ofYear - (153 * shifted + 2) / 5 + 1)
    }
}
