// Steps in time that run until somebody acknowledges.

import Foundation
import Incidents

/// One entry of `escalation`.
public struct EscalationPolicy: Sendable {
    public enum End: String, Sendable, CaseIterable { case acknowledged, resolved }

    public struct Repetition: Sendable, Equatable {
        /// Seconds between two runs of the last step.
        public var every: TimeInterval
        public var times: Int

        public init(every: TimeInterval, times: Int) {
            self.every = every
            self.times = times
        }
    }

    public var name: String
    /// Which incidents; without conditions, all.
    public var match: Match
    public var steps: [EscalationStep]
    public var repetition: Repetition?
    public var until: End

    public init(name: String, match: Match = Match(), steps: [EscalationStep], repetition: Repetition? = nil, until: End = .acknowledged) {
        self.name = name
        self.match = match
        self.steps = steps
        self.repetition = repetition
        self.until = until
    }
}

/// One step of a policy.
public struct EscalationStep: Sendable {
    /// Seconds since the incident opened, by severity rank. A severity that is not there skips the step.
    public var after: [Int: TimeInterval]
    public var to: [RecipientEntry]
    /// Not held by quiet hours.
    public var isUrgent: Bool

    public init(after: [Int: TimeInterval], to: [RecipientEntry], isUrgent: Bool = true) {
        self.after = after
        self.to = to
        self.isUrgent = isUrgent
    }
}
