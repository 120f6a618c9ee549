import Foundation
import Testing

@testable import Incidents

@Suite struct TimestampTests {
    @Test(arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-11-24T03:58:00Z", 1_795_492_680), ("2026-11-24T03:58:00z", 1_795_492_680),
        ("2026-11-24t03:58:00Z", 1_795_492_680), ("2026-11-24 03:58:00Z", 1_795_492_680), ("2026-11-24T04:58:00+01:00", 1_795_492_680),
        ("2026-11-23T22:58:00-05:00", 1_795_492_680), ("2026-11-24T14:28:00+10:30", 1_795_492_680),
        ("2026-11-24T03:58:00-00:00", 1_795_492_680), ("2026-11-24T03:58:00.25Z", 1_795_492_680.25),
        ("2026-11-24T03:58:00.123456Z", 1_795_492_680.123456), ("2026-11-24T03:58:00.123456789+00:00", 1_795_492_680.123456),
        ("2026-11-24T03:58:00.000001Z", 1_795_492_680.000001), ("2024-02-29T00:00:00Z", 1_709_164_800),
        ("2000-02-29T00:00:00Z", 951_782_400), ("1969-12-31T23:59:59Z", -1), ("1969-12-31T23:59:59.5Z", -0.5),
        ("1900-03-01T00:00:00Z", -2_203_891_200), ("2016-12-31T23:59:60Z", 1_483_228_800), ("0001-01-01T00:00:00Z", -62_135_596_800),
        ("9999-12-31T23:59:59Z", 253_402_300_799), ("2038-01-19T03:14:08Z", 2_147_483_648),
    ]) func read(text: String, seconds: Double) {
        #expect(Timestamp.parse(text)?.timeIntervalSince1970 == seconds)
    }

    @Test(arguments: [
        "", "2026-11-24", "2026-11-24T03:58:00", "2026-11-24T03:58Z", "2026-11-24T03:58:00.Z", "2026-11-24T03:58:00,5Z",
        "2026-11-24T24:00:00Z", "2026-11-24T03:60:00Z", "2026-11-24T03:58:61Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z", "2026-11-00T00:00:00Z", "2026-11-24T03:58:00+0100",
        "2026-11-24T03:58:00+01", "2026-11-24T03:58:00+24:00", "2026-11-24T03:58:00+01:60", "2026-11-24T03:58:00ZZ",
        "2026-11-24T03:58:00Z ", " 2026-11-24T03:58:00Z", "26-11-24T03:58:00Z", "+2026-11-24T03:58:00Z", "2026/11/24T03:58:00Z",
        "1795492800", "2026-11-24T3:58:00Z", "2026-11-24T03:58:00 Z", "2026-11-24T03:58:00UTC", "２026-11-24T03:58:00Z",
        "2026-11-24T-3:58:00Z", "2026-11-24T03:58:00.\(String(repeating: "1", count: 40))Z",
    ]) func refused(text: String) {
        #expect(Timestamp.parse(text) == nil)
    }

    @Test(arguments: [
        ("2026-11-24T03:58:00Z", "2026-11-24T03:58:00Z"), ("2026-11-24T04:58:00.250+01:00", "2026-11-24T03:58:00.250Z"),
        ("2026-11-24T03:58:59.9996Z", "2026-11-24T03:59:00Z"), ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59.500Z"),
        ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00Z"), ("2000-02-29T12:00:00Z", "2000-02-29T12:00:00Z"),
    ]) func written(text: String, written: String) {
        #expect(Timestamp.parse(text).map(Timestamp.format) == written)
    }

    @Test(
        arguments: [
            (-.infinity, "0001-01-01T00:00:00Z"), (-1e300, "0001-01-01T00:00:00Z"), (-9e9 * 1e9, "0001-01-01T00:00:00Z"),
            (.nan, "1970-01-01T00:00:00Z"), (253_402_300_799.9999, "9999-12-31T23:59:59.999Z"), (1e16, "9999-12-31T23:59:59.999Z"),
            (1e300, "9999-12-31T23:59:59.999Z"), (.infinity, "9999-12-31T23:59:59.999Z"),
        ] as [(Double, String)]) func anyDateIsWritten(seconds: Double, text: String)
    {
        let date = Date(timeIntervalSince1970: seconds)
        #expect(Timestamp.format(date) == text)
        #expect(Timestamp.parse(text) != nil)
        // A file may have that time, and an incident may get it.
        let origin = EventOrigin(file: "x.json", modified: date, size: 1)
        #expect(Timestamp.format(origin.modified) == text)
        let event = try? parse(#"{"type":"update","incident":{"id":"I"},"message":"m"}"#, origin: origin)
        #expect(event?.id.hasPrefix("content-") == true)
        let incident = Incident(id: "I", firstSeen: date)
        #expect((Incident(json: incident.json)?.firstSeen).map(Timestamp.format) == text)
    }

    /// Days of 800 years, in steps that meet every day of the year, are written and read back.
    @Test func manyDays() {
        for day in stride(from: -146_097, through: 146_097, by: 11) {
            let date = Date(timeIntervalSince1970: Double(day) * 86_400 + 3_723)
            #expect(Timestamp.parse(Timestamp.format(date)) == date)
        }
    }
}
