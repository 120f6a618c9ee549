// What became of one attempt, and where the delivery goes from there.

import Foundation
import Routing

/// The states of a delivery (interfaces, section 4).
public enum DeliveryState: String, Sendable, CaseIterable {
    case held
    case pending
    case retrying
    /// The peer accepted it.
    case delivered
    /// Sent, no answer.
    case unknown
    /// Refused for good, or too old to retry.
    case dead
    case expired
    case superseded
    case suppressed

    /// It may still go out without anybody's help.
    public var isUnfinished: Bool { self == .pending || self == .retrying || self == .held }
}

/// What follows from an attempt, or from a decision not to make one.
public enum Disposition: Sendable, Equatable {
    case delivered
    case retry(at: Date)
    case dead(String)
    case unknown(String)
    case expired(String)
    /// Overtaken while it waited; `by` is the newer delivery.
    case superseded(String, by: Int64?)
    /// The head of its conversation has waited too long already, and newer ones wait behind it: it collapses into one of
    /// them. Where none waits any more, it stays as it is.
    case overtaken

    /// Nothing of it got through, nor may have.
    var isFailure: Bool { state == .dead || state == .expired }

    /// The state that the delivery gets.
    public var state: DeliveryState {
        switch self {
        case .delivered: .delivered
        case .retry: .retrying
        case .dead: .dead
        case .unknown: .unknown
        case .expired: .expired
        case .superseded, .overtaken: .superseded
        }
    }
}

/// One attempt as it is recorded, secrets already redacted.
public struct AttemptRecord: Sendable, Equatable {
    public var delivery: Int64
    /// When the attempt began.
    public var at: Date
    /// How long it took. What was accepted counts as delivered at its end.
    public var milliseconds: Int
    /// `accepted`, `deferred`, `refused` or `unknown`. Empty where nothing was attempted, because the delivery had expired
    /// or was superseded: then only the state changes.
    public var outcome: String
    /// The peer's own.
    public var code: String?
    /// A word of the delivery's `Reason`.
    public var reason: String?
    /// For people.
    public var detail: String?
    public var remoteID: String?
    /// The conversation goes on under this; nil: as before.
    public var thread: ThreadRoot?
    /// What was left out of the message to get it through.
    public var degraded: String?
    public var next: Disposition
    /// What it says against the address; nil: nothing.
    public var verdict: AddressVerdict?
    /// People to whom what is urgent goes at that address even if it is suppressed by this.
    public var sparing: Set<String> = []
    /// Where `next` is dead or unknown: the next way, taken at once.
    public var fallback: FallbackPlan?
    /// Where `next` is to retry: when the next way is due. Kept only where none is set yet, and it has not fallen back.
    public var fallbackAt: Date?

    /// When the attempt was over.
    var end: Date { at.addingTimeInterval(Double(milliseconds) / 1_000) }

    public init(
        delivery: Int64, at: Date, milliseconds: Int = 0, outcome: String, code: String? = nil, reason: String? = nil,
        detail: String? = nil, remoteID: String? = nil, thread: ThreadRoot? = nil, degraded: String? = nil, next: Disposition,
        fallback: FallbackPlan? = nil, fallbackAt: Date? = nil
    ) {
        self.delivery = delivery
        self.at = at
        self.milliseconds = milliseconds
        self.outcome = outcome
        self.code = code
        self.reason = reason
        self.detail = detail
        self.remoteID = remoteID
        self.thread = thread
        self.degraded = degraded
        self.next = next
        self.fallback = fallback
        self.fallbackAt = fallbackAt
    }
}

/// A delivery by the next way, beside or after the one that it stands in for. It is kept as planned, but never less urgent
/// than that one.
public struct FallbackPlan: Sendable, Equatable {
    public var planned: PlannedDelivery
    public var lane: String

    public init(planned: PlannedDelivery, lane: String) {
        self.planned = planned
        self.lane = lane
    }
}

/// What followed from recorded attempts, beside what they said themselves.
public struct Recorded: Sendable {
    /// Promoted or made by it; some may not be due yet.
    public var ready: [QueuedDelivery]
    /// Other deliveries that are finished by it without having been sent, because another way got through.
    public var withdrawn: [Int64]

    public init(ready: [QueuedDelivery] = [], withdrawn: [Int64] = []) {
        self.ready = ready
        self.withdrawn = withdrawn
    }
}
