// Who takes a kind of incident, and what they do first.

import Foundation

/// An entry of `responses`.
public struct Response: Sendable {
    /// Its place in the file, from 1.
    public var number: Int
    public var match: Match
    /// A team's name.
    public var team: String?
    /// A person or a rotation.
    public var assignee: String?
    /// Further roles, by their name: for instance `communication_lead`, `scribe`.
    public var roles: [String: String]
    public var checklist: [String]

    public init(
        number: Int, match: Match, team: String? = nil, assignee: String? = nil, roles: [String: String] = [:], checklist: [String] = []
    ) {
        self.number = number
        self.match = match
        self.team = team
        self.assignee = assignee
        self.roles = roles
        self.checklist = checklist
    }
}

/// The section `incident_channel`: a Slack channel for each grave incident.
public struct IncidentChannelRule: Sendable {
    /// Which severities.
    public var condition: Condition
    /// The configured Slack channel with a token whose workspace it is made in.
    public var channel: String
    /// A template: `inc-{{incident.id}}`.
    public var name: String
    public var invite: [RecipientEntry]

    public init(condition: Condition, channel: String, name: String, invite: [RecipientEntry] = []) {
        self.condition = condition
        self.channel = channel
        self.name = name
        self.invite = invite
    }
}

/// What routes.yaml says of people, beside who they are.
public struct PeopleRules: Sendable {
    /// By name.
    public var rotations: [String: Rotation]
    /// In file order.
    public var responses: [Response]
    public var incidentChannel: IncidentChannelRule?
    public var broadcasts: BroadcastRules
    public var bounces: BounceRule

    public init(
        rotations: [String: Rotation] = [:], responses: [Response] = [], incidentChannel: IncidentChannelRule? = nil,
        broadcasts: BroadcastRules = BroadcastRules(), bounces: BounceRule = BounceRule()
    ) {
        self.rotations = rotations
        self.responses = responses
        self.incidentChannel = incidentChannel
        self.broadcasts = broadcasts
        self.bounces = bounces
    }
}
