// What a template can speak of.

import Foundation
import Incidents
import JSON

/// The facts behind one message.
public struct RenderRequest: Sendable {
    public var kind: ChannelKind
    /// The template's name; where there is none of that name: the event's type, then `default`.
    public var template: String
    /// For instance `de`; templates in `NAME/LANGUAGE/` are preferred.
    public var language: String?
    /// IANA name, for times in texts.
    public var timezone: String
    public var event: Event
    /// As it was right after the event.
    public var incident: Incident?
    public var severity: Severity?
    /// The value before, of what the event changed.
    public var previous: String?
    public var reopens: Bool
    /// The reader's name in routes.yaml, where it is one person: what concerns them says "you".
    public var person: String?
    /// What an assignment gave the reader: `assignee`, `team`, `communication_lead` or another role; nil: nothing, or not known.
    public var given: String?
    /// The display name of a person of routes.yaml, by whatever word the data names them; nil: it names nobody there.
    public var displayName: @Sendable (String) -> String? = { _ in nil }
    /// The time zone is the reader's own, not only the router's: times may be called "your time".
    public var isReadersZone = false
    /// A person's display name, a channel's name, or an address.
    public var recipient: String
    public var routes: [String]
    /// The delivery's id, for people to quote.
    public var delivery: String
    public var channel: String
    public var now: Date
    /// SMS: the most segments.
    public var maximumSegments: Int
    /// The severity before, where the event changed it and the scale still has it: it tells "raised" from "lowered".
    public var previousSeverity: Severity?
    /// Events older than this, in seconds, are marked as late (`router.late_after`).
    public var lateAfter: TimeInterval
    /// How many earlier messages of the conversation this one stands for, since they waited too long; 0 normally.
    public var replaces: Int
    /// The events of those, oldest first: their texts are shown beside this one's.
    public var earlier: [Event]
    /// The channel that could not deliver this message, so that this one does.
    public var insteadOf: String?
    /// What happened while the message waited, as a sentence.
    public var meanwhile: String?
    /// The incident's end, where it came while the message waited: said in the reader's language.
    public var endedMeanwhile: (status: IncidentStatus, at: Date)?
    /// The promises of the incident as they stand now; nil where there are none.
    public var sla: SLAClocks?
    /// What was held and comes with this message. Of a digest (origin or template `digest`), all that it says; the event is
    /// the newest of them. In any order: it is read open ones first, most urgent and newest first.
    public var digest: [DigestItem]
    /// Why this message was made, where no route asked for it: `Origin`'s word (`step`, `owed`, `still_open`, `report`, …).
    public var origin: String?
    /// The scale, which orders a digest.
    public var severities: SeverityScale
    /// How to stop such messages; nil where there is nothing to leave.
    public var leaving: Leaving?
    /// How to acknowledge the incident; nil where nothing waits for that, or only a command does it.
    public var acknowledging: Acknowledging?
    /// Of a message that asks for a confirmation: what the reader feeds back, and a link that does so.
    public var confirmation: (code: String, url: String?)?
    /// Of a broadcast that corrects another.
    public var correction: Correction?

    public init(
        kind: ChannelKind, template: String, language: String? = nil, timezone: String = "UTC", event: Event, incident: Incident?,
        severity: Severity?, previous: String? = nil, reopens: Bool = false, recipient: String, routes: [String], delivery: String,
        channel: String, now: Date, maximumSegments: Int = 3, previousSeverity: Severity? = nil, lateAfter: TimeInterval = 3_600,
        replaces: Int = 0, earlier: [Event] = [], insteadOf: String? = nil, meanwhile: String? = nil,
        sla: SLAClocks? = nil, digest: [DigestItem] = [], origin: String? = nil,
        severities: SeverityScale = .standard
    ) {
        self.kind = kind
        self.template = template
        self.language = language
        self.timezone = timezone
        self.event = event
        self.incident = incident
        self.severity = severity
        self.previous = previous
        self.reopens = reopens
        self.recipient = recipient
        self.routes = routes
        self.delivery = delivery
        self.channel = channel
        self.now = now
        self.maximumSegments = maximumSegments
        self.previousSeverity = previousSeverity
        self.lateAfter = lateAfter
        self.replaces = replaces
        self.earlier = earlier
        self.insteadOf = insteadOf
        self.meanwhile = meanwhile
        self.sla = sla
        self.digest = digest
        self.origin = origin
        self.severities = severities
    }
}
