// What people feed back: links and codes that only this router can have made, and that say what they are for only to it.

import Cryptography
import Foundation
import Incidents
import Routing

/// Makes and reads tokens and codes. The key never leaves the state directory.
public struct Links: Sendable {
    /// What a token does when it is fed back.
    public enum Deed: Sendable, Equatable {
        /// Ends one subscription.
        case leave(subscription: String)
        /// Nothing is sent to the address any more, but for what it is told on duty.
        case stop(kind: ChannelKind, address: String)
        /// Confirms a subscription.
        case confirm(subscription: String)
    }

    private let key: [UInt8]
    /// Without a slash at the end.
    private let publicURL: String?

    public init(key: [UInt8], publicURL: String?) {
        self.key = key
        self.publicURL = publicURL
    }

    /// For what leaves no trace: scenarios, `explain`, tests.
    public static let fixed = Links(key: [UInt8](repeating: 7, count: 32), publicURL: nil)

    /// Opaque, and the same for the same deed.
    public func token(_ deed: Deed) -> String { "" }

    /// Nil for what was not made here, or was changed.
    public func deed(_ token: String) -> Deed? { nil }

    /// `https://…/u/TOKEN`; nil without `router.public_url`.
    public func url(_ deed: Deed) -> String? { nil }

    /// Short enough to be typed: what an address feeds back to confirm a subscription.
    public func code(confirming subscription: String, to address: String) -> String { "" }
}
