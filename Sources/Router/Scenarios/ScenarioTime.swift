// Moments as scenarios write them: offsets such as `+20m` and `-5m`, or RFC 3339 times; and offsets as people read them.

import Foundation
import Incidents
import Settings

/// Moments and offsets of scenarios, as text.
public enum ScenarioTime {
    /// The seconds of `+20m` or `-1h30m`; nil where the text is no offset.
    static func offset(_ text: some StringProtocol) -> TimeInterval? {
        guard let sign = text.first, sign == "+" || sign == "-" else { return nil }
        return DurationText.parse(String(text.dropFirst())).map { sign == "-" ? -$0 : $0 }
    }

    /// The moment of an offset from `origin`, or of an RFC 3339 time; nil where the text is neither.
    static func moment(_ text: some StringProtocol, from origin: Date) -> Date? {
        offset(text).map { origin.addingTimeInterval($0) } ?? Timestamp.parse(String(text))
    }

    /// One moment, or two with `..` between them; nil where the text is neither, or ends before it begins.
    static func window(_ text: String, from origin: Date) -> ClosedRange<Date>? {
        guard let dots = text.range(of: "..") else { return moment(text, from: origin).map { $0...$0 } }
        let (first, last) = (text[..<dots.lowerBound], text[dots.upperBound...])
        guard let from = moment(first.trimmed, from: origin), let until = moment(last.trimmed, from: origin), from <= until
        else { return nil }
        return from...until
    }

    /// `+1h20m`, `-5m`, `+0s`; with tenths of a second where there are any.
    public static func text(_ offset: TimeInterval) -> String {
        let tenths = (offset * 10).rounded() / 10
        let sign = tenths < 0 ? "-" : "+"
        let size = abs(tenths)
        if size == 0 { return "+0s" }
        let rest = size.truncatingRemainder(dividingBy: 60)
        if rest.rounded() == rest { return sign + days(size) }
        let whole = size - rest
        return sign + (whole > 0 ? days(whole) : "") + String(format: "%.1fs", rest)
    }

    /// `8d2h`; weeks would only have to be counted back.
    private static func days(_ seconds: TimeInterval) -> String {
        let text = DurationText.text(seconds)
        guard text.hasSuffix("w") else { return text }
        return "\(Int(seconds / 86_400))d"
    }
}

extension StringProtocol {
    var trimmed: String { trimmingCharacters(in: .whitespaces) }
}
