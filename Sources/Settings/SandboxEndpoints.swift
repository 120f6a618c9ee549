// Where the sandbox's receivers are: what channels are redirected to when nothing may leave the machine.

/// The addresses of local receivers. URLs have no slash at the end.
public struct SandboxEndpoints: Sendable {
    /// Base URL; `/` and a channel's name are appended.
    public var slackWebhook: String
    /// Base URL; `/` and a method are appended.
    public var slackAPI: String
    /// Base URL; `/` and a channel's name are appended.
    public var teams: String
    public var smtpHost: String
    /// Plain, with STARTTLS.
    public var smtpPort: Int
    /// TLS from the first byte; 0 where there is none.
    public var smtpsPort: Int
    /// Stands for `https://api.twilio.com`.
    public var twilio: String
    /// The whole URL of a gateway's `sendsms`.
    public var gateway: String
    /// A PEM file with the authority of the receivers' certificate; nil where they have none.
    public var ca: String?

    public init(
        slackWebhook: String, slackAPI: String, teams: String, smtpHost: String, smtpPort: Int, smtpsPort: Int, twilio: String,
        gateway: String, ca: String?
    ) {
        self.slackWebhook = slackWebhook
        self.slackAPI = slackAPI
        self.teams = teams
        self.smtpHost = smtpHost
        self.smtpPort = smtpPort
        self.smtpsPort = smtpsPort
        self.twilio = twilio
        self.gateway = gateway
        self.ca = ca
    }
}
