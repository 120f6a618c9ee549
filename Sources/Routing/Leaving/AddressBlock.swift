// An address that is not written to any more: it said stop, or nothing arrives there.

import Foundation
import Incidents

/// What is known against an address, as the ledger keeps it.
public struct AddressBlock: Sendable, Equatable {
    public enum Cause: String, Sendable, CaseIterable {
        /// Its owner left: `STOP`, an unsubscribe link for everything.
        case stop
        /// The provider says that its owner opted out (21610).
        case optedOut = "opted_out"
        /// Mail to it was refused for good, or came back, too often.
        case bounces
        /// An operator said so.
        case byOperator = "operator"
    }

    public var kind: ChannelKind
    /// As compared: mail addresses in lower case.
    public var address: String
    /// Since when nothing is sent to it; nil: not yet, there are only bounces.
    public var since: Date?
    public var cause: Cause
    /// For people: what was said, or what the peer answered last.
    public var reason: String?
    public var by: String?
    /// When bounces were counted, oldest first; at most `AddressBlock.remembered`.
    public var bounces: [Date]
    /// Its owner and the operators have been told.
    public var isAnnounced: Bool

    public static let remembered = 20

    public init(
        kind: ChannelKind, address: String, since: Date?, cause: Cause, reason: String? = nil, by: String? = nil, bounces: [Date] = [],
        isAnnounced: Bool = false
    ) {
        self.kind = kind
        self.address = AddressBlock.compared(address, kind)
        self.since = since
        self.cause = cause
        self.reason = reason
        self.by = by
        self.bounces = bounces
        self.isAnnounced = isAnnounced
    }

    /// Mail addresses are compared without regard to case.
    public static func compared(_ address: String, _ kind: ChannelKind) -> String { kind == .email ? address.lowercased() : address }
}

/// So many bounces in so much time suppress an address.
public struct BounceRule: Sendable, Equatable {
    public var count: Int
    /// Seconds.
    public var window: TimeInterval

    public init(count: Int = 3, window: TimeInterval = 30 * 86_400) {
        self.count = count
        self.window = window
    }
}
