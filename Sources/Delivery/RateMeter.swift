// How much may leave for one destination: at most so many in any window of so many seconds, counted exactly.

import Collections
import Foundation
import Settings

/// Counts what leaves against the rates of a destination. A value: time comes in, a decision goes out.
public struct RateMeter: Sendable {
    private struct Window: Sendable {
        var rate: Rate
        /// When the last ones left, oldest first; not more than the rate's count.
        var left: Deque<Date> = []

        /// The count and the seconds of the window: with a burst, a longer window of the same average.
        var count: Int { max(rate.count, rate.burst) }
        var seconds: TimeInterval { rate.seconds * Double(count) / Double(max(rate.count, 1)) }
    }

    private var windows: [Window]

    /// - Parameter rates: all must hold; none: unlimited.
    public init(_ rates: [Rate]) { windows = rates.map { Window(rate: $0) } }

    public var rates: [Rate] { windows.map(\.rate) }

    /// Takes other rates over, and what has left already counts for those that stay.
    public mutating func adopt(_ rates: [Rate]) {
        if rates == self.rates { return }
        windows = rates.map { rate in windows.first { $0.rate == rate } ?? Window(rate: rate) }
    }

    /// When the next one may leave; nil: now.
    public func wait(now: Date) -> Date? {
        var latest: Date?
        for window in windows where window.left.count >= window.count {
            guard let oldest = window.left.first else { continue }
            let free = oldest.addingTimeInterval(window.seconds)
            // A clock that was set back must not stop a destination.
            if free > now, oldest <= now { latest = max(latest ?? free, free) }
        }
        return latest
    }

    /// Nothing that has left counts any more.
    public func isIdle(now: Date) -> Bool {
        windows.allSatisfy { window in window.left.last.map { $0 > now || $0.addingTimeInterval(window.seconds) <= now } ?? true }
    }

    /// One leaves.
    public mutating func take(now: Date) {
        for index in windows.indices {
            if windows[index].left.count >= windows[index].count { windows[index].left.removeFirst() }
            windows[index].left.append(now)
        }
    }
}

extension Rate {
    /// As routes.yaml says it: `60/30s`.
    public var text: String {
        let whole = seconds.rounded() == seconds
        let window =
            switch seconds {
            case 1: "s"
            case 60: "m"
            case 3_600: "h"
            case 86_400: "d"
            default: whole ? "\(Int(seconds))s" : "\(seconds)s"
            }
        return "\(count)/\(window)" + (burst > count ? " with bursts of \(burst)" : "")
    }
}
