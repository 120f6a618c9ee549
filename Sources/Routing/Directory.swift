// Who can be told, and by what: the names that `to` may use.

import Foundation
import Incidents

/// Somebody in `people`.
public struct Person: Sendable, Equatable {
    /// The key in routes.yaml.
    public var id: String
    /// How messages address them; the id where none is configured.
    public var displayName: String
    /// `email`, `sms` (E.164), `slack` (a member id).
    public var addresses: [ChannelKind: String]
    /// Channel names, preferred first.
    public var via: [String]
    /// IANA name; the router's where nil.
    public var timezone: String?
    /// For instance `en` or `de`.
    public var language: String?
    public var quietHours: QuietHours?
    /// The most messages that they want: what is over, and not urgent, waits for a digest.
    public var limits: [ChannelKind: ThrottleRule]

    public init(
        id: String, displayName: String? = nil, addresses: [ChannelKind: String] = [:], via: [String] = [], timezone: String? = nil,
        language: String? = nil, quietHours: QuietHours? = nil, limits: [ChannelKind: ThrottleRule] = [:]
    ) {
        self.id = id
        self.displayName = displayName ?? id
        self.addresses = addresses
        self.via = via
        self.timezone = timezone
        self.language = language
        self.quietHours = quietHours
        self.limits = limits
    }
}

/// What routing needs to know of a channel.
public struct ChannelFacts: Sendable, Equatable {
    public var name: String
    public var kind: ChannelKind
    /// Where a message goes that is addressed to the channel itself: a Slack channel's id, or a webhook's address with
    /// its secret redacted (`https://hooks.slack.com/…`). Nil where each message needs an address: mail, SMS.
    public var ownAddress: String?
    /// Whether a message can be addressed to somebody else through it: false for webhooks.
    public var takesAddresses: Bool
    /// Seconds for which a delivery that fails is tried again, where no route says otherwise.
    public var retryFor: TimeInterval
    /// Where it stands among the channels: the first that is able is taken where none is named.
    public var place: Int

    public init(
        name: String, kind: ChannelKind, ownAddress: String?, takesAddresses: Bool, retryFor: TimeInterval = 86_400, place: Int = 0
    ) {
        self.place = place
        self.name = name
        self.kind = kind
        self.ownAddress = ownAddress
        self.takesAddresses = takesAddresses
        self.retryFor = retryFor
    }
}

/// The people, teams and channels that routes can name.
public struct Directory: Sendable, Equatable {
    public var people: [String: Person]
    /// Members are entries as in `to`: people, channels, other teams, `CHANNEL:ADDRESS`.
    public var teams: [String: [RecipientEntry]]
    public var channels: [String: ChannelFacts]
    /// By severity name: whom `communication_lead` means, the first preferred, where the incident names nobody.
    public var communicationLeads: [String: [String]]

    public init(
        people: [String: Person] = [:], teams: [String: [RecipientEntry]] = [:], channels: [String: ChannelFacts] = [:],
        communicationLeads: [String: [String]] = [:]
    ) {
        self.people = people
        self.teams = teams
        self.channels = channels
        self.communicationLeads = communicationLeads
    }
}

/// One entry of `to`, as written: what it names, and `via` which channel.
public struct RecipientEntry: Sendable, Hashable {
    public enum Subject: Sendable, Hashable {
        /// A channel, a person or a team.
        case name(String)
        case address(channel: String, address: String)
        case role(Role)
        case subscribers
    }

    /// The roles that an incident gives to somebody.
    public enum Role: String, Sendable, CaseIterable {
        case assignee
        case team
        case reporter
        case communicationLead = "communication_lead"
    }

    public var subject: Subject
    public var via: String?
    /// The entry as written: what `for` shows.
    public var text: String

    public init(subject: Subject, via: String? = nil, text: String) {
        self.subject = subject
        self.via = via
        self.text = text
    }
}
