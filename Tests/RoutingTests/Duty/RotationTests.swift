// Whose turn it is, by the clock on the wall.

import Foundation
import Testing

@testable import Routing

@Suite struct RotationTests {
    let london = Rotation(
        name: "primary", people: ["ana", "ben", "carl"], handoverDay: 1, handoverMinute: 9 * 60,
        timeZone: TimeZone(identifier: "Europe/London") ?? .gmt)

    @Test func aWeekFromMondayToMonday() throws {
        let turn = try #require(try london.turn(at: time("2026-11-24T12:00:00Z")))
        #expect(turn.from == (try time("2026-11-23T09:00:00Z")))
        #expect(turn.until == (try time("2026-11-30T09:00:00Z")))
        #expect(london.turn(at: turn.from) == turn)
        let next = try #require(london.turn(after: turn.from))
        #expect(next.from == turn.until)
        #expect(next.person != turn.person)
        #expect(london.nextChange(after: turn.from) == turn.until)
    }

    /// The first Monday that turns are counted from is 1 January 2024.
    @Test func countsFromAFixedMonday() throws {
        #expect(try london.turn(at: time("2024-01-01T09:00:00Z"))?.person == "ana")
        #expect(try london.turn(at: time("2024-01-01T08:59:59Z"))?.person == "carl")
        #expect(try london.turn(at: time("2024-01-08T09:00:00Z"))?.person == "ben")
        #expect(try london.turn(at: time("1999-01-01T00:00:00Z")) != nil)
    }

    @Test func handOverStaysAtItsTimeWhenClocksChange() throws {
        // Put forward on Sunday, 29 March 2026: 09:00 is an hour earlier by UTC from then on.
        let before = try #require(try london.turn(at: time("2026-03-28T12:00:00Z")))
        #expect(before.from == (try time("2026-03-23T09:00:00Z")))
        #expect(before.until == (try time("2026-03-30T08:00:00Z")))
        #expect(before.until.timeIntervalSince(before.from) == 7 * 86_400 - 3_600)
        let autumn = try #require(try london.turn(at: time("2026-10-25T12:00:00Z")))
        #expect(autumn.until.timeIntervalSince(autumn.from) == 7 * 86_400 + 3_600)
    }

    @Test func aStartSaysWhenTheFirstBegins() throws {
        var rotation = london
        rotation.start = try time("2026-11-18T00:00:00Z")
        // A Wednesday: the first hand-over on or after it is Monday's.
        #expect(try rotation.turn(at: time("2026-11-23T09:00:00Z"))?.person == "ana")
        #expect(try rotation.turn(at: time("2026-11-23T08:59:00Z"))?.person == "carl")
        rotation.handoverDay = nil
        #expect(try rotation.turn(at: time("2026-11-18T09:00:00Z"))?.person == "ana")
        rotation.start = try time("2026-11-18T09:01:00Z")
        #expect(try rotation.turn(at: time("2026-11-19T09:00:00Z"))?.person == "ana")
        #expect(try rotation.turn(at: time("2026-11-18T09:00:00Z"))?.person == "carl")
    }

    @Test func halfDaysKeepTheirTimesToo() throws {
        var rotation = london
        rotation.every = 12 * 3_600
        let turn = try #require(try rotation.turn(at: time("2026-07-01T12:00:00Z")))
        #expect(turn.from == (try time("2026-07-01T08:00:00Z")))
        #expect(turn.until == (try time("2026-07-01T20:00:00Z")))
        let night = try #require(try rotation.turn(at: time("2026-03-29T00:30:00Z")))
        #expect(night.until.timeIntervalSince(night.from) == 11 * 3_600)
    }

    @Test func nobodyAndOneAlone() throws {
        var rotation = london
        rotation.people = []
        #expect(rotation.turn(at: noon) == nil)
        #expect(rotation.nextChange(after: noon) == nil)
        rotation.people = ["ana"]
        #expect(rotation.turn(at: noon)?.person == "ana")
    }

    @Test func aCalendarHasGaps() throws {
        func shift(_ person: String, _ from: String, _ until: String) throws -> Rotation.Shift {
            Rotation.Shift(person: person, from: try time(from), until: try time(until))
        }
        let shifts = [
            try shift("ana", "2026-11-23T09:00:00Z", "2026-11-23T17:00:00Z"),
            try shift("ben", "2026-11-24T09:00:00Z", "2026-11-24T17:00:00Z"),
        ]
        let rotation = Rotation(name: "office", shifts: shifts)
        #expect(try rotation.turn(at: time("2026-11-23T08:59:59Z")) == nil)
        #expect(try rotation.turn(at: time("2026-11-23T09:00:00Z"))?.person == "ana")
        #expect(try rotation.turn(at: time("2026-11-23T17:00:00Z")) == nil)
        #expect(try rotation.turn(after: time("2026-11-23T18:00:00Z"))?.person == "ben")
        #expect(try rotation.nextChange(after: time("2026-11-23T18:00:00Z")) == time("2026-11-24T09:00:00Z"))
        #expect(try rotation.turn(after: time("2026-11-24T12:00:00Z")) == nil)
        #expect(try rotation.nextChange(after: time("2026-11-24T18:00:00Z")) == nil)
    }

