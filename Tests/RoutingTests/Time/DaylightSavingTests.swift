// Both changes of 2026 in London (2026-03-29 01:00Z, 2026-10-25 01:00Z), New York (2026-03-08 07:00Z, 2026-11-01 06:00Z) and
// on Lord Howe (half an hour: 2026-04-04 15:00Z back, 2026-10-03 15:30Z forward), worked out by hand and with Python's
// zoneinfo. Zones that change without summer time are among the properties.

import Foundation
import Testing

@testable import Routing

@Suite struct DaylightSavingTests {
    private static let hours: [String: (days: ClosedRange<Int>, opens: Int, closes: Int)] = [
        "office": (1...5, 540, 1_050), "small": (1...7, 30, 180), "saturday night": (6...6, 1_320, 360),
    ]

    private func calendar(_ name: String, _ zone: String) throws -> BusinessCalendar {
        let hours = try #require(Self.hours[name])
        return BusinessCalendar(
            name: name, days: Set(hours.days), opens: hours.opens, closes: hours.closes,
            timeZone: try #require(TimeZone(identifier: zone)))
    }

    @Test(arguments: [
        // Friday 16:00, three hours: 90 min on Friday, 90 min on Monday from 09:00 summer time.
        ("office", "Europe/London", "2026-03-27T16:00:00Z", 180, "2026-03-30T09:30:00Z"),
        // Five working days of 8 h 30 min.
        ("office", "Europe/London", "2026-03-27T12:00:00Z", 2_550, "2026-04-03T11:00:00Z"),
        ("office", "Europe/London", "2026-10-23T15:00:00Z", 180, "2026-10-26T10:30:00Z"),
        ("office", "Europe/London", "2026-10-23T12:00:00Z", 2_550, "2026-10-30T13:00:00Z"),
        ("office", "America/New_York", "2026-03-06T21:00:00Z", 180, "2026-03-09T14:30:00Z"),
        ("office", "America/New_York", "2026-10-30T20:00:00Z", 180, "2026-11-02T15:30:00Z"),
        ("office", "Australia/Lord_Howe", "2026-04-03T05:00:00Z", 180, "2026-04-06T00:00:00Z"),
        ("office", "Australia/Lord_Howe", "2026-10-02T05:00:00Z", 180, "2026-10-04T23:00:00Z"),
        // 00:30 to 03:00 is an hour shorter when clocks go forward, an hour longer when they go back.
        ("small", "Europe/London", "2026-03-28T12:00:00Z", 60, "2026-03-29T01:30:00Z"),
        ("small", "Europe/London", "2026-03-28T12:00:00Z", 90, "2026-03-29T02:00:00Z"),
        ("small", "Europe/London", "2026-03-28T12:00:00Z", 91, "2026-03-29T23:31:00Z"),
        ("small", "Europe/London", "2026-10-24T12:00:00Z", 90, "2026-10-25T01:00:00Z"),
        ("small", "Europe/London", "2026-10-24T12:00:00Z", 210, "2026-10-25T03:00:00Z"),
        ("small", "Europe/London", "2026-10-24T12:00:00Z", 211, "2026-10-26T00:31:00Z"),
        ("small", "America/New_York", "2026-03-07T12:00:00Z", 90, "2026-03-08T07:00:00Z"),
        ("small", "America/New_York", "2026-03-07T12:00:00Z", 91, "2026-03-09T04:31:00Z"),
        ("small", "America/New_York", "2026-10-31T12:00:00Z", 120, "2026-11-01T06:30:00Z"),
        ("small", "America/New_York", "2026-10-31T12:00:00Z", 211, "2026-11-02T05:31:00Z"),
        // Half an hour.
        ("small", "Australia/Lord_Howe", "2026-04-04T02:00:00Z", 120, "2026-04-04T15:30:00Z"),
        ("small", "Australia/Lord_Howe", "2026-04-04T02:00:00Z", 180, "2026-04-04T16:30:00Z"),
        ("small", "Australia/Lord_Howe", "2026-04-04T02:00:00Z", 181, "2026-04-05T14:01:00Z"),
        ("small", "Australia/Lord_Howe", "2026-10-03T02:00:00Z", 100, "2026-10-03T15:40:00Z"),
        ("small", "Australia/Lord_Howe", "2026-10-03T02:00:00Z", 121, "2026-10-04T13:31:00Z"),
        // The whole night from Saturday 22:00 to Sunday 06:00 is over at 06:00.
        ("saturday night", "Europe/London", "2026-03-28T12:00:00Z", 420, "2026-03-29T05:00:00Z"),
        ("saturday night", "Europe/London", "2026-10-24T12:00:00Z", 540, "2026-10-25T06:00:00Z"),
        ("saturday night", "America/New_York", "2026-03-07T12:00:00Z", 420, "2026-03-08T10:00:00Z"),
        ("saturday night", "America/New_York", "2026-10-31T12:00:00Z", 540, "2026-11-01T11:00:00Z"),
        ("saturday night", "Australia/Lord_Howe", "2026-04-04T02:00:00Z", 510, "2026-04-04T19:30:00Z"),
        ("saturday night", "Australia/Lord_Howe", "2026-10-03T02:00:00Z", 450, "2026-10-03T19:00:00Z"),
    ]) func deadlines(hours: String, zone: String, from: String, minutes: Int, until: String) throws {
        let calendar = try calendar(hours, zone)
        #expect(calendar.date(after: Double(minutes * 60), from: try time(from)) == (try time(until)))
        #expect(calendar.openTime(from: try time(from), to: try time(until)) == Double(minutes * 60))
    }

    @Test(arguments: [
        ("office", "Europe/London", "2026-03-23T00:00:00Z", "2026-04-06T00:00:00Z", 5_100),
        ("small", "Europe/London", "2026-03-28T22:00:00Z", "2026-03-29T22:00:00Z", 90),
        ("small", "Europe/London", "2026-10-24T22:00:00Z", "2026-10-25T22:00:00Z", 210),
        // 01:30 to 01:30.
        ("small", "Europe/London", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", 60),
        ("small", "Australia/Lord_Howe", "2026-04-04T02:00:00Z", "2026-04-05T02:00:00Z", 180),
        ("small", "Australia/Lord_Howe", "2026-10-03T02:00:00Z", "2026-10-04T02:00:00Z", 120),
        ("saturday night", "Europe/London", "2026-03-28T12:00:00Z", "2026-03-29T12:00:00Z", 420),
        ("saturday night", "Europe/London", "2026-10-24T12:00:00Z", "2026-10-25T12:00:00Z", 540),
        ("saturday night", "America/New_York", "2026-03-07T17:00:00Z", "2026-03-08T17:00:00Z", 420),
        ("saturday night", "America/New_York", "2026-10-31T16:00:00Z", "2026-11-01T17:00:00Z", 540),
        ("saturday night", "Australia/Lord_Howe", "2026-04-04T02:00:00Z", "2026-04-05T02:00:00Z", 510),
        ("saturday night", "Australia/Lord_Howe", "2026-10-03T02:00:00Z", "2026-10-04T02:00:00Z", 450),
    ]) func openTime(hours: String, zone: String, from: String, until: String, minutes: Int) throws {
        #expect(try calendar(hours, zone).openTime(from: time(from), to: time(until)) == Double(minutes * 60))
    }

    @Test(
        arguments: [
            ("22:00-07:00", "Europe/London", "2026-03-28T22:00:00Z", "2026-03-29T06:00:00Z"),
            ("22:00-07:00", "Europe/London", "2026-10-24T21:00:00Z", "2026-10-25T07:00:00Z"),
            ("22:00-07:00", "Europe/London", "2026-10-24T20:59:59Z", nil),
            ("22:00-07:00", "America/New_York", "2026-03-08T03:00:00Z", "2026-03-08T11:00:00Z"),
            ("22:00-07:00", "America/New_York", "2026-11-01T02:00:00Z", "2026-11-01T12:00:00Z"),
            ("22:00-07:00", "Australia/Lord_Howe", "2026-04-04T11:00:00Z", "2026-04-04T20:30:00Z"),
            ("22:00-07:00", "Australia/Lord_Howe", "2026-10-03T11:30:00Z", "2026-10-03T20:00:00Z"),
            // 02:00 is the moment at which 01:00 became 02:00.
            ("00:00-02:00", "Europe/London", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z"),
            ("00:00-02:00", "Europe/London", "2026-03-29T01:00:00Z", nil),
            // 02:00 summer time is shown as 01:00: quiet until it is 02:00 again.
            ("00:00-02:00", "Europe/London", "2026-10-25T00:30:00Z", "2026-10-25T02:00:00Z"),
            ("00:00-02:00", "Europe/London", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z"),
            // The end is skipped, and comes twice.
            ("00:00-01:30", "Europe/London", "2026-03-29T00:30:00Z", "2026-03-29T01:00:00Z"),
            ("00:00-01:30", "Europe/London", "2026-10-25T00:15:00Z", "2026-10-25T00:30:00Z"),
            ("00:00-01:30", "Europe/London", "2026-10-25T00:45:00Z", nil),
            ("00:00-01:30", "Europe/London", "2026-10-25T01:15:00Z", "2026-10-25T01:30:00Z"),
            // The beginning comes twice: for half an hour in between it is not quiet.
            ("01:30-05:00", "Europe/London", "2026-10-25T00:45:00Z", "2026-10-25T01:00:00Z"),
            ("01:30-05:00", "Europe/London", "2026-10-25T01:30:00Z", "2026-10-25T05:00:00Z"),
            ("00:00-02:00", "America/New_York", "2026-03-08T05:30:00Z", "2026-03-08T07:00:00Z"),
            ("00:00-02:30", "America/New_York", "2026-03-08T05:30:00Z", "2026-03-08T07:00:00Z"),
            ("00:00-02:00", "America/New_York", "2026-11-01T05:30:00Z", "2026-11-01T07:00:00Z"),
            ("00:00-02:00", "Australia/Lord_Howe", "2026-04-04T14:00:00Z", "2026-04-04T15:30:00Z"),
            ("00:00-02:00", "Australia/Lord_Howe", "2026-04-04T15:10:00Z", "2026-04-04T15:30:00Z"),
            ("00:00-01:45", "Australia/Lord_Howe", "2026-04-04T14:00:00Z", "2026-04-04T14:45:00Z"),
            ("00:00-01:45", "Australia/Lord_Howe", "2026-04-04T15:00:00Z", "2026-04-04T15:15:00Z"),
            ("00:00-02:00", "Australia/Lord_Howe", "2026-10-03T14:00:00Z", "2026-10-03T15:30:00Z"),
            ("00:00-02:15", "Australia/Lord_Howe", "2026-10-03T14:00:00Z", "2026-10-03T15:30:00Z"),
            ("00:00-02:45", "Australia/Lord_Howe", "2026-10-03T14:00:00Z", "2026-10-03T15:45:00Z"),
        ] as [(String, String, String, String?)]) func quietHours(hours: String, zone: String, at: String, until: String?) throws
    {
        let hours = try quiet(hours)
        let zone = try #require(TimeZone(identifier: zone))
        #expect(hours.end(at: try time(at), in: zone) == (try until.map(time)))
    }

    @Test(arguments: [
        // 02:15 is skipped in New York, 01:15 in London, both on Lord Howe in October only by half.
        ("daily 02:15", "America/New_York", "2026-03-07T07:15:00Z", "2026-03-08T07:00:00Z"),
        ("daily 02:15", "America/New_York", "2026-03-08T07:00:00Z", "2026-03-09T06:15:00Z"),
        ("daily 01:15", "Europe/London", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"),
        ("daily 02:15", "Europe/London", "2026-03-28T12:00:00Z", "2026-03-29T01:15:00Z"),
        ("daily 02:15", "Australia/Lord_Howe", "2026-10-03T02:00:00Z", "2026-10-03T15:30:00Z"),
        ("daily 02:15", "Australia/Lord_Howe", "2026-10-03T15:30:00Z", "2026-10-04T15:15:00Z"),
        // What comes twice counts the first time.
        ("daily 01:15", "Europe/London", "2026-10-24T12:00:00Z", "2026-10-25T00:15:00Z"),
        ("daily 01:15", "Europe/London", "2026-10-25T00:15:00Z", "2026-10-26T01:15:00Z"),
        ("daily 01:15", "Europe/London", "2026-10-25T01:00:00Z", "2026-10-26T01:15:00Z"),
        ("daily 01:30", "America/New_York", "2026-10-31T12:00:00Z", "2026-11-01T05:30:00Z"),
        ("daily 01:30", "America/New_York", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"),
        ("daily 02:15", "Australia/Lord_Howe", "2026-04-04T02:00:00Z", "2026-04-04T15:45:00Z"),
        ("daily 01:45", "Australia/Lord_Howe", "2026-04-04T02:00:00Z", "2026-04-04T14:45:00Z"),
        ("daily 01:45", "Australia/Lord_Howe", "2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"),
        ("weekly sun 01:15", "Europe/London", "2026-03-22T12:00:00Z", "2026-03-29T01:00:00Z"),
        ("weekly sun 01:15", "Europe/London", "2026-10-18T12:00:00Z", "2026-10-25T00:15:00Z"),
        ("weekly sun 01:15", "Europe/London", "2026-10-25T00:15:00Z", "2026-11-01T01:15:00Z"),
        // Full hours of the clock: 00:00, 02:00; 01:00 and 01:00 again; half an hour more, and less.
        ("hourly", "Europe/London", "2026-03-29T00:10:00Z", "2026-03-29T01:00:00Z"),
        ("hourly", "Europe/London", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"),
        ("hourly", "Europe/London", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"),
        ("hourly", "Australia/Lord_Howe", "2026-04-04T14:00:00Z", "2026-04-04T15:30:00Z"),
        ("hourly", "Australia/Lord_Howe", "2026-10-03T14:30:00Z", "2026-10-03T15:30:00Z"),
        ("hourly", "Australia/Lord_Howe", "2026-10-03T15:30:00Z", "2026-10-03T16:00:00Z"),
    ]) func cadences(text: String, zone: String, after: String, next: String) throws {
        let cadence = try #require(Cadence(text))
        let zone = try #require(TimeZone(identifier: zone))
        #expect(cadence.next(after: try time(after), in: zone) == (try time(next)))
    }
}

/// `22:00-07:00`.
func quiet(_ text: String) throws -> QuietHours {
    let minutes = text.split(separator: "-").compactMap { clock -> Int? in
        let parts = clock.split(separator: ":").compactMap { Int($0) }
        return parts.count == 2 ? parts[0] * 60 + parts[1] : nil
    }
    guard minutes.count == 2 else { throw MatchError(message: "no hours: \(text)") }
    return QuietHours(from: minutes[0], until: minutes[1])
}
