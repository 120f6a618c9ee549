// What somebody may do on the HTTP side.

/// A right that a token gives (interfaces, section 7).
public enum Scope: String, Sendable, CaseIterable, Codable, Comparable {
    /// Drop events.
    case intake
    /// Look.
    case read
    /// Look, and change: acknowledge, retry, approve, pause.
    case operate

    public static func < (first: Scope, second: Scope) -> Bool { first.rank < second.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// `operate` includes `read`; `intake` includes nothing and is in nothing.
    public func allows(_ wanted: Scope) -> Bool { self == wanted || (self == .operate && wanted == .read) }
}

/// Who makes a request.
public struct Identity: Sendable, Equatable {
    /// A token's name, or the user that a trusted proxy signed in: what `by` of their events says.
    public var name: String
    public var scopes: Set<Scope>
    public var way: Way

    public enum Way: Sendable, Equatable {
        /// `Authorization: Bearer …`: programs. Not subject to CSRF.
        case token(id: String)
        /// A cookie session of the page.
        case session(id: String)
        /// A trusted proxy's header.
        case proxy
    }

    public init(name: String, scopes: Set<Scope>, way: Way) {
        self.name = name
        self.scopes = scopes
        self.way = way
    }

    public func may(_ scope: Scope) -> Bool { scopes.contains { $0.allows(scope) } }
}
