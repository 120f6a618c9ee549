// Times as text: RFC 3339, always with a zone.

import Foundation

/// RFC 3339 times.
public enum Timestamp {
    /// The time that a text means; nil where it is not RFC 3339. A lower-case `t` or `z` and a space for the `T` are
    /// allowed (RFC 3339, 5.6); fractions of a second are kept to the microsecond; a leap second counts as the next one.
    public static func parse(_ text: String) -> Date? {
        let bytes = Array(text.utf8)
        guard bytes.count >= 20, bytes.count <= 40 else { return nil }
        func number(_ from: Int, _ count: Int) -> Int? {
            guard from + count <= bytes.count else { return nil }
            var value = 0
            for byte in bytes[from..<from + count] {
                guard byte >= 0x30, byte <= 0x39 else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        func mark(_ at: Int, _ marks: String) -> Bool { at < bytes.count && marks.utf8.contains(bytes[at]) }
        guard let year = number(0, 4), mark(4, "-"), let month = number(5, 2), mark(7, "-"), let day = number(8, 2),
            mark(10, "Tt "), let hour = number(11, 2), mark(13, ":"), let minute = number(14, 2), mark(16, ":"),
            let second = number(17, 2)
        else { return nil }
        guard (1...12).contains(month), day >= 1, day <= daysIn(month: month, year: year), hour < 24, minute < 60, second <= 60
        else { return nil }
        var at = 19
        var microseconds = 0
        if mark(at, ".") {
            at += 1
            let start = at
            var scale = 100_000
            while at < bytes.count, bytes[at] >= 0x30, bytes[at] <= 0x39 {
                microseconds += Int(bytes[at] - 0x30) * scale
                scale /= 10
                at += 1
            }
            if at == start { return nil }
        }
        var offset = 0
        if mark(at, "Zz") {
            at += 1
        } else {
            guard mark(at, "+-"), let hours = number(at + 1, 2), mark(at + 3, ":"), let minutes = number(at + 4, 2), hours < 24,
                minutes < 60
            else { return nil }
            offset = (hours * 60 + minutes) * 60 * (mark(at, "-") ? -1 : 1)
            at += 6
        }
        guard at == bytes.count else { return nil }
        let seconds = daysSince1970(year: year, month: month, day: day) * 86_400 + hour * 3_600 + minute * 60 + second - offset
        // One division, as where an incident is read back: equal times stay equal.
        return Date(timeIntervalSince1970: Double(seconds * 1_000_000 + microseconds) / 1_000_000)
    }

    /// The beginning of the year 1, the earliest time that is written.
    public static let earliest = Date(timeIntervalSince1970: -62_135_596_800)
    /// The last millisecond of the year 9999: RFC 3339 has no later year.
    public static let latest = Date(timeIntervalSince1970: 253_402_300_799.999)

    /// The nearest time from `earliest` to `latest`; what is no number counts as 1970. Any `Date` is allowed.
    public static func bounded(_ date: Date) -> Date {
        date.timeIntervalSince1970.isNaN ? Date(timeIntervalSince1970: 0) : min(max(date, earliest), latest)
    }

    /// Microseconds since 1970 of the time within bounds (see `bounded`).
    static func microseconds(_ date: Date) -> Int { Int((bounded(date).timeIntervalSince1970 * 1_000_000).rounded()) }

    /// `2026-11-24T03:58:00Z`; with milliseconds where there are any. Times out of bounds (see `bounded`) are written as
    /// the bound.
    public static func format(_ date: Date) -> String {
        let milliseconds = Int((bounded(date).timeIntervalSince1970 * 1000).rounded())
        let (seconds, rest) = floorDivide(milliseconds, 1000)
        let (days, ofDay) = floorDivide(seconds, 86_400)
        let (year, month, day) = civil(daysSince1970: days)
        // Digits are set by hand: every event's row has several times.
        var out: [UInt8] = []
        out.reserveCapacity(24)
        func add(_ value: Int, _ width: Int, _ mark: Character) {
            var power = 1
            for _ in 1..<width { power *= 10 }
            while power > 0 {
                out.append(UInt8(truncatingIfNeeded: 0x30 + value / power % 10))
                power /= 10
            }
            out.append(mark.asciiValue ?? 0x20)
        }
        add(year, 4, "-")
        add(month, 2, "-")
        add(day, 2, "T")
        add(ofDay / 3600, 2, ":")
        add(ofDay / 60 % 60, 2, ":")
        add(ofDay % 60, 2, rest == 0 ? "Z" : ".")
        if rest != 0 { add(rest, 3, "Z") }
        return String(decoding: out, as: UTF8.self)
    }

    private static func daysIn(month: Int, year: Int) -> Int {
        switch month {
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days from the civil date, proleptic Gregorian calendar; March is the first month of the computational year.
    private static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
        let shifted = month <= 2 ? year - 1 : year
        let (era, ofEra) = floorDivide(shifted, 400)
        let ofYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        return era * 146_097 + ofEra * 365 + ofEra / 4 - ofEra / 100 + ofYear - 719_468
    }

    private static func civil(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
        let (era, ofEra) = floorDivide(days + 719_468, 146_097)
        let year = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365
        let ofYear = ofEra - (365 * year + year / 4 - year / 100)
        let shifted = (5 * ofYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        return (era * 400 + year + (month <= 2 ? 1 : 0), month, ofYear - (153 * shifted + 2) / 5 + 1)
    }

    private static func floorDivide(_ value: Int, _ by: Int) -> (quotient: Int, remainder: Int) {
        let remainder = ((value % by) + by) % by
        return ((value - remainder) / by, remainder)
    }
}
