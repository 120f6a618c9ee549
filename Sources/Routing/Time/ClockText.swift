// Lengths and moments in plain words, for reasons and reports.

import Foundation
import Incidents

enum ClockText {
    private static let units: [(word: String, seconds: Int)] = [("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)]

    /// The two greatest units, rounded to the second: `1 h 30 min`.
    static func length(_ seconds: TimeInterval) -> String {
        var rest = Int(max(0, min(1e12, seconds.rounded())))
        var parts: [String] = []
        for unit in units where parts.count < 2 {
            let count = rest / unit.seconds
            rest -= count * unit.seconds
            if count > 0 { parts.append("\(count) \(unit.word)") }
        }
        return parts.isEmpty ? "0 s" : parts.joined(separator: " ")
    }

    /// `14:05 UTC`; with its day where that is not today's: `2026-11-24 14:05 UTC`.
    static func moment(_ date: Date, now: Date) -> String {
        let text = Timestamp.format(date)
        let day = text.prefix(10)
        let time = "\(text.dropFirst(11).prefix(5)) UTC"
        return Timestamp.format(now).prefix(10) == day ? time : "\(day) \(time)"
    }

    /// `step 1`, `steps 1 and 2`, `steps 1, 2 and 3`; from numbers that count from 0.
    static func steps(_ numbers: [Int]) -> String {
        let words = numbers.map { String($0 + 1) }
        guard let last = words.last else { return "no step" }
        if words.count == 1 { return "step \(last)" }
        return "steps \(words.dropLast().joined(separator: ", ")) and \(last)"
    }
}

extension ClockText {
    /// What somebody else wrote, without line breaks.
    static func oneLine(_ text: String) -> String {
        text.split(whereSeparator: \.isNewline).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }.joined(
            separator: " ")
    }
}
