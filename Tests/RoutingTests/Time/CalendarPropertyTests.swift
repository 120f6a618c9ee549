// Business hours against counting minutes, around changes of clocks in all zones; and what holds for long spans.

import Foundation
import Incidents
import Testing

@testable import Routing

@Suite struct CalendarPropertyTests {
    /// Counts minutes around one change of clocks.
    private static func failure(_ drawn: CalendarCase) -> String? {
        guard let wall = try? WallMinutes(drawn.change, hours: CalendarCase.hours) else { return "no such zone" }
        let counts = wall.open(days: drawn.days, opens: drawn.opens, closes: drawn.closes, holidays: drawn.holidays)
        let calendar = drawn.calendar
        let start = drawn.change.at + drawn.start
        let end = min(start + drawn.amount * 2, wall.end)
        let counted = calendar.openTime(from: Date(second: start), to: Date(second: end))
        let slow = wall.seconds(counts, from: start, to: end)
        if counted != Double(slow) { return "openTime to \(end - drawn.change.at) s is \(counted), not \(slow)" }
        // Beyond these minutes, the slow way does not know.
        if let moment = wall.moment(counts, after: drawn.amount, from: start) {
            let found = calendar.date(after: Double(drawn.amount), from: Date(second: start))
            if found != Date(second: moment) {
                return "date is \(found.map { $0.second - drawn.change.at } ?? -1) s after the change, not \(moment - drawn.change.at)"
            }
        }
        return nil
    }

    @Test func countsAsMinuteByMinute() {
        var drawn = 0
        for (number, zone) in ZoneChanges.zones.enumerated() {
            let seeds = (0..<2).map { UInt64(number * 2 + $0) }
            expectNone(
                CounterExample<CalendarCase>.find(
                    seeds: seeds,
                    {
                        drawn += 1
                        return CalendarCase(zone, &$0)
                    }, smaller: \.smaller, failure: Self.failure))
        }
        #expect(drawn == ZoneChanges.zones.count * 2)
    }

    /// The changes that are no summer time, and those that are not an hour.
    @Test(arguments: [
        ("Pacific/Apia", 1_325_239_200), ("Africa/Casablanca", 1_771_120_800), ("Africa/Casablanca", 1_774_144_800),
        ("Australia/Lord_Howe", 1_775_314_800), ("Australia/Lord_Howe", 1_791_041_400), ("Asia/Pyongyang", 1_525_446_000),
        ("America/Caracas", 1_462_086_000), ("Antarctica/Casey", 1_601_740_860), ("Antarctica/Troll", 1_774_746_000),
    ]) func countsAroundOddChanges(zone: String, at second: Int) throws {
        let known = try #require(ZoneChanges.byZone[zone])
        try #require(known.contains(second), "\(zone) changes at \(known)")
        expectNone(
            CounterExample<CalendarCase>.find(
                seeds: 0..<25,
                {
                    var drawn = CalendarCase(zone, &$0)
                    drawn.holidays = Set(drawn.holidays.map { $0 + second / 86_400 - drawn.change.at / 86_400 })
                    drawn.change.at = second
                    return drawn
                }, smaller: \.smaller, failure: Self.failure))
    }

    /// Over weeks and years: there and back is the same, and the deadline is the earliest moment.
    @Test func thereAndBack() {
        for (number, zone) in ZoneChanges.zones.enumerated() {
            expectNone(
                CounterExample<CalendarCase>.find(
                    seeds: [UInt64(number)],
                    {
                        var drawn = CalendarCase(zone, &$0)
                        drawn.change.at += $0.next(400) * 86_400
                        drawn.amount = 1 + $0.next(40 * 86_400)
                        return drawn
                    }, smaller: \.smaller,
                    failure: { drawn in
                        let calendar = drawn.calendar
                        let start = Date(microseconds: (drawn.change.at + drawn.start) * 1_000_000 + 123_457)
                        guard drawn.amount > 0, let end = calendar.date(after: Double(drawn.amount), from: start) else { return nil }
                        let back = calendar.openTime(from: start, to: end)
                        if back != Double(drawn.amount) { return "back it is \(back)" }
                        let before = Date(microseconds: end.microseconds - 1)
                        return calendar.isOpen(at: before) ? nil : "it is closed just before \(end)"
                    }))
        }
    }
}
