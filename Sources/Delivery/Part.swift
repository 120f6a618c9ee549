// Where a message belongs: into the conversation about its incident, beside it, or into a channel of the incident's own.

/// What a message is in the conversation about its incident. Without an incident, every message stands by itself.
public enum Part: Sendable, Equatable {
    /// By itself: a digest, a test, what is about Tocsin.
    case apart
    /// Somebody's own words to everybody there: a broadcast. It keeps its own subject.
    case announcement
    /// A word that does not say how the incident stands: a reminder, what is theirs now.
    case word
    /// How the incident stands now.
    case state
    /// The same, where it must not be overlooked: an escalation, a breach, a higher severity, an end, a reopening.
    case news

    /// The conversation's subject is its own.
    var sharesSubject: Bool { self != .apart && self != .announcement }
}

/// A Slack channel for one incident: made when it is first written to.
public struct Room: Sendable, Equatable {
    /// As Slack allows it: lower case, digits, `-` and `_`, at most 80 characters.
    public var name: String
    public var topic: String
    /// Member ids.
    public var invite: [String]
    /// The incident is closed: the channel is archived after this message.
    public var isOver: Bool

    public init(name: String, topic: String, invite: [String] = [], isOver: Bool = false) {
        self.name = name
        self.topic = topic
        self.invite = invite
        self.isOver = isOver
    }
}
