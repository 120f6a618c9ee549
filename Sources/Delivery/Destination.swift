// Names for destinations: equal where limits and outages are shared, and without secrets.

import Cryptography
import Foundation
import Settings

/// Texts for `Channel.destination`.
enum Destination {
    /// `slack:https://hooks.slack.com/…#1a2b3c4d5e6f`: scheme and host, then the digest of what is secret.
    static func text(_ kind: String, url: String, secret: String) -> String {
        "\(kind):\(origin(url))/…#\(SHA256.hex(Array(secret.utf8)).prefix(12))"
    }

    /// Scheme, host and port, without what may be a user's name and password.
    static func origin(_ url: String) -> String {
        guard let scheme = url.range(of: "://") else { return "?" }
        let authority = url[scheme.upperBound...].prefix { !"/?#".contains($0) }
        let host = authority.lastIndex(of: "@").map { authority[authority.index(after: $0)...] } ?? authority
        return url[..<scheme.upperBound] + host.lowercased()
    }

    /// The path alone: what may stand in the query does not go into a digest that people see.
    static func path(_ url: String) -> String {
        guard let scheme = url.range(of: "://") else { return url }
        return String(url[scheme.upperBound...].drop { !"/?#".contains($0) }.prefix { !"?#".contains($0) })
    }
}
