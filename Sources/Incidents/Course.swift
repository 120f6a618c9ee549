// What time has made of an incident since it opened, or opened again. It is kept with the incident, and changes only
// where the incident does: in `Incident.apply`.

import Foundation

/// The course of an incident.
public struct Course: Sendable, Equatable {
    /// A stretch during which its clocks stand still; one without an end is still on.
    public struct Pause: Sendable, Equatable {
        public var from: Date
        public var until: Date?

        public init(from: Date, until: Date? = nil) {
            self.from = from
            self.until = until
        }
    }

    /// How far the escalation policy has come.
    public struct Escalation: Sendable, Equatable {
        /// The name of the policy whose step ran last; empty where it was armed again and no step has run since.
        public var policy: String
        /// What its steps count from: the opening, the reopening, or the event that armed it again.
        public var since: Date
        /// How many steps have run, those that were left out included.
        public var steps: Int
        /// How often the last step has been repeated.
        public var repeats: Int
        /// When a step ran last.
        public var lastAt: Date?
        /// The last step reached nobody: the next runs at once.
        public var isUnheard: Bool
        /// It came to its end without an answer, and the operators were told.
        public var isOver: Bool

        public init(
            policy: String, since: Date, steps: Int = 0, repeats: Int = 0, lastAt: Date? = nil, isUnheard: Bool = false,
            isOver: Bool = false
        ) {
            self.policy = policy
            self.since = since
            self.steps = steps
            self.repeats = repeats
            self.lastAt = lastAt
            self.isUnheard = isUnheard
            self.isOver = isOver
        }
    }

    /// The opening (`opened_at`), or the latest reopening: what the clocks run from.
    public var started: Date
    /// Since `started`, oldest first; at most `Limits.pauses`, older ones run together.
    public var pauses: [Pause]
    /// When somebody first had it since `started`.
    public var acknowledgedAt: Date?
    public var endedAt: Date?
    /// When stakeholders last heard: an update, a broadcast, a status report. Nil: not since `started`.
    public var lastWord: Date?
    /// When the last automatic status report was made.
    public var lastReport: Date?
    /// When anything was last said of it that is not the clock's own.
    public var lastNews: Date?
    /// What the clock has raised since `started`: `Raised.mark`.
    public var raised: Set<String>
    /// Reminders of the communications gap since the last word.
    public var reminders: Int
    /// When the last of them was made.
    public var remindedAt: Date?
    public var escalation: Escalation?
    /// When it was resolved or reopened, oldest first; the newest `Limits.turns`.
    public var turns: [Date]
    /// Since when it is told as flapping.
    public var flappingSince: Date?
    /// By route that tells again (`repeat`): when it last told.
    public var repeats: [String: Date]
    /// Who speaks for it, where Tocsin chose them, or others named them. It outlives a reopening.
    public var lead: Lead?
    /// The response that took it since `started`.
    public var response: Response?
    /// Nil: none has been chosen, or nobody wrote it down.
    public var policy: ChosenPolicy?

    public enum Limits {
        public static let pauses = 64
        public static let turns = 64
        public static let repeats = 64
    }

    public init(started: Date) {
        self.started = started
        pauses = []
        raised = []
        reminders = 0
        turns = []
        repeats = [:]
    }
}
