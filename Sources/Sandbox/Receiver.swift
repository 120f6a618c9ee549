// The doors of the sandbox: one for each way a message can come in.

/// A local receiver that stands in for a provider.
public enum Receiver: String, Sendable, CaseIterable, Hashable {
    /// Incoming webhooks of Slack.
    case slack
    /// Slack's Web API: `chat.postMessage` and its like.
    case slackAPI = "slack_api"
    /// A Workflow of Microsoft Teams.
    case teams
    case smtp
    case twilio
    /// A generic SMS gateway that answers as Kannel does.
    case gateway

    /// The name for people.
    public var title: String {
        switch self {
        case .slack: "Slack"
        case .slackAPI: "Slack API"
        case .teams: "Teams"
        case .smtp: "Email"
        case .twilio: "SMS (Twilio)"
        case .gateway: "SMS (gateway)"
        }
    }
}
