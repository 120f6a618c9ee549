// What is known against an address, in words, and how bounces come to count.

import Foundation
import Incidents

extension AddressBlock {
    /// Nothing is sent to it.
    public var isSuppressed: Bool { since != nil }

    /// Longer reasons are cut.
    static let longestReason = 300

    /// `stop since 24 Nov 2026: texted STOP`.
    public var explanation: String {
        var text =
            switch cause {
            case .stop: "stop"
            case .optedOut: "opted out at the provider"
            case .bounces: "mail to it came back"
            case .byOperator: "suppressed" + (by.map { " by \(quoted($0))" } ?? "")
            }
        if let since { text += " since \(Self.day(since))" }
        if let reason, !reason.isEmpty { text += ": \(quoted(reason))" }
        return text
    }

    /// Counts one bounce; what is older than the rule's window is forgotten.
    ///
    /// - Returns: whether that suppresses the address, which was not suppressed before.
    public mutating func count(bounceAt time: Date, reason: String?, by rule: BounceRule) -> Bool {
        let oldest = time.addingTimeInterval(-rule.window)
        bounces = Array((bounces.filter { $0 > oldest } + [time]).sorted().suffix(Self.remembered))
        guard since == nil else { return false }
        self.reason = Self.cut(reason) ?? self.reason
        cause = .bounces
        guard bounces.count >= min(rule.count, Self.remembered) else { return false }
        since = time
        return true
    }

    /// Nothing is sent to it from now on.
    ///
    /// - Returns: whether that is news.
    public mutating func suppress(_ cause: Cause, at time: Date, reason: String?, by: String?) -> Bool {
        let isNews = since == nil
        // Its owner's own word, or an operator's, says more than what came back from there.
        if isNews || self.cause == .bounces || self.cause == .optedOut {
            self.cause = cause
            self.reason = Self.cut(reason)
            self.by = by
        }
        if isNews { since = time }
        return isNews
    }

    /// On one line.
    private static func cut(_ text: String?) -> String? {
        guard let text else { return nil }
        let line = ClockText.oneLine(text)
        if line.isEmpty { return nil }
        return line.count > longestReason ? line.prefix(longestReason) + "…" : line
    }

    /// `24 Nov 2026`, in UTC.
    private static func day(_ date: Date) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.day, .month, .year], from: date)
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let month = parts.month.flatMap { months.indices.contains($0 - 1) ? months[$0 - 1] : nil } ?? ""
        return "\(parts.day ?? 0) \(month) \(parts.year ?? 0)"
    }
}

extension Directory {
    /// Those of `people` whose address it is, by id.
    public func owners(of address: String, _ kind: ChannelKind) -> [Person] {
        let wanted = AddressBlock.compared(address, kind)
        return people.values
            .filter { $0.addresses[kind].map { AddressBlock.compared($0, kind) == wanted } ?? false }
            .sorted { $0.id < $1.id }
    }
}
