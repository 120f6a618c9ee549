// Business hours, over midnight, holidays and the days on which clocks are put forward or back.

import Foundation
import Testing

@testable import Routing

@Suite struct BusinessCalendarTests {
    private func calendar(
        _ days: ClosedRange<Int>, _ opens: Int, _ closes: Int, _ zone: String, holidays: Set<String> = []
    ) throws -> BusinessCalendar {
        BusinessCalendar(
            name: "c", days: Set(days), opens: opens, closes: closes, timeZone: try #require(TimeZone(identifier: zone)),
            holidays: holidays)
    }

    @Test(arguments: [
        ("2026-11-24T08:59:59Z", false), ("2026-11-24T09:00:00Z", true), ("2026-11-24T17:29:59Z", true),
        ("2026-11-24T17:30:00Z", false), ("2026-11-21T12:00:00Z", false), ("2026-11-22T12:00:00Z", false),
        ("2026-11-20T12:00:00Z", true), ("2026-12-25T12:00:00Z", false), ("1969-12-31T12:00:00Z", true),
        // Summer time: 09:00 in London is 08:00 UTC.
        ("2026-07-01T07:59:59Z", false), ("2026-07-01T08:00:00Z", true), ("2026-07-01T16:30:00Z", false),
        // The Fridays and Mondays around 2026-03-29 and 2026-10-25.
        ("2026-03-27T09:00:00Z", true), ("2026-03-27T08:30:00Z", false), ("2026-03-30T08:30:00Z", true),
        ("2026-10-23T08:30:00Z", true), ("2026-10-26T08:30:00Z", false), ("2026-10-26T09:00:00Z", true),
    ]) func office(at text: String, isOpen: Bool) throws {
        let office = try calendar(1...5, 540, 1_050, "Europe/London", holidays: ["2026-12-25"])
        #expect(office.isOpen(at: try time(text)) == isOpen)
    }

    /// 01:00 to 02:00 does not come in London on 2026-03-29 and comes twice on 2026-10-25.
    @Test(arguments: [
        ("2026-03-29T00:59:59Z", false), ("2026-03-29T01:00:00Z", false), ("2026-03-28T01:30:00Z", true),
        ("2026-10-25T00:30:00Z", true), ("2026-10-25T01:30:00Z", true), ("2026-10-25T02:00:00Z", false),
        ("2026-10-24T23:59:59Z", false),
    ]) func londonChangesItsClocks(at text: String, isOpen: Bool) throws {
        #expect(try calendar(1...7, 60, 120, "Europe/London").isOpen(at: time(text)) == isOpen)
    }

    /// Lord Howe's summer time is half an hour: on 2026-04-05 02:00 (+11:00) becomes 01:30 (+10:30).
    @Test(arguments: [
        ("2026-04-04T14:29:59Z", false), ("2026-04-04T14:30:00Z", true), ("2026-04-04T14:59:59Z", true),
        ("2026-04-04T15:00:00Z", true), ("2026-04-04T15:29:59Z", true), ("2026-04-04T15:30:00Z", false),
        // 2026-10-04: 02:00 (+10:30) becomes 02:30 (+11:00).
        ("2026-10-03T15:00:00Z", true), ("2026-10-03T15:30:00Z", false),
    ]) func lordHowe(at text: String, isOpen: Bool) throws {
        #expect(try calendar(1...7, 90, 120, "Australia/Lord_Howe").isOpen(at: time(text)) == isOpen)
    }

    /// Friday 22:00 to Saturday 06:00 is Friday's.
    @Test(arguments: [
        ("2026-11-27T21:59:59Z", false), ("2026-11-27T22:00:00Z", true), ("2026-11-28T05:59:59Z", true),
        ("2026-11-28T06:00:00Z", false), ("2026-11-28T23:00:00Z", false), ("2026-11-30T03:00:00Z", false),
        ("2026-11-30T23:00:00Z", true), ("2026-12-01T03:00:00Z", true),
        // Wednesday the 2nd is a holiday: its night is off, the morning of the 2nd still belongs to Tuesday.
        ("2026-12-02T03:00:00Z", true), ("2026-12-02T23:00:00Z", false), ("2026-12-03T03:00:00Z", false),
        ("2026-12-03T22:30:00Z", true),
    ]) func nights(at text: String, isOpen: Bool) throws {
        let nights = try calendar(1...5, 1_320, 360, "UTC", holidays: ["2026-12-02"])
        #expect(nights.isOpen(at: try time(text)) == isOpen)
    }

    @Test func wholeDays() throws {
        let midnight = try calendar(2...2, 0, 1_440, "UTC")
        #expect(midnight.isOpen(at: try time("2026-11-24T00:00:00Z")))
        #expect(midnight.isOpen(at: try time("2026-11-24T23:59:59Z")))
        #expect(!midnight.isOpen(at: try time("2026-11-25T00:00:00Z")))
        // The same time twice: a whole day from then on.
        let around = try calendar(2...2, 540, 540, "UTC")
        #expect(!around.isOpen(at: try time("2026-11-24T08:59:00Z")))
        #expect(around.isOpen(at: try time("2026-11-24T09:00:00Z")))
        #expect(around.isOpen(at: try time("2026-11-25T08:59:00Z")))
        #expect(!around.isOpen(at: try time("2026-11-25T09:00:00Z")))
    }
}
