// Quiet hours and cadences against looking at the clock every minute, around changes of clocks in all zones.

import Foundation
import Testing

@testable import Routing

@Suite struct PersonTimePropertyTests {
    private static func wall(_ drawn: PersonTimeCase) -> WallMinutes? { try? WallMinutes(drawn.change, hours: PersonTimeCase.hours) }

    private static func quietFailure(_ drawn: PersonTimeCase, _ wall: WallMinutes, _ zone: TimeZone) -> String? {
        let now = drawn.change.at + drawn.now
        let quiet = wall.local.map { minute in
            let (ofDay, from, until) = (minute % 1_440, drawn.from, drawn.until)
            if from == until { return true }
            return from < until ? ofDay >= from && ofDay < until : ofDay >= from || ofDay < until
        }
        var slow: Int?
        if drawn.from == drawn.until {
            slow = wall.first(after: now) { shows(drawn.until, 1_440, at: $0, wall) }
        } else if quiet[wall.number(of: now)] {
            slow = wall.first(after: now) { !quiet[$0] }
        }
        let found = QuietHours(from: drawn.from, until: drawn.until).end(at: Date(second: now), in: zone)?.second
        return found == slow ? nil : "quiet hours end at \(words(found, drawn)), not \(words(slow, drawn))"
    }

    /// Whether the clock shows in a minute a time of day, or of the hour, or has just jumped over it.
    private static func shows(_ minute: Int, _ period: Int, at number: Int, _ wall: WallMinutes) -> Bool {
        let local = wall.local
        if (local[number] - minute) % period == 0 { return true }
        let before = number > 0 ? local[number - 1] : local[number] - 1
        return local[number] > before + 1 && (before + 1..<local[number]).contains { ($0 - minute) % period == 0 }
    }

    private static func cadenceFailure(_ drawn: PersonTimeCase, _ wall: WallMinutes, _ zone: TimeZone) -> String? {
        let now = drawn.change.at + drawn.now
        let hourly = wall.first(after: now) { shows(0, 60, at: $0, wall) }
        let foundHourly = Cadence.hourly.next(after: Date(second: now), in: zone)?.second
        if foundHourly != hourly { return "hourly is \(words(foundHourly, drawn)), not \(words(hourly, drawn))" }

        // For each day, the first minute in which the clock has come to the time. Of the first day, that may be over.
        guard let first = wall.local.min(), let last = wall.local.max() else { return "no minutes" }
        let moments = (first / 1_440 + 1...last / 1_440).compactMap { day -> Int? in
            if drawn.weekday > 0, (day + 3) % 7 + 1 != drawn.weekday { return nil }
            return wall.local.firstIndex { $0 >= day * 1_440 + drawn.from }.map { wall.start + $0 * 60 }
        }
        // After the last of them the slow way does not know.
        guard let slow = moments.first(where: { $0 > now }) else { return nil }
        let cadence: Cadence = drawn.weekday == 0 ? .daily(at: drawn.from) : .weekly(day: drawn.weekday, at: drawn.from)
        let found = cadence.next(after: Date(second: now), in: zone)?.second
        return found == slow ? nil : "\(cadence.text) is \(words(found, drawn)), not \(words(slow, drawn))"
    }

    private static func words(_ second: Int?, _ drawn: PersonTimeCase) -> String {
        second.map { "\($0 - drawn.change.at) s" } ?? "never"
    }

    @Test func asALookAtTheClockEveryMinute() {
        for (number, zone) in ZoneChanges.zones.enumerated() {
            guard let timeZone = TimeZone(identifier: zone) else { continue }
            expectNone(
                CounterExample<PersonTimeCase>.find(
                    seeds: [UInt64(number)], { PersonTimeCase(zone, &$0) }, smaller: \.smaller,
                    failure: { drawn in
                        guard let wall = Self.wall(drawn) else { return "no such zone" }
                        return Self.quietFailure(drawn, wall, timeZone) ?? Self.cadenceFailure(drawn, wall, timeZone)
                    }))
        }
    }

    @Test(arguments: [
        ("Pacific/Apia", 1_325_239_200), ("Africa/Casablanca", 1_771_120_800), ("Australia/Lord_Howe", 1_775_314_800),
        ("Australia/Lord_Howe", 1_791_041_400), ("Europe/London", 1_774_746_000), ("Europe/London", 1_792_890_000),
        ("America/New_York", 1_772_953_200), ("America/New_York", 1_793_512_800), ("America/Havana", 1_793_509_200),
        ("Asia/Beirut", 1_792_875_600),
    ]) func aroundKnownChanges(zone: String, at second: Int) throws {
        let timeZone = try #require(TimeZone(identifier: zone))
        let known = try #require(ZoneChanges.byZone[zone])
        try #require(known.contains(second), "\(zone) changes at \(known.filter { abs($0 - second) < 20_000_000 })")
        let wall = try WallMinutes(ZoneChange(zone: zone, at: second), hours: PersonTimeCase.hours)
        expectNone(
            CounterExample<PersonTimeCase>.find(
                seeds: 0..<60,
                {
                    var drawn = PersonTimeCase(zone, &$0)
                    drawn.change.at = second
                    return drawn
                }, smaller: \.smaller,
                failure: { Self.quietFailure($0, wall, timeZone) ?? Self.cadenceFailure($0, wall, timeZone) }))
    }
}