    @Test func whatBeginsLaterCounts() {
        func at(_ hour: Int) -> Date { noon.addingTimeInterval(Double(hour) * 3_600) }
        func shift(_ person: String, _ from: Int, _ until: Int) -> Rotation.Shift {
            .init(person: person, from: at(from), until: at(until))
        }
        let flat = Rotation.Shift.flattened([
            shift("week", 0, 100), shift("day", 10, 20), shift("hour", 12, 13), shift("late", 19, 30), shift("none", 5, 5),
            shift("next", 100, 101),
            shift("next", 101, 102),
        ])
        #expect(
            flat == [
                shift("week", 0, 10), shift("day", 10, 12), shift("hour", 12, 13), shift("day", 13, 19), shift("late", 19, 30),
                shift("week", 30, 100), shift("next", 100, 102),
            ])
        #expect(Rotation.Shift.flattened([shift("b", 0, 2), shift("a", 0, 1)]) == [shift("a", 0, 1), shift("b", 1, 2)])
    }
}

/// Around changes of clocks in all zones.
@Suite struct RotationPropertyTests {
    private struct Drawn: CustomStringConvertible {
        var change: ZoneChange
        var hours: Int
        var minute: Int
        var day: Int
        /// Seconds from the change.
        var now: Int
        var people: Int

        init(_ zone: String, _ chance: inout Chance) {
            change = ZoneChanges.draw(zone, &chance)
            hours = chance.pick([1, 6, 8, 12, 24, 24, 36, 48, 168, 168, 336])
            minute = chance.pick([0, 0, 30, 60, 90, 120, 150, 180, 540, 1_439, chance.next(1_440)])
            day = chance.next(8)
            now = chance.next(40 * 86_400) - 20 * 86_400
            people = 1 + chance.next(4)
        }

        var smaller: [Drawn] {
            var list: [Drawn] = []
            func with(_ change: (inout Drawn) -> Void) {
                var copy = self
                change(&copy)
                if copy.description != description { list.append(copy) }
            }
            with { $0.now = 0 }
            with { $0.now /= 2 }
            with { $0.minute = 0 }
            with { $0.day = 0 }
            with { $0.people = 1 }
            with { $0.hours = 24 }
            return list
        }

        var rotation: Rotation {
            Rotation(
                name: "r", people: (0..<people).map { "p\($0)" }, every: Double(hours) * 3_600, handoverDay: day == 0 ? nil : day,
                handoverMinute: minute, timeZone: TimeZone(identifier: change.zone) ?? .gmt)
        }

        var description: String {
            "\(change), every \(hours) h at minute \(minute), day \(day), \(people) people, \(now) s from the change"
        }
    }

    private static func failure(_ drawn: Drawn) -> String? {
        let rotation = drawn.rotation
        let now = Date(second: drawn.change.at + drawn.now)
        guard let turn = rotation.turn(at: now) else { return "it is nobody's turn" }
        guard turn.from <= now, now < turn.until else { return "the turn \(turn) does not hold its own moment" }
        if rotation.turn(at: turn.from) != turn { return "another turn at its beginning" }
        if rotation.turn(at: turn.until.addingTimeInterval(-1)) != turn { return "another turn at its end" }
        guard let next = rotation.turn(at: turn.until), next.from == turn.until else { return "a gap, or an overlap, at \(turn.until)" }
        if rotation.turn(after: now) != next { return "the next turn is another one" }
        // Whole days: the clock on the wall shows the time of the hand-over, unless it jumps over it.
        let clock = WallClock(rotation.timeZone)
        guard drawn.hours.isMultiple(of: 24) else { return nil }
        let second = turn.until.second
        let shown = second + clock.offset(at: second)
        let before = second - 1 + clock.offset(at: second - 1)
        if shown.remainder(of: 86_400) == drawn.minute * 60 {
            let weekday = (shown.quotient(by: 86_400) + 3).remainder(of: 7) + 1
            if drawn.hours.isMultiple(of: 168), weekday != (drawn.day == 0 ? 1 : drawn.day) { return "handed over on day \(weekday)" }
            return nil
        }
        // The time was skipped between the last second before and this one.
        let wanted = before.quotient(by: 86_400) * 86_400 + drawn.minute * 60
        let isSkipped = [wanted, wanted + 86_400].contains { before < $0 && $0 < shown }
        return isSkipped ? nil : "handed over at \(shown.remainder(of: 86_400)) s of the day"
    }

    @Test func turnsFollowOneAnotherInEveryZone() {
        for (number, zone) in ZoneChanges.zones.enumerated() {
            let seeds = (0..<4).map { UInt64(number * 4 + $0) }
            expectNone(CounterExample<Drawn>.find(seeds: seeds, { Drawn(zone, &$0) }, smaller: \.smaller, failure: Self.failure))
        }
    }
}
