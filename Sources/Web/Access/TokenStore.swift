// The tokens of the HTTP side: `tokens.json` in the state directory, by their hashes. Owner: intake.

import Foundation
import Incidents

/// A token, without its text: that is printed once and kept nowhere.
public struct AccessToken: Sendable, Equatable {
    /// Short, for lists and for `revoke`.
    public var id: String
    public var name: String
    public var scopes: Set<Scope>
    public var createdAt: Date
    public var expiresAt: Date?
}

/// Reads and changes `STATE/tokens.json`; commands and the running router use it at the same time.
public final class TokenStore: Sendable {
    let state: String

    public init(state: String) { self.state = state }

    /// Whose token this is; nil where it is nobody's, has expired, or was revoked. Constant time for each known token.
    public func token(_ text: String, now: Date) -> AccessToken? { nil }
}
