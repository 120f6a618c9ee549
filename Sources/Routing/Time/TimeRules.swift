// The rules of a configuration that speak of time.

import Foundation
import Incidents

/// Promises, escalation, noise: what routes.yaml says of time, beside its routes.
public struct TimeRules: Sendable {
    /// By severity rank.
    public var sla: [Int: SLAPolicy]
    /// In file order.
    public var policies: [EscalationPolicy]
    /// Quiet hours hold nothing of this severity or a more urgent one; nil: they hold whatever is not urgent.
    public var wakesFor: Severity?
    public var flap: FlapRule?
    /// By severity rank.
    public var reports: [Int: ReportRule]
    /// By service, in lower case: the services that it needs.
    public var dependencies: [String: [String]]
    /// Seconds; older events are told as late.
    public var lateAfter: TimeInterval
    /// For quiet hours and cadences of people without a zone of their own.
    public var timeZone: TimeZone

    public init(
        sla: [Int: SLAPolicy] = [:], policies: [EscalationPolicy] = [], wakesFor: Severity? = nil, flap: FlapRule? = nil,
        reports: [Int: ReportRule] = [:], dependencies: [String: [String]] = [:], lateAfter: TimeInterval = 3_600,
        timeZone: TimeZone = .gmt
    ) {
        self.sla = sla
        self.policies = policies
        self.wakesFor = wakesFor
        self.flap = flap
        self.reports = reports
        self.dependencies = dependencies
        self.lateAfter = lateAfter
        self.timeZone = timeZone
    }
}

/// `flap: 3 in 30m`: an incident that is resolved or reopened more often than that comes and goes.
public struct FlapRule: Sendable, Equatable {
    public var turns: Int
    /// Seconds.
    public var window: TimeInterval

    public init(turns: Int, window: TimeInterval) {
        self.turns = turns
        self.window = window
    }
}

/// An entry of `status_reports`.
public struct ReportRule: Sendable {
    /// Seconds.
    public var every: TimeInterval
    public var to: [RecipientEntry]

    public init(every: TimeInterval, to: [RecipientEntry]) {
        self.every = every
        self.to = to
    }
}

/// `group` of a route: several events in one message.
public struct GroupRule: Sendable, Equatable {
    /// Members of `match` whose values the events of one message have in common.
    public var by: [String]
    /// Seconds that the first event waits for others.
    public var wait: TimeInterval
    /// The least number of seconds between two messages of a group.
    public var interval: TimeInterval

    public init(by: [String], wait: TimeInterval, interval: TimeInterval) {
        self.by = by
        self.wait = wait
        self.interval = interval
    }
}

/// `throttle: 5 per 10m` of a route: for each address.
public struct ThrottleRule: Sendable, Equatable {
    public var count: Int
    /// Seconds.
    public var window: TimeInterval

    public init(count: Int, window: TimeInterval) {
        self.count = count
        self.window = window
    }
}
