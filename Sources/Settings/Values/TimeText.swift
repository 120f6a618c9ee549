// Days and times of day, as people write them.

import Foundation

enum TimeText {
    static let dayNames = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
    static let fullDayNames = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

    /// 1 is Monday: `mon`, `Monday`.
    static func weekday(_ text: some StringProtocol) -> Int? {
        let word = text.lowercased()
        return (dayNames.firstIndex(of: word) ?? fullDayNames.firstIndex { $0.lowercased() == word }).map { $0 + 1 }
    }

    /// `mon`, `mon-fri`, `sat-tue`, `mon,wed`, `daily`.
    static func weekdays(_ text: String) -> Set<Int>? {
        if text.lowercased() == "daily" { return Set(1...7) }
        var days: Set<Int> = []
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let ends = part.split(separator: "-", omittingEmptySubsequences: false).map {
                weekday($0.trimmingCharacters(in: .whitespaces))
            }
            guard ends.count <= 2, let first = ends.first.flatMap({ $0 }), let last = ends.last.flatMap({ $0 }) else { return nil }
            var day = first
            days.insert(day)
            while day != last {
                day = day % 7 + 1
                days.insert(day)
            }
        }
        return days
    }

    /// Minutes after midnight of `09:00`; `24:00` where it ends something.
    static func minutes(_ text: some StringProtocol, isEnd: Bool = false) -> Int? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2 else { return nil }
        guard parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }), let hour = Int(parts[0]), let minute = Int(parts[1])
        else { return nil }
        if isEnd, hour == 24, minute == 0 { return 1_440 }
        return hour < 24 && minute < 60 ? hour * 60 + minute : nil
    }

    /// `09:00-17:30`.
    static func hours(_ text: String) -> (opens: Int, closes: Int)? {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map { $0.trimmingCharacters(in: .whitespaces) }
        guard parts.count == 2, let opens = minutes(parts[0]), let closes = minutes(parts[1], isEnd: true) else { return nil }
        return (opens, closes)
    }

    /// `mon 09:00`, or `09:00` for any day.
    static func weekTime(_ text: String) -> (day: Int?, minute: Int)? {
        let parts = text.split(separator: " ")
        guard let minute = parts.last.flatMap({ minutes($0) }) else { return nil }
        if parts.count == 1 { return (nil, minute) }
        guard parts.count == 2, let day = weekday(parts[0]) else { return nil }
        return (day, minute)
    }

    /// When a clock in a zone shows a time on a day.
    ///
    /// - Parameters:
    ///   - date: `YYYY-MM-DD`, a day that exists.
    ///   - minute: after midnight.
    /// - Returns: that moment, and the day of the week: 1 is Monday.
    static func moment(_ date: String, minute: Int, in zone: TimeZone) -> (moment: Date, weekday: Int)? {
        let parts = date.split(separator: "-").compactMap { Int($0) }
        guard parts.count == 3 else { return nil }
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let components = DateComponents(year: parts[0], month: parts[1], day: parts[2], hour: minute / 60, minute: minute % 60)
        guard let moment = calendar.date(from: components) else { return nil }
        return (moment, (calendar.component(.weekday, from: moment) + 5) % 7 + 1)
    }

    /// `YYYY-MM-DD`, and a day that exists.
    static func isDate(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.map(\.count) == [4, 2, 2], parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }) else { return false }
        guard let year = Int(parts[0]), let month = Int(parts[1]), let day = Int(parts[2]), (1...12).contains(month) else { return false }
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
        let days = month == 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].contains(month) ? 30 : 31
        return (1...days).contains(day)
    }

    /// An IANA name: abbreviations such as `EST` and offsets such as `GMT+1` are refused, but for `UTC` and `GMT`.
    static func isZone(_ text: String) -> Bool {
        guard TimeZone(identifier: text) != nil else { return false }
        return ["UTC", "GMT"].contains(text) || text.contains("/") && !text.hasPrefix("/") && !text.contains("..")
    }
}
