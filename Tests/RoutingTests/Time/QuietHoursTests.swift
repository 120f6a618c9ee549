// Quiet hours on days on which nothing changes; changes of clocks are DaylightSavingTests.swift.

import Foundation
import Testing

@testable import Routing

@Suite struct QuietHoursTests {
    @Test(
        arguments: [
            ("22:00-07:00", "2026-11-24T21:59:59.999Z", nil), ("22:00-07:00", "2026-11-24T22:00:00Z", "2026-11-25T07:00:00Z"),
            ("22:00-07:00", "2026-11-25T00:00:00Z", "2026-11-25T07:00:00Z"),
            ("22:00-07:00", "2026-11-25T06:59:59.999Z", "2026-11-25T07:00:00Z"), ("22:00-07:00", "2026-11-25T07:00:00Z", nil),
            ("12:00-13:30", "2026-11-24T12:00:00Z", "2026-11-24T13:30:00Z"), ("12:00-13:30", "2026-11-24T11:59:59Z", nil),
            ("12:00-13:30", "2026-11-24T13:30:00Z", nil), ("22:00-00:00", "2026-11-24T23:00:00Z", "2026-11-25T00:00:00Z"),
            ("22:00-00:00", "2026-11-25T00:00:00Z", nil), ("22:00-24:00", "2026-11-24T23:00:00Z", "2026-11-25T00:00:00Z"),
            // All day: until the clock next shows that time.
            ("00:00-00:00", "2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z"),
            ("00:00-24:00", "2026-11-24T12:00:00Z", "2026-11-25T00:00:00Z"),
            ("09:00-09:00", "2026-11-24T08:59:59.5Z", "2026-11-24T09:00:00Z"),
            ("09:00-09:00", "2026-11-24T09:00:00Z", "2026-11-25T09:00:00Z"),
        ] as [(String, String, String?)]) func ends(hours: String, at: String, until: String?) throws
    {
        #expect(try quiet(hours).end(at: time(at), in: .gmt) == (try until.map(time)))
    }

    /// What counts is the clock where the person is.
    @Test func elsewhere() throws {
        let kolkata = try #require(TimeZone(identifier: "Asia/Kolkata"))
        let hours = QuietHours(from: 1_320, until: 420)
        #expect(hours.end(at: try time("2026-11-24T16:30:00Z"), in: kolkata) == (try time("2026-11-25T01:30:00Z")))
        #expect(hours.end(at: try time("2026-11-25T01:30:00Z"), in: kolkata) == nil)
    }

    @Test func farAway() {
        let hours = QuietHours(from: 0, until: 0)
        for date in [Date.distantPast, .distantFuture, Date(timeIntervalSince1970: .nan)] {
            #expect(hours.end(at: date, in: .gmt) != nil)
        }
    }
}
