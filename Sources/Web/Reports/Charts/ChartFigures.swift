// Figures of the ledger, put in order for charts. Pure.

import Foundation
import Incidents
import Ledger

/// Messages over a period, by step and channel.
struct TrafficFigures: Sendable {
    /// The beginning of each step.
    var starts: [Date]
    /// By step.
    var steps: [[ChartOutcome: Int]]
    /// By channel, by step.
    var byChannel: [String: [[ChartOutcome: Int]]]
    /// By channel: the mean and the longest of attempts that were accepted, milliseconds.
    var latency: [String: (mean: Int, most: Int)]

    init(_ figures: [Figure], starts: [Date], step: Int64) {
        self.starts = starts
        let first = Int64(starts.first?.timeIntervalSince1970 ?? 0)
        let empty = [[ChartOutcome: Int]](repeating: [:], count: starts.count)
        steps = empty
        byChannel = [:]
        latency = [:]
        var accepted: [String: (count: Int, total: Int, most: Int)] = [:]
        for figure in figures {
            let place = Int((Int64(figure.start.timeIntervalSince1970) - first) / step)
            guard starts.indices.contains(place), let outcome = ChartOutcome(figure.part) else { continue }
            steps[place][outcome, default: 0] += figure.count
            byChannel[figure.name, default: empty][place][outcome, default: 0] += figure.count
            guard outcome == .delivered else { continue }
            let known = accepted[figure.name] ?? (0, 0, 0)
            accepted[figure.name] = (known.count + figure.count, known.total + figure.total, max(known.most, figure.most))
        }
        for (channel, sum) in accepted where sum.count > 0 { latency[channel] = (sum.total / sum.count, sum.most) }
    }

    static func total(_ steps: [[ChartOutcome: Int]]) -> [ChartOutcome: Int] {
        steps.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
    }
}

/// Incidents over a period, by severity.
struct IncidentFigures: Sendable {
    struct Rates: Sendable, Equatable {
        var opened = 0
        var reopened = 0
        var escalated = 0
    }

    struct Promise: Sendable, Equatable {
        var target: SLATarget
        var severity: String
        var kept = 0
        var missed = 0

        var share: Double { Double(kept) / Double(max(1, kept + missed)) }
    }

    /// The most urgent first; then what the scale does not have any more.
    var severities: [String]
    /// The beginning of each step: a day, or a week.
    var starts: [Date]
    /// By severity, over all.
    var rates: [String: Rates] = [:]
    /// By severity, by step.
    var acknowledged: [String: [TimeSpread]] = [:]
    var resolved: [String: [TimeSpread]] = [:]
    var promises: [Promise] = []

    /// - Parameter starts: ascending; what is earlier than the first is left out.
    init(_ figures: [FigureKind: [Figure]], scale: SeverityScale, starts: [Date]) {
        self.starts = starts
        let empty = [TimeSpread](repeating: TimeSpread(), count: starts.count)
        var found: Set<String> = []
        var kept: [String: Promise] = [:]
        for (kind, figures) in figures {
            for figure in figures {
                guard let place = starts.lastIndex(where: { $0 <= figure.start }) else { continue }
                found.insert(figure.name)
                let name = figure.name
                switch kind {
                case .opened: rates[name, default: Rates()].opened += figure.count
                case .reopened: rates[name, default: Rates()].reopened += figure.count
                case .escalated: rates[name, default: Rates()].escalated += figure.count
                case .acknowledged: acknowledged[name, default: empty][place].add(bucket: Int(figure.part) ?? 0, figure.count)
                case .resolved: resolved[name, default: empty][place].add(bucket: Int(figure.part) ?? 0, figure.count)
                case .kept, .missed:
                    guard let target = SLATarget(rawValue: figure.part) else { continue }
                    var promise = kept["\(figure.part) \(name)"] ?? Promise(target: target, severity: name)
                    if kind == .kept { promise.kept += figure.count } else { promise.missed += figure.count }
                    kept["\(figure.part) \(name)"] = promise
                case .hour, .slot: break
                }
            }
        }
        let order = scale.all.map(\.name)
        severities = order.filter(found.contains) + found.subtracting(order).sorted()
        let places = Dictionary(severities.enumerated().map { ($1, $0) }, uniquingKeysWith: { first, _ in first })
        let targets = SLATarget.allCases
        promises = kept.values.sorted { a, b in
            let first = (targets.firstIndex(of: a.target) ?? 0, places[a.severity] ?? 0)
            return first < (targets.firstIndex(of: b.target) ?? 0, places[b.severity] ?? 0)
        }
    }

    /// Days of the period; of a month, weeks that begin on Monday.
    static func starts(_ period: ChartPeriod, now: Date) -> [Date] {
        let day: Int64 = 86_400
        let today = Int64(now.timeIntervalSince1970) / day
        // The first day of 1970 was a Thursday.
        let monday = today - (today + 3) % 7
        let days: [Int64] =
            switch period {
            case .day: [today - 1, today]
            case .week: Array((today - 6)...today)
            case .month: [4, 3, 2, 1, 0].map { monday - $0 * 7 }
            }
        return days.map { Date(timeIntervalSince1970: Double($0 * day)) }
    }
}
