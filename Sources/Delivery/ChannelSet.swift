// All configured ways out, by name. Adding a kind of channel: a folder under Channels/, and a case here.

import Foundation
import Incidents
import Settings
import Transport

/// The channels of one configuration.
public struct ChannelSet: Sendable {
    /// In the configuration's order.
    public let all: [any Channel]
    private let named: [String: any Channel]
    /// Answers in Slack itself, when one of its buttons is pressed.
    public let slackAnswers: SlackAnswers

    /// Builds every channel. What cannot work (see `problems`) becomes a channel that defers everything.
    /// - Parameter hostName: What EHLO says.
    public init(_ settings: [ChannelSettings], http: HTTPClient, smtp: SMTPClient, hostName: String) {
        self.init(settings, http: http as any HTTPSending, mail: smtp as any MailSending, hostName: hostName)
    }

    init(_ settings: [ChannelSettings], http: any HTTPSending, mail: any MailSending, hostName: String) {
        all = settings.map { Self.channel($0, http: http, mail: mail, hostName: hostName) }
        slackAnswers = SlackAnswers(settings, http: http)
        named = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
    }

    /// The channel of that name in routes.yaml.
    public subscript(name: String) -> (any Channel)? { named[name] }

    /// The channel over other transports: for tests and the fuzzer.
    package static func channel(
        _ settings: ChannelSettings, http: any HTTPSending, mail: any MailSending, hostName: String
    ) -> any Channel {
        let name = settings.name
        let options = settings.options
        switch settings.way {
        case .slackWebhook(let url):
            return SlackWebhookChannel(name: name, url: url, options: options, http: http)
        case .slackBot(let bot):
            return SlackBotChannel(name: name, settings: bot, options: options, http: http)
        case .teams(let webhook):
            return TeamsChannel(name: name, url: webhook, options: options, http: http)
        case .twilio(let twilio):
            return TwilioChannel(name: name, settings: twilio, options: options, http: http)
        case .gateway(let gateway):
            do {
                return try GatewayChannel(name: name, settings: gateway, options: options, http: http)
            } catch {
                return UnusableChannel(name: name, kind: .sms, destination: GatewayChannel.destination(gateway), fault: error.message)
            }
        case .email(let email):
            do {
                return try EmailChannel(name: name, settings: email, options: options, hostName: hostName, mail: mail)
            } catch {
                return UnusableChannel(name: name, kind: .email, destination: EmailChannel.destination(email), fault: error.message)
            }
        }
    }
}

extension HTTPClient: HTTPSending {}
extension SMTPClient: MailSending {}
