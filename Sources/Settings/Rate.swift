// How much may leave for one destination, and how long a message waits before it goes another way.

import Foundation

/// A limit: so many messages in so many seconds.
public struct Rate: Sendable, Equatable {
    /// 1 to 1,000,000.
    public var count: Int
    /// 1 s to 7 d.
    public var seconds: TimeInterval
    /// How many may leave at once after a pause: at least 1. As many as `count`, unless a provider tolerates more.
    public var burst: Int

    /// - Parameter burst: `count` where nil.
    public init(count: Int, seconds: TimeInterval, burst: Int? = nil) {
        self.count = count
        self.seconds = seconds
        self.burst = burst ?? count
    }

    /// Slack: one message a second for a webhook or a channel, "short bursts of more than 1" tolerated (channels.md,
    /// section 1).
    public static let slack = [Rate(count: 1, seconds: 1, burst: 5)]
    /// Teams: more than 4 a second is throttled, and so is more than 60 in 30 seconds (channels.md, section 2).
    public static let teams = [Rate(count: 4, seconds: 1), Rate(count: 60, seconds: 30)]
}

/// One duration for all severities, or one for each.
public struct SeverityDurations: Sendable, Equatable {
    /// Seconds, for a severity that is not named.
    public var standard: TimeInterval
    /// Seconds, by the severity's rank.
    public var byRank: [Int: TimeInterval]

    public init(standard: TimeInterval, byRank: [Int: TimeInterval] = [:]) {
        self.standard = standard
        self.byRank = byRank
    }

    /// Seconds, for a severity's rank: 0 is the most urgent.
    public subscript(rank: Int) -> TimeInterval { byRank[rank] ?? standard }
}
