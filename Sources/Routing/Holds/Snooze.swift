// Not until Monday: somebody does not want to hear for a while, but for what is urgent.

import Foundation

/// A snooze, as the ledger keeps it: one for each person or address.
public struct Snooze: Sendable, Equatable {
    public var who: Subscription.Who
    public var until: Date
    /// When it was asked for; nil: that was not written down.
    public var made: Date?

    public init(who: Subscription.Who, until: Date, made: Date? = nil) {
        self.who = who
        self.until = until
        self.made = made
    }

    /// By whom they are, as they are compared.
    public static func untils(_ snoozes: [Snooze]) -> [Subscription.Who: Date] {
        snoozes.isEmpty ? [:] : Dictionary(snoozes.map { ($0.who.compared, $0.until) }) { max($0, $1) }
    }
}
