// Times as tools write them: RFC 3339, also without the colon of the offset; `2026-11-24 03:58:00`, which is UTC; seconds,
// milliseconds or microseconds since 1970. What stands for "never" (the year 1, 0) is no time.

import Foundation
import Incidents
import JSON

enum ToolTime {
    /// What a value says.
    enum Reading: Equatable {
        case time(String)
        /// It says that there is none.
        case never
        case unreadable
    }

    static func read(_ value: JSONValue) -> Reading {
        guard let text = value.adapted else { return .never }
        guard let date = date(text) else { return .unreadable }
        // Year 1, as Go writes a time that is not set, and 1970, as others do; some shift it by their zone.
        if date.timeIntervalSince1970 < 86_400 { return .never }
        return .time(Timestamp.format(date))
    }

    private static func date(_ text: String) -> Date? {
        let bytes = Array(text.utf8.prefix(48))
        guard bytes.count == text.utf8.count else { return nil }
        if bytes.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || $0 == 0x2E || $0 == 0x2D }), bytes.count <= 20, let number = Double(text) {
            return sinceEpoch(number)
        }
        if let date = Timestamp.parse(text) { return date }
        guard bytes.count >= 16 else { return nil }
        // `+0000` and `+00`.
        if let sign = bytes.lastIndex(where: { $0 == 0x2B || $0 == 0x2D }), sign > 10 {
            let head = String(decoding: bytes[..<sign], as: UTF8.self)
            let offset = String(decoding: bytes[sign...], as: UTF8.self)
            if offset.utf8.count == 5 { return Timestamp.parse(head + offset.prefix(3) + ":" + offset.suffix(2)) }
            if offset.utf8.count == 3 { return Timestamp.parse(head + offset + ":00") }
            return nil
        }
        if text.hasSuffix(" UTC") { return Timestamp.parse(text.dropLast(4) + "Z") }
        // No zone at all is UTC.
        return Timestamp.parse(text + "Z")
    }

    private static func sinceEpoch(_ number: Double) -> Date? {
        guard number.isFinite, number >= 0 else { return nil }
        let seconds = number >= 1e14 ? number / 1e6 : number >= 1e11 ? number / 1e3 : number
        let date = Date(timeIntervalSince1970: seconds)
        return date <= Timestamp.latest ? date : nil
    }
}
