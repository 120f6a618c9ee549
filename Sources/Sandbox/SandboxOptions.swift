// How a sandbox is started. All of it has a default; tests and benchmarks change what they need.

/// The choices for `Sandbox.start`.
public struct SandboxOptions: Sendable {
    /// Ports on 127.0.0.1; 0 takes a free one.
    public var httpPort = 0
    public var smtpPort = 0
    /// TLS from the first byte.
    public var smtpsPort = 0
    /// The HTTP receivers speak TLS.
    public var https = false
    /// Makes a certificate with the `openssl` command, for STARTTLS, the SMTPS port and `https`. Without it SMTP is
    /// plain, there is no SMTPS port and no openssl is needed.
    public var tls = true
    /// What is wrong with the certificate; nil for a good one.
    public var certificateFlaw: CertificateFlaw?
    /// The path of the `openssl` command; nil looks along `PATH`, then in /usr/bin.
    public var openssl: String?
    /// Event loop threads, 1 or more.
    public var threads = 1
    /// Checks what arrives against the provider's documented limits; otherwise everything well addressed is accepted.
    public var checksStrictly = true
    /// Keeps messages; otherwise they are only counted (and shown to whoever listens to `Inbox.stream`).
    public var keepsRaw = true
    /// Messages kept at most, and bytes of their raw content; the oldest go first, the counts stay.
    public var maximumKept = 10_000
    public var maximumKeptBytes = 64 << 20
    /// Answers 429 above the rates that Slack and Teams publish.
    public var enforceRates = false
    public var smtp = SMTPOptions()
    /// Tokens that Slack's Web API accepts; nil accepts whatever begins with `xox`.
    public var slackTokens: Set<String>?
    /// Slack lets the bot take a channel out of the archive; in many workspaces it does not.
    public var slackBotsUnarchive = true
    /// Members that Slack does not know.
    public var slackUnknownMembers: Set<String> = []
    /// Numbers that told Twilio to stop: error 21610.
    public var optedOut: Set<String> = []

    public init() {}

    /// For benchmarks: no checks, no memory, only counts.
    public static var fast: SandboxOptions {
        var options = SandboxOptions()
        options.checksStrictly = false
        options.keepsRaw = false
        options.tls = false
        return options
    }
}

/// How the SMTP receiver behaves.
public struct SMTPOptions: Sendable {
    /// RFC 2920.
    public var offersPipelining = true
    /// RFC 1870, in bytes.
    public var maximumSize = 10_485_760
    /// 530 to MAIL before AUTH.
    public var requiresAuthentication = false
    /// 530 to AUTH and MAIL before STARTTLS.
    public var requiresTLS = false
    /// Offers AUTH before STARTTLS too; most providers do not.
    public var authenticatesInClear = true
    /// Names and passwords (or XOAUTH2 tokens) that are right; nil accepts any that are not empty.
    public var credentials: [String: String]?
    /// Of `PLAIN`, `LOGIN`, `XOAUTH2`.
    public var mechanisms = ["PLAIN", "LOGIN", "XOAUTH2"]

    public init() {}
}

/// A fault of the sandbox's certificate, for tests that must see it refused.
public enum CertificateFlaw: String, Sendable, CaseIterable {
    /// It ended yesterday.
    case expired
    /// It is for another host.
    case wrongName = "wrong_name"
    /// It was signed by another authority than the one in `endpoints.ca`.
    case unknownAuthority = "unknown_authority"
}
