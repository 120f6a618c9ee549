// Cadences as people write them, and the next time.

import Foundation
import Testing

@testable import Routing

@Suite struct CadenceTests {
    @Test(arguments: [
        ("immediate", Cadence.immediate, "immediate"), ("Hourly", .hourly, "hourly"), ("daily 08:00", .daily(at: 480), "daily 08:00"),
        ("daily 8:05", .daily(at: 485), "daily 08:05"), ("DAILY 23:59", .daily(at: 1_439), "daily 23:59"),
        ("  daily   00:00 ", .daily(at: 0), "daily 00:00"), ("weekly mon 09:00", .weekly(day: 1, at: 540), "weekly mon 09:00"),
        ("weekly Monday 09:00", .weekly(day: 1, at: 540), "weekly mon 09:00"),
        ("Weekly SUN 17:30", .weekly(day: 7, at: 1_050), "weekly sun 17:30"),
        ("weekly wednesday 00:30", .weekly(day: 3, at: 30), "weekly wed 00:30"),
    ]) func read(text: String, cadence: Cadence, written: String) {
        #expect(Cadence(text) == cadence)
        #expect(cadence.text == written)
        #expect(Cadence(written) == cadence)
    }

    @Test(arguments: [
        "", " ", "now", "daily", "hourly 08:00", "immediate daily", "daily 24:00", "daily 08:60", "daily 8", "daily 08:0", "daily 8:5",
        "daily 08:00:00", "daily -1:00", "daily +8:00", "daily 008:00", "daily 08.00", "daily ٠٨:٠٠", "daily 08:00 please", "weekly 09:00",
        "weekly mon", "weekly m 09:00", "weekly mond 09:00", "weekly someday 09:00", "weekly mon tue 09:00", "monthly 1 09:00",
    ]) func isNone(text: String) { #expect(Cadence(text) == nil) }

    @Test(
        arguments: [
            ("immediate", "2026-11-24T12:00:00Z", nil), ("hourly", "2026-11-24T12:00:00Z", "2026-11-24T13:00:00Z"),
            ("hourly", "2026-11-24T12:59:59.999Z", "2026-11-24T13:00:00Z"), ("daily 12:00", "2026-11-24T11:59:59Z", "2026-11-24T12:00:00Z"),
            ("daily 12:00", "2026-11-24T12:00:00Z", "2026-11-25T12:00:00Z"),
            ("daily 00:00", "2026-11-24T23:59:59Z", "2026-11-25T00:00:00Z"),
            // 2026-11-24 is a Tuesday.
            ("weekly tue 12:00", "2026-11-24T11:59:59.5Z", "2026-11-24T12:00:00Z"),
            ("weekly tue 12:00", "2026-11-24T12:00:00Z", "2026-12-01T12:00:00Z"),
            ("weekly mon 12:00", "2026-11-24T12:00:00Z", "2026-11-30T12:00:00Z"),
            ("weekly wed 00:00", "2026-11-24T12:00:00Z", "2026-11-25T00:00:00Z"),
            ("weekly tue 12:00", "1969-12-31T12:00:00Z", "1970-01-06T12:00:00Z"),
        ] as [(String, String, String?)]) func next(text: String, after: String, next: String?) throws
    {
        #expect(try #require(Cadence(text)).next(after: time(after), in: .gmt) == (try next.map(time)))
    }

    /// Half an hour and three quarters off the full hour of UTC.
    @Test(arguments: [
        ("hourly", "Asia/Kolkata", "2026-11-24T12:00:00Z", "2026-11-24T12:30:00Z"),
        ("hourly", "Asia/Kathmandu", "2026-11-24T12:00:00Z", "2026-11-24T12:15:00Z"),
        ("weekly mon 09:00", "Asia/Kolkata", "2026-11-24T00:00:00Z", "2026-11-30T03:30:00Z"),
        // It is Wednesday there already.
        ("weekly tue 09:00", "Pacific/Auckland", "2026-11-24T12:00:00Z", "2026-11-30T20:00:00Z"),
        // A day that does not come: its time is the jump over it.
        ("daily 08:00", "Pacific/Apia", "2011-12-29T18:00:00Z", "2011-12-30T10:00:00Z"),
        ("daily 08:00", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T18:00:00Z"),
    ]) func elsewhere(text: String, zone: String, after: String, next: String) throws {
        let zone = try #require(TimeZone(identifier: zone))
        #expect(try #require(Cadence(text)).next(after: time(after), in: zone) == (try time(next)))
    }
}
