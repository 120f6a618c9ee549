// Which time a chart shows, and in which steps.

import Foundation
import Ledger

/// A stretch of time before now.
enum ChartPeriod: String, CaseIterable, Sendable {
    case day, week, month

    /// Seconds.
    var length: TimeInterval {
        switch self {
        case .day: 86_400
        case .week: 7 * 86_400
        case .month: 30 * 86_400
        }
    }

    /// Seconds of one column.
    var step: Int64 {
        switch self {
        case .day: 3_600
        case .week: 6 * 3_600
        case .month: 86_400
        }
    }

    /// The beginning of each column, up to the one of now.
    func starts(now: Date) -> [Date] {
        let last = Int64(now.timeIntervalSince1970) / step * step
        let count = Int64(length) / step
        return (0..<count).map { Date(timeIntervalSince1970: Double(last - (count - 1 - $0) * step)) }
    }
}

/// What became of messages, as charts name it.
enum ChartOutcome: Int, CaseIterable, Sendable {
    case delivered = 1
    case deferred
    case unknown
    case failed

    /// From what is kept; nil: it is in no chart.
    init?(_ part: String) {
        switch part {
        case "delivered": self = .delivered
        case "deferred": self = .deferred
        case "unknown": self = .unknown
        case "dead", "expired": self = .failed
        default: return nil
        }
    }

    /// The colour: what was delivered is calm, what failed is not.
    var series: Int {
        switch self {
        case .delivered: 1
        case .deferred: 4
        case .unknown: 5
        case .failed: 2
        }
    }

    var key: String { "charts.outcome.\(self)" }
}

/// How long something took, over many: from counts in buckets.
struct TimeSpread: Sendable, Equatable {
    private(set) var count = 0
    private var buckets: [Int: Int] = [:]

    init() {}

    mutating func add(bucket: Int, _ count: Int) {
        guard count > 0 else { return }
        buckets[bucket, default: 0] += count
        self.count += count
    }

    /// The time that a share of them did not exceed, within about a fifth; nil where there are none.
    func quantile(_ share: Double) -> TimeInterval? {
        guard count > 0 else { return nil }
        let wanted = max(1, (share * Double(count)).rounded(.up))
        var before = 0.0
        for (bucket, count) in buckets.sorted(by: { $0.key < $1.key }) {
            let count = Double(count)
            if before + count >= wanted {
                let range = FigureBucket.range(bucket)
                let part = (wanted - before - 0.5) / count
                return range.lowerBound + (range.upperBound - range.lowerBound) * min(1, max(0, part))
            }
            before += count
        }
        return nil
    }
}
