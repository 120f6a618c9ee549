// Times in an iCalendar file: what the clock on the wall shows in some zone, or a whole day.

import Foundation

/// A DATE or DATE-TIME with its zone.
struct CalendarTime: Equatable {
    /// Seconds on the wall since the local 1970-01-01T00:00.
    var local: Int
    var zone: TimeZone
    /// A whole day.
    var isDate: Bool

    /// The first moment at which the clocks show it.
    var moment: Date { Date(second: WallClock(zone).moment(showing: local)) }

    /// The same moment on the wall of another zone.
    func local(in other: TimeZone) -> Int {
        if isDate || zone == other { return local }
        let second = WallClock(zone).moment(showing: local)
        return second + WallClock(other).offset(at: second)
    }

    /// `20261124`, `20261124T090000` or `20261124T080000Z`; nil: none of these.
    init?(_ text: some StringProtocol, zone: TimeZone) {
        let bytes = Array(text.utf8)
        func number(_ range: Range<Int>) -> Int? {
            var value = 0
            for byte in bytes[range] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
        let isUTC = bytes.count == 16 && bytes[15] == UInt8(ascii: "Z")
        isDate = bytes.count == 8
        guard isDate || ((bytes.count == 15 || isUTC) && bytes[8] == UInt8(ascii: "T")),
            let year = number(0..<4), let month = number(4..<6), let day = number(6..<8),
            let days = Self.days(year, month, day)
        else { return nil }
        self.zone = isUTC ? .gmt : zone
        local = days * WallClock.day
        if isDate { return }
        // The last second of a leap second's minute is the first of the next.
        guard let hour = number(9..<11), let minute = number(11..<13), let second = number(13..<15), hour < 24, minute < 60, second <= 60
        else { return nil }
        local += hour * 3_600 + minute * 60 + second
    }

    /// Since 1970; nil: there is no such day, or not from 1900 to 9998.
    private static func days(_ year: Int, _ month: Int, _ day: Int) -> Int? {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        let lengths = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        guard (1900...9998).contains(year), (1...12).contains(month), day >= 1, day <= lengths[month - 1] else { return nil }
        let before = year - 1
        let leapDays = before / 4 - before / 100 + before / 400
        // 719,162 days lie between the first day of year 1 and that of 1970.
        return before * 365 + leapDays + lengths[..<(month - 1)].reduce(0, +) + day - 1 - 719_162
    }
}

/// How an event is repeated: the part of RFC 5545's RRULE that turns of duty need.
struct RecurrenceRule: Equatable {
    var isWeekly: Bool
    var interval = 1
    /// 1 is Monday; empty: the day of the start, or every day.
    var days: Set<Int> = []
    var count: Int?
    var until: CalendarTime?
    var weekStart = 1

    private static let dayNames = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]

    /// - Throws: what is wrong with it, in words.
    init(_ text: String, zone: TimeZone) throws(MatchError) {
        var parts: [String: String] = [:]
        for part in text.uppercased().split(separator: ";") {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2, parts.updateValue(String(pair[1]), forKey: String(pair[0])) == nil else {
                throw MatchError(message: "`\(quoted(String(part)))` is no part of an RRULE, or is there twice")
            }
        }
        func whole(_ name: String, _ range: ClosedRange<Int>) throws(MatchError) -> Int? {
            guard let text = parts.removeValue(forKey: name) else { return nil }
            guard let value = Int(text), range.contains(value) else {
                throw MatchError(message: "\(name) is a number from \(range.lowerBound) to \(range.upperBound), and is `\(quoted(text))`")
            }
            return value
        }
        let frequency = parts.removeValue(forKey: "FREQ")
        guard frequency == "DAILY" || frequency == "WEEKLY" else {
            throw MatchError(
                message: "an RRULE with FREQ=\(quoted(frequency ?? "")) cannot be read; turns repeat by FREQ=DAILY or FREQ=WEEKLY")
        }
        isWeekly = frequency == "WEEKLY"
        interval = try whole("INTERVAL", 1...1_000) ?? 1
        count = try whole("COUNT", 1...1_000_000)
        if let text = parts.removeValue(forKey: "UNTIL") {
            guard let time = CalendarTime(text, zone: zone) else { throw MatchError(message: "UNTIL is no time: `\(quoted(text))`") }
            until = time
        }
        for name in (parts.removeValue(forKey: "BYDAY") ?? "").split(separator: ",") {
            guard let place = Self.dayNames.firstIndex(of: String(name)) else {
                throw MatchError(message: "BYDAY names days as MO,TU,WE,TH,FR,SA,SU, and not `\(quoted(String(name)))`")
            }
            days.insert(place + 1)
        }
        if let text = parts.removeValue(forKey: "WKST") {
            guard let place = Self.dayNames.firstIndex(of: text) else { throw MatchError(message: "WKST is no day: `\(quoted(text))`") }
            weekStart = place + 1
        }
        if let other = parts.keys.min() {
            throw MatchError(message: "an RRULE with \(quoted(other)) cannot be read; write such turns as events of their own")
        }
    }
}
