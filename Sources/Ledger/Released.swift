// What left its hold.

/// What one release let go.
public struct Released: Sendable {
    /// Those that may go out now: due, and blocked by none before them.
    public var ready: [QueuedDelivery]
    /// All that leaves, in the order of their release.
    public var messages: [ReleasedMessage]
    /// Heads of conversations that became more urgent by it.
    public var raised: [RaisedHead]
    /// More is due than the limit let through.
    public var isMore: Bool

    public init(ready: [QueuedDelivery] = [], messages: [ReleasedMessage] = [], raised: [RaisedHead] = [], isMore: Bool = false) {
        self.ready = ready
        self.messages = messages
        self.raised = raised
        self.isMore = isMore
    }
}

/// One message that leaves a hold.
public struct ReleasedMessage: Sendable, Equatable {
    /// Goes out: one that was held, or the digest that was made.
    public var delivery: Int64
    /// What the digest holds; empty where `delivery` goes out as itself.
    public var contains: [Int64]
    /// Those that it makes needless.
    public var superseded: [Int64]

    public init(delivery: Int64, contains: [Int64] = [], superseded: [Int64] = []) {
        self.delivery = delivery
        self.contains = contains
        self.superseded = superseded
    }
}
