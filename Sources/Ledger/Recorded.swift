// What recording an outcome leads to, beyond the outcome itself.

import Foundation
import Routing

/// What became of other deliveries.
public struct Recorded: Sendable {
    /// What became ready because the one before it in its conversation ended, or was made to go another way; some may not
    /// be due yet.
    public var ready: [QueuedDelivery] = []
    /// What is finished without having been sent, because another way got through.
    public var withdrawn: [Int64] = []
}

/// The delivery that goes the next way for the same recipient.
public struct FallbackPlan: Sendable, Equatable {
    public var planned: PlannedDelivery
    public var lane: String

    public init(planned: PlannedDelivery, lane: String) {
        self.planned = planned
        self.lane = lane
    }
}

/// The head of a conversation that inherited the urgency of one that waits behind it.
public struct RaisedHead: Sendable, Equatable {
    public var id: Int64
    public var lane: String
    /// Severity rank: 0 goes first.
    public var priority: Int
    public var isUrgent: Bool

    public init(id: Int64, lane: String, priority: Int, isUrgent: Bool) {
        self.id = id
        self.lane = lane
        self.priority = priority
        self.isUrgent = isUrgent
    }
}

/// How an incident ended while something about it waited.
public struct Ended: Sendable, Equatable {
    public var status: String
    public var at: Date

    public init(status: String, at: Date) {
        self.status = status
        self.at = at
    }
}
