// Counting in business hours where nothing changes: nights, holidays, the edges, and calendars that never open.

import Foundation
import Testing

@testable import Routing

@Suite struct CalendarArithmeticTests {
    private let office = BusinessCalendar(
        name: "office", days: [1, 2, 3, 4, 5], opens: 540, closes: 1_050, timeZone: .gmt, holidays: ["2026-12-25", "2026-12-28"])

    @Test(arguments: [
        // 2026-11-24 is a Tuesday.
        ("2026-11-24T12:00:00Z", 3_600.0, "2026-11-24T13:00:00Z"), ("2026-11-24T08:00:00Z", 1.0, "2026-11-24T09:00:01Z"),
        ("2026-11-24T17:30:00Z", 1.0, "2026-11-25T09:00:01Z"), ("2026-11-27T17:00:00Z", 1_800.0, "2026-11-27T17:30:00Z"),
        ("2026-11-27T17:00:00Z", 1_800.000001, "2026-11-30T09:00:00.000001Z"),
        ("2026-11-28T12:00:00Z", 30_600.0, "2026-11-30T17:30:00Z"), ("2026-12-24T16:30:00Z", 7_200.0, "2026-12-29T10:00:00Z"),
        ("2026-11-24T12:00:00.25Z", 0.5, "2026-11-24T12:00:00.75Z"), ("2026-11-28T12:00:00Z", 0.0, "2026-11-28T12:00:00Z"),
        ("2026-11-28T12:00:00Z", -5.0, "2026-11-28T12:00:00Z"),
    ]) func deadlines(from: String, seconds: Double, until: String) throws {
        #expect(office.date(after: seconds, from: try time(from)) == (try time(until)))
    }

    @Test(arguments: [
        ("2026-11-23T00:00:00Z", "2026-11-30T00:00:00Z", 153_000.0), ("2026-12-21T00:00:00Z", "2027-01-01T00:00:00Z", 214_200.0),
        ("2026-11-24T12:00:00Z", "2026-11-24T12:00:00Z", 0.0), ("2026-11-24T13:00:00Z", "2026-11-24T12:00:00Z", 0.0),
        ("2026-11-24T12:00:00.5Z", "2026-11-24T12:00:01Z", 0.5), ("2026-11-24T17:29:59.75Z", "2026-11-25T09:00:00.5Z", 0.75),
    ]) func openTime(from: String, to: String, seconds: Double) throws {
        #expect(office.openTime(from: try time(from), to: try time(to)) == seconds)
    }

    /// Wednesday's night is off; the morning of that Wednesday still belongs to Tuesday.
    @Test func nights() throws {
        let nights = BusinessCalendar(
            name: "nights", days: [1, 2, 3, 4, 5], opens: 1_320, closes: 360, timeZone: .gmt, holidays: ["2026-12-02"])
        #expect(nights.date(after: 8 * 3_600, from: try time("2026-12-01T12:00:00Z")) == (try time("2026-12-02T06:00:00Z")))
        #expect(nights.date(after: 9 * 3_600, from: try time("2026-12-01T12:00:00Z")) == (try time("2026-12-03T23:00:00Z")))
        #expect(nights.openTime(from: try time("2026-12-04T22:00:00Z"), to: try time("2026-12-07T22:00:00Z")) == 8 * 3_600)
    }

    /// The same time twice, and midnight to midnight: it never closes.
    @Test(arguments: [(540, 540), (0, 0), (0, 1_440)]) func aroundTheClock(opens: Int, closes: Int) throws {
        let always = BusinessCalendar(name: "always", days: Set(1...7), opens: opens, closes: closes, timeZone: .gmt)
        #expect(always.date(after: 1_000_000, from: noon) == noon.addingTimeInterval(1_000_000))
        #expect(always.openTime(from: noon, to: noon.addingTimeInterval(1_000_000)) == 1_000_000)
    }

    @Test func whatNeverComes() {
        let never = BusinessCalendar(name: "never", days: [], opens: 540, closes: 1_050, timeZone: .gmt)
        #expect(never.date(after: 1, from: noon) == nil)
        #expect(never.openTime(from: noon, to: noon.addingTimeInterval(1e9)) == 0)
        // In ten years there are about 2,608 working days of 8 h 30 min.
        #expect(office.date(after: 2_600 * 30_600, from: noon) != nil)
        #expect(office.date(after: 2_620 * 30_600, from: noon) == nil)
        #expect(office.date(after: .infinity, from: noon) == nil)
        #expect(office.date(after: .nan, from: noon) == nil)
    }

    @Test func farAway() {
        for date in [Date.distantPast, .distantFuture, Date(timeIntervalSince1970: .nan)] {
            #expect(office.date(after: 3_600, from: date) != nil)
        }
    }
}
