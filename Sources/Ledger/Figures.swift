// Figures for charts: kept by the hour, the five minutes, or the day, so that a chart never looks at the rows themselves. They
// gather in memory and are written with the tallies, at the end of the transaction that they belong to: one row for each
// channel and outcome, not for each delivery.

import Foundation
import GRDB
import Incidents
import Routing

/// What is counted.
public enum FigureKind: String, Sendable, CaseIterable {
    /// Attempts by channel and outcome, by the hour; `total` and `most` are milliseconds.
    case hour
    /// The same, by five minutes, for the last day.
    case slot
    /// Incidents by severity, by the day.
    case opened
    case reopened
    case escalated
    /// By severity and bucket of time (`FigureBucket`), by the day; `total` are seconds.
    case acknowledged
    case resolved
    /// Promises by severity and target, by the day.
    case kept
    case missed

    /// Seconds of one step.
    public var span: Int64 {
        switch self {
        case .slot: 300
        case .hour: 3_600
        case .opened, .reopened, .escalated, .acknowledged, .resolved, .kept, .missed: 86_400
        }
    }
}

/// Times are counted in buckets, each about 19% longer than the one before.
public enum FigureBucket {
    static let last = 140

    static func index(_ seconds: TimeInterval) -> Int {
        guard seconds > 1 else { return 0 }
        return seconds < 1e10 ? min(last, Int((log2(seconds) * 4).rounded(.down)) + 1) : last
    }

    /// Seconds at which a bucket begins, and the next one does.
    public static func range(_ index: Int) -> ClosedRange<TimeInterval> {
        index <= 0 ? 0...1 : exp2(Double(index - 1) / 4)...exp2(Double(index) / 4)
    }
}

/// Changes of figures within one transaction.
struct Figures {
    private struct Key: Hashable {
        var kind: FigureKind
        var start: Int64
        var name: String
        var part: String
    }

    private struct Sum {
        var count = 0
        var total: Int64 = 0
        var most: Int64 = 0
    }

    private struct Trouble {
        var at: Int64
        var delivery: Int64
        var reason: String
    }

    private var sums: [Key: Sum] = [:]
    private var troubles: [String: Trouble] = [:]

    mutating func add(_ kind: FigureKind, _ name: String, _ part: String = "", at time: Date, amount: Int64 = 0) {
        let seconds = time.microseconds / 1_000_000
        let start = seconds - ((seconds % kind.span) + kind.span) % kind.span
        let key = Key(kind: kind, start: start, name: name, part: part)
        var sum = sums[key] ?? Sum()
        sum.count += 1
        sum.total &+= amount
        sum.most = max(sum.most, amount)
        sums[key] = sum
    }

    /// An attempt, or the end of a delivery that was not tried.
    mutating func add(_ record: AttemptRecord, channel: String) {
        let outcome = record.next.figure
        add(.hour, channel, outcome, at: record.end, amount: Int64(record.milliseconds))
        add(.slot, channel, outcome, at: record.end, amount: Int64(record.milliseconds))
        guard let words = record.detail ?? record.reason ?? record.code, record.next != .delivered, !record.outcome.isEmpty else { return }
        troubles[channel] = Trouble(at: record.end.microseconds, delivery: record.delivery, reason: String(words.prefix(500)))
    }

    mutating func add(_ measures: [Measure], at now: Date) {
        for measure in measures {
            switch measure.what {
            case .opened: add(.opened, measure.severity, at: now)
            case .reopened: add(.reopened, measure.severity, at: now)
            case .escalated: add(.escalated, measure.severity, at: now)
            case .acknowledged(let seconds): add(.acknowledged, measure.severity, seconds, at: now)
            case .resolved(let seconds): add(.resolved, measure.severity, seconds, at: now)
            case .promise(let target, let isKept): add(isKept ? .kept : .missed, measure.severity, target.rawValue, at: now)
            }
        }
    }

    private mutating func add(_ kind: FigureKind, _ severity: String, _ seconds: TimeInterval, at now: Date) {
        let seconds = min(max(0, seconds), 1e9)
        let bucket = FigureBucket.index(seconds)
        add(kind, severity, bucket < 10 ? "00\(bucket)" : bucket < 100 ? "0\(bucket)" : "\(bucket)", at: now, amount: Int64(seconds))
    }

    mutating func write(_ database: Database) throws {
        for (key, sum) in sums {
            try database.run(
                Self.upsert, [key.kind.rawValue, key.start, key.name.storable, key.part, sum.count, sum.total, sum.most])
        }
        for (channel, trouble) in troubles {
            try database.run(Self.keep, [channel.storable, trouble.at, trouble.delivery, trouble.reason.storable])
        }
        (sums, troubles) = ([:], [:])
    }

    /// Forgets five minutes that are over a day old, and what is older than history is kept.
    static func prune(before cutoff: Date, now: Date, _ database: Database) throws {
        for kind in FigureKind.allCases {
            let end = kind == .slot ? max(cutoff, now.addingTimeInterval(-86_400)) : cutoff
            try database.run(forget, [kind.rawValue, end.microseconds / 1_000_000])
        }
    }

    static func hasOld(before cutoff: Date, now: Date, _ database: Database) throws -> Bool {
        let slots = max(cutoff, now.addingTimeInterval(-86_400))
        for kind in FigureKind.allCases
        where try database.has(isOld, [kind.rawValue, (kind == .slot ? slots : cutoff).microseconds / 1_000_000]) { return true }
        return false
    }

    private static let upsert = """
        INSERT INTO figures (kind, start, name, part, count, total, most) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (kind, start, name, part) DO UPDATE SET \
        count = count + excluded.count, total = total + excluded.total, most = max(most, excluded.most)
        """
    private static let keep = """
        INSERT INTO troubles (channel, at, delivery, reason) VALUES (?, ?, ?, ?)
        ON CONFLICT (channel) DO UPDATE SET at = excluded.at, delivery = excluded.delivery, reason = excluded.reason
        """
    static let forget = "DELETE FROM figures WHERE kind = ? AND start < ?"
    static let isOld = "SELECT 1 FROM figures WHERE kind = ? AND start < ? LIMIT 1"
}

extension Disposition {
    /// As charts name it: the state, and `deferred` for what will be tried again.
    fileprivate var figure: String {
        if case .retry = self { return "deferred" }
        return state.rawValue
    }
}
