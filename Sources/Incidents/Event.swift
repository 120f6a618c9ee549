// One thing that happened, checked: what is inside can be relied on.

import Foundation
import JSON

/// What an event says has changed. Texts are as written; severities and statuses among them are checked.
public struct Change: Sendable, Equatable {
    public var field: String?
    public var from: String?
    public var to: String?
    public var reason: String?
    public var by: String?

    public init(field: String? = nil, from: String? = nil, to: String? = nil, reason: String? = nil, by: String? = nil) {
        self.field = field
        self.from = from
        self.to = to
        self.reason = reason
        self.by = by
    }
}

/// What an event says about its incident: only the members that are present; `null` clears.
public struct IncidentPatch: Sendable, Equatable {
    public var id: String
    /// Everything but `id`. Severities are canonical names, statuses canonical words, times RFC 3339 in UTC.
    public var members: [String: JSONValue]

    public init(id: String, members: [String: JSONValue] = [:]) {
        self.id = id
        self.members = members
    }
}

/// One checked event.
public struct Event: Sendable, Equatable {
    /// Unique for its source: the producer's, or made from the content.
    public var id: String
    public var source: String
    public var type: EventType
    public var time: Date
    /// The producer gave the time; false where it is the file's.
    public var timeIsExplicit: Bool
    public var incident: IncidentPatch?
    public var change: Change
    public var message: String?
    /// The member named like the type, of a broadcast, approval, subscription, silence or absence.
    public var payload: [String: JSONValue]?
    /// The whole document as it was dropped (of a CloudEvents envelope: what was in it), unknown members included.
    public var document: JSONValue
    /// What the clock raised it for; nil for everybody else's events. Only known while the event is being accepted.
    public var raised: Raised?

    public init(
        id: String, source: String, type: EventType, time: Date, timeIsExplicit: Bool = true, incident: IncidentPatch? = nil,
        change: Change = Change(), message: String? = nil, payload: [String: JSONValue]? = nil, document: JSONValue = .object([:]),
        raised: Raised? = nil
    ) {
        self.id = id
        self.source = source
        self.type = type
        self.time = time
        self.timeIsExplicit = timeIsExplicit
        self.incident = incident
        self.change = change
        self.message = message
        self.payload = payload
        self.document = document
        self.raised = raised
    }

    /// The template where no route names one: the broadcast's own, or the type's.
    public var templateName: String {
        guard type == .broadcast, let name = payload?["template"]?.string, !name.isEmpty else { return type.rawValue }
        return name
    }

    /// The source where the event names none.
    public static let unnamedSource = "unknown"
    /// The source of what Tocsin raises itself.
    public static let ownSource = "tocsin"
}
