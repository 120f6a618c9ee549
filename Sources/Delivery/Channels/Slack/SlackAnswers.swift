// The word back to where a button was pressed. Slack names the address itself, in a request that it has signed; it is called only
// where it is Slack's, or that of the configured API or webhooks, which stand for Slack in tests.

import Foundation
import JSON
import Settings
import Transport

/// Posts to the `response_url` of an interaction (docs.slack.dev, "Handling user interaction").
public struct SlackAnswers: Sendable {
    private static let own = "https://hooks.slack.com"
    private let origins: Set<String>
    private let exchange: HTTPExchange

    init(_ channels: [ChannelSettings], http: any HTTPSending) {
        var origins: Set<String> = [Self.own]
        var options: ChannelOptions?
        for channel in channels {
            switch channel.way {
            case .slackWebhook(let url): origins.insert(Self.origin(url.reveal()))
            case .slackBot(let bot): origins.insert(Self.origin(bot.baseURL))
            case .teams, .email, .twilio, .gateway: continue
            }
            options = options ?? channel.options
        }
        self.origins = origins
        exchange = HTTPExchange(http: http, destination: "slack answers", options: options ?? ChannelOptions())
    }

    /// Whether an address may be called.
    public func mayCall(_ url: String) -> Bool {
        guard url.utf8.count <= 2_000, url.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), !url.contains("\\") else { return false }
        return origins.contains(Self.origin(url))
    }

    /// Posts an answer.
    ///
    /// - Returns: what went wrong, without the address, which is a secret; nil where Slack took it.
    public func post(_ answer: JSONValue, to url: String, token: String) async -> String? {
        guard mayCall(url) else { return "its `response_url` is not Slack's, and was not called" }
        switch await exchange.post(answer, to: Secret(url), token: token) {
        case .failed(let failure): return "no answer (curl \(failure.curlCode))"
        case .answered(let response): return (200..<300).contains(response.status) ? nil : "status \(response.status)"
        }
    }

    /// Scheme, host and port, in lower case; with a user in it, it is nobody's.
    private static func origin(_ url: String) -> String {
        guard let parts = URLComponents(string: url), parts.user == nil, let scheme = parts.scheme?.lowercased(),
            let host = parts.host?.lowercased()
        else { return "?" }
        return "\(scheme)://\(host)" + (parts.port.map { ":\($0)" } ?? "")
    }
}
