// One configured way out, decoded and checked: what Delivery builds its channels from.

import Foundation
import Incidents
import Routing

/// A channel of routes.yaml.
public struct ChannelSettings: Sendable, Equatable {
    public var name: String
    public var options: ChannelOptions
    public var way: Way
    /// Where a message goes that this channel cannot deliver: an entry as in `to`.
    public var fallback: RecipientEntry?

    /// How it is reached.
    public enum Way: Sendable, Equatable {
        case slackWebhook(url: Secret)
        case slackBot(SlackBotSettings)
        case teams(webhook: Secret)
        case email(EmailSettings)
        case twilio(TwilioSettings)
        case gateway(GatewaySettings)
    }

    public init(name: String, options: ChannelOptions = ChannelOptions(), way: Way, fallback: RecipientEntry? = nil) {
        self.name = name
        self.options = options
        self.way = way
        self.fallback = fallback
    }

    public var kind: ChannelKind {
        switch way {
        case .slackWebhook, .slackBot: .slack
        case .teams: .teams
        case .email: .email
        case .twilio, .gateway: .sms
        }
    }
}

/// What every channel has.
public struct ChannelOptions: Sendable, Equatable {
    /// Connections to one destination at a time, 1 to 64.
    public var concurrency = 4
    /// Seconds for one attempt.
    public var timeout: TimeInterval = 10
    /// Seconds after the first attempt at which a delivery that still fails is dead.
    public var retryFor: TimeInterval = 86_400
    public var onUnknown = UnknownPolicy.resend
    /// How often a delivery of unknown outcome is sent again.
    public var unknownResends = 3
    /// A PEM file with the certificate authorities to trust instead of the system's.
    public var ca: String?
    /// A proxy's URL; nothing is taken from the environment.
    public var proxy: Secret?
    /// SMS: answers to its messages reach Tocsin.
    public var answers = false
    /// What may leave for one destination; each limit holds, and without any there is none.
    public var rate: [Rate] = []
    /// Seconds after the first failed attempt at which the fallback is used, 1 s to 1 d.
    public var fallbackAfter = SeverityDurations(standard: 120)

    public init() {}
}

/// What becomes of a delivery whose outcome is not known.
public enum UnknownPolicy: String, Sendable, CaseIterable {
    case resend
    case hold
}

public struct SlackBotSettings: Sendable, Equatable {
    public var token: Secret
    /// A channel's or member's id.
    public var channel: String
    public var updates: SlackUpdates
    /// Without a slash at the end.
    public var baseURL: String

    public init(token: Secret, channel: String, updates: SlackUpdates = .thread, baseURL: String = "https://slack.com/api") {
        self.token = token
        self.channel = channel
        self.updates = updates
        self.baseURL = baseURL
    }
}

/// How later messages about an incident appear.
public enum SlackUpdates: String, Sendable, CaseIterable {
    case thread
    case inPlace = "in_place"
    case none
}

public struct EmailSettings: Sendable, Equatable {
    public enum TLS: String, Sendable, CaseIterable {
        case required
        case off
    }
    public enum Authentication: String, Sendable, CaseIterable {
        case plain
        case login
        case xoauth2
    }

    public var host: String
    public var port: Int
    /// `smtps://`: TLS from the first byte; otherwise STARTTLS.
    public var implicitTLS: Bool
    public var tls: TLS
    public var username: String?
    public var password: Secret?
    /// What the server offers, where nil.
    public var authentication: Authentication?
    public var from: Mailbox
    public var replyTo: Mailbox?
    public var dkim: DKIMSettings?

    public init(
        host: String, port: Int, implicitTLS: Bool = false, tls: TLS = .required, username: String? = nil, password: Secret? = nil,
        authentication: Authentication? = nil, from: Mailbox, replyTo: Mailbox? = nil, dkim: DKIMSettings? = nil
    ) {
        self.host = host
        self.port = port
        self.implicitTLS = implicitTLS
        self.tls = tls
        self.username = username
        self.password = password
        self.authentication = authentication
        self.from = from
        self.replyTo = replyTo
        self.dkim = dkim
    }
}

/// `Incidents <incidents@example.com>`; neither part holds control characters.
public struct Mailbox: Sendable, Equatable {
    public var displayName: String?
    public var address: String

    public init(displayName: String? = nil, address: String) {
        self.displayName = displayName
        self.address = address
    }
}

public struct DKIMSettings: Sendable, Equatable {
    public var domain: String
    public var selector: String
    /// A private key in PEM: RSA of 2048 bits or more, or Ed25519.
    public var key: Secret

    public init(domain: String, selector: String, key: Secret) {
        self.domain = domain
        self.selector = selector
        self.key = key
    }
}

public struct TwilioSettings: Sendable, Equatable {
    public enum Sender: Sendable, Equatable {
        case number(String)
        case messagingService(String)
    }
    public var account: String
    public var token: Secret
    public var sender: Sender
    /// Without a slash at the end.
    public var baseURL: String
    public var maximumSegments: Int

    public init(
        account: String, token: Secret, sender: Sender, baseURL: String = "https://api.twilio.com", maximumSegments: Int = 3
    ) {
        self.account = account
        self.token = token
        self.sender = sender
        self.baseURL = baseURL
        self.maximumSegments = maximumSegments
    }
}

/// Any HTTP gateway for SMS. Values are templates: `{{address}}`, `{{text}}`, `{{coding}}` (0 for GSM-7, 2 for UCS-2),
/// `{{id}}` (the delivery's), `{{receipt}}` (where it reports back), filled in with the encoding of the place where they stand.
public struct GatewaySettings: Sendable, Equatable {
    public enum Body: Sendable, Equatable {
        /// `application/x-www-form-urlencoded`.
        case form([Field])
        /// A JSON document as text; placeholders stand inside its strings.
        case json(Secret)
        /// Any other text, with its content type in `headers`.
        case text(Secret)
    }
    public struct Field: Sendable, Equatable {
        public var name: String
        public var value: Secret

        public init(name: String, value: Secret) {
            self.name = name
            self.value = value
        }
    }

    public var method: String
    public var url: Secret
    public var query: [Field]
    public var headers: [Field]
    public var body: Body?
    public var successStatuses: Set<Int>
    /// A pattern that the body of the answer must match (RE2 syntax), beside the status.
    public var successBody: String?
    /// A pattern with one group, on the body: the gateway's id of the message.
    public var idPattern: String?
    /// Statuses worth another try.
    public var retryStatuses: Set<Int>
    public var maximumSegments: Int

    public static let defaultRetryStatuses: Set<Int> = [408, 429, 502, 503]

    public init(
        method: String = "GET", url: Secret, query: [Field] = [], headers: [Field] = [], body: Body? = nil,
        successStatuses: Set<Int> = [200, 201, 202, 204], successBody: String? = nil, idPattern: String? = nil,
        retryStatuses: Set<Int> = defaultRetryStatuses, maximumSegments: Int = 3
    ) {
        self.method = method
        self.url = url
        self.query = query
        self.headers = headers
        self.body = body
        self.successStatuses = successStatuses
        self.successBody = successBody
        self.idPattern = idPattern
        self.retryStatuses = retryStatuses
        self.maximumSegments = maximumSegments
    }
}
