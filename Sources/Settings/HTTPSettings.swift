// The section `http`: how people and programs reach the router without a shell.

import Foundation
import Incidents
import Routing

/// The HTTP side, decoded and checked. There is none where routes.yaml has no `http`.
public struct HTTPSettings: Sendable, Equatable {
    /// `127.0.0.1`, `::1`, `0.0.0.0`.
    public var host: String
    /// 0: one that the system chooses.
    public var port: Int
    /// PEM files, absolute: TLS from the first byte. Nil: none.
    public var tls: TLSFiles?
    /// Proxies whose word about the client and its user counts, in CIDR notation.
    public var trustedProxies: [String] = []
    /// The header in which a trusted proxy names the user it signed in.
    public var userHeader = "X-Forwarded-User"
    /// Which users of a trusted proxy may change things; others read. `*`: all.
    public var operators: [String] = []
    /// Seconds that somebody stays signed in.
    public var session: TimeInterval = 12 * 3_600
    /// Seconds that a link to acknowledge works.
    public var linksWork: TimeInterval = 86_400
    /// Requests of one token; empty: unlimited.
    public var rate: [Rate] = []
    /// Events that may wait in the queue before more are refused with 429.
    public var maximumQueue = 100_000
    /// Connections that one address may hold at a time; nil: a quarter of all.
    public var connectionsPerAddress: Int?
    /// Where gateways report back, without a slash at the end; nil: at `router.public_url`.
    public var callbackURL: String?
    /// Of the Slack app whose buttons are pressed.
    public var slackSigningSecret: Secret?
    /// By the name in the URL: `POST /v1/intake/NAME`.
    public var intake: [String: IntakeSettings] = [:]

    public struct TLSFiles: Sendable, Equatable {
        public var certificate: String
        public var key: String

        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    /// `127.0.0.1:8080`, `[::1]:8080`.
    public var address: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    /// What of a change takes effect at the next start only, in words; everything else counts at once.
    public static func needingRestart(_ old: HTTPSettings?, _ new: HTTPSettings?) -> [String] {
        let later = "takes effect at the next start only"
        guard let old, let new else { return (old == nil) == (new == nil) ? [] : ["`http` \(later)"] }
        var words: [String] = []
        if old.address != new.address { words.append("`http.listen` \(later)") }
        if old.tls != new.tls { words.append("`http.certificate` and `http.key` \(later)") }
        return words
    }

    public init(host: String = "127.0.0.1", port: Int = 8080) {
        self.host = host
        self.port = port
    }
}

/// What is known of one tool that sends to `POST /v1/intake/NAME`.
public struct IntakeSettings: Sendable, Equatable {
    /// A shipped adapter's name, or the absolute path of a file.
    public var adapter: String
    /// With it the tool signs what it sends; then it needs no token.
    public var secret: Secret?

    public init(adapter: String, secret: Secret? = nil) {
        self.adapter = adapter
        self.secret = secret
    }
}

/// `heartbeat`: a regular sign of life.
public struct Heartbeat: Sendable, Equatable {
    /// Seconds between two.
    public var every: TimeInterval
    /// Who gets them.
    public var to: [RecipientEntry]
    /// What is called as well: it notices when Tocsin itself is gone. May be a secret.
    public var url: Secret?

    public init(every: TimeInterval, to: [RecipientEntry], url: Secret? = nil) {
        self.every = every
        self.to = to
        self.url = url
    }
}
