// What an event may say, and the states of an incident.

/// The kinds of event.
public enum EventType: String, Sendable, CaseIterable {
    case escalation
    case statusChange = "status_change"
    case severityChange = "severity_change"
    case assignment
    case acknowledgement
    case update
    case broadcast
    case approval
    case subscription
    case silence
    case absence
    case slaWarning = "sla_warning"
    case slaBreach = "sla_breach"
    case reminder
    case statusReport = "status_report"
    case operations

    /// Made by Tocsin itself; a producer's are rejected.
    public var isReserved: Bool {
        switch self {
        case .slaWarning, .slaBreach, .reminder, .statusReport, .operations: true
        default: false
        }
    }

    /// With its article, for the middle of a sentence: ``an `update` ``. An SLA is spelt out, and begins with an `e` to the ear.
    public var phrase: String {
        let isVowel = rawValue.first.map("aeiou".contains) ?? false
        return "\(isVowel || self == .slaWarning || self == .slaBreach ? "an" : "a") `\(rawValue)`"
    }

    /// Whether the event must name an incident.
    public var needsIncident: Bool {
        switch self {
        case .broadcast, .approval, .subscription, .silence, .absence, .operations: false
        default: true
        }
    }

    /// The member that carries what this kind of event says, where it has one of its own.
    public var payloadMember: String? {
        switch self {
        case .broadcast, .approval, .subscription, .silence, .absence: rawValue
        default: nil
        }
    }
}

/// The status of an incident.
public enum IncidentStatus: String, Sendable, CaseIterable {
    case open
    case acknowledged
    case inProgress = "in_progress"
    case escalated
    case onHold = "on_hold"
    case resolved
    case closed

    /// The status that a word means, without regard to case; `in progress` and `in-progress` are understood as well.
    public init?(word: String) {
        // Nearly always the word is the canonical one.
        if let status = IncidentStatus(rawValue: word) {
            self = status
            return
        }
        self.init(rawValue: word.lowercased().replacing(" ", with: "_").replacing("-", with: "_"))
    }

    /// The incident is over.
    public var isEnded: Bool { self == .resolved || self == .closed }

    /// Somebody has it, by saying so with the status (interfaces, section 8).
    public var acknowledges: Bool { self == .acknowledged || self == .inProgress }
}
