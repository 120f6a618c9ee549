// What the router counts, through swift-metrics. Counters are looked up when this is made, or when a channel is first seen:
// never by their names for each event. Labels are the configuration's words alone; nothing of an event becomes one.

import Foundation
import Incidents
import Metrics

/// Every name, and what it means: for whoever writes them down.
public enum RouterMetric: String, CaseIterable, Sendable {
    case events = "tocsin_events_total"
    case rejected = "tocsin_events_rejected_total"
    case raised = "tocsin_events_raised_total"
    case attempts = "tocsin_attempts_total"
    case attemptTime = "tocsin_attempt_seconds"
    case latency = "tocsin_delivery_latency_seconds"
    case lag = "tocsin_timer_lag_seconds"

    public var help: String {
        switch self {
        case .events: "Events taken in, by type and result."
        case .rejected: "Events that were rejected, by the reason's code."
        case .raised: "Events that time raised: steps, warnings, reminders."
        case .attempts: "Attempts at deliveries, by channel and outcome."
        case .attemptTime: "Seconds that an attempt took, by channel."
        case .latency: "Seconds from an event's arrival, or from when its message fell due, to the peer's acceptance."
        case .lag: "Seconds by which an alarm rang late."
        }
    }

    /// The bounds of a histogram's buckets; empty: the usual ones.
    public var buckets: [Double] {
        switch self {
        case .latency, .lag: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800]
        case .attemptTime: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
        case .events, .rejected, .raised, .attempts: []
        }
    }
}

/// The router's counters. Make it after `MetricsSystem` has its factory; without one, nothing is counted.
public struct RouterMetrics: Sendable {
    /// What became of an event.
    enum Result: String, CaseIterable {
        case accepted
        case duplicate
        case stale
    }

    private let events: [EventType: [Counter]]
    private let rejections: [RejectionCode: Counter]
    private let raised: Counter
    let lag: Metrics.Timer

    public init() {
        var events: [EventType: [Counter]] = [:]
        for type in EventType.allCases where !type.isReserved {
            events[type] = Result.allCases.map {
                Counter(label: RouterMetric.events.rawValue, dimensions: [("type", type.rawValue), ("result", $0.rawValue)])
            }
        }
        self.events = events
        var rejections: [RejectionCode: Counter] = [:]
        for code in RejectionCode.allCases {
            rejections[code] = Counter(label: RouterMetric.rejected.rawValue, dimensions: [("code", code.rawValue)])
        }
        self.rejections = rejections
        raised = Counter(label: RouterMetric.raised.rawValue)
        lag = Metrics.Timer(label: RouterMetric.lag.rawValue)
    }

    func took(_ type: EventType, _ result: Result) {
        let place =
            switch result {
            case .accepted: 0
            case .duplicate: 1
            case .stale: 2
            }
        events[type]?[place].increment()
    }

    func rejected(_ code: RejectionCode) { rejections[code]?.increment() }
    func raised(_ count: Int) { if count > 0 { raised.increment(by: count) } }
}

/// What is counted of one channel's attempts.
struct ChannelMetrics: Sendable {
    private static let outcomes = ["accepted", "deferred", "refused", "unknown"]

    private let outcomes: [Counter]
    let time: Metrics.Timer

    init(_ channel: String) {
        outcomes = Self.outcomes.map {
            Counter(label: RouterMetric.attempts.rawValue, dimensions: [("channel", channel), ("outcome", $0)])
        }
        time = Metrics.Timer(label: RouterMetric.attemptTime.rawValue, dimensions: [("channel", channel)])
    }

    /// - Parameter outcome: the outcome's word; others are not counted.
    func count(_ outcome: String) {
        if let place = Self.outcomes.firstIndex(of: outcome) { outcomes[place].increment() }
    }
}
