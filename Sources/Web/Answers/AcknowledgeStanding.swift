// What a token that acknowledges leads to at a moment, and what pressing it does. The link, the button in Slack and nothing else
// come here.

import Cryptography
import Foundation
import Incidents
import JSON
import Ledger
import Router

/// How a token stands.
enum AcknowledgeStanding: Sendable {
    /// It was not made here, or is for something else.
    case forged
    case expired(Links.Acknowledge)
    case used(Links.Acknowledge, Incident?)
    /// Its incident is not in the ledger any more.
    case gone(Links.Acknowledge)
    /// Resolved, or closed.
    case over(Links.Acknowledge, Incident)
    /// Somebody has it.
    case taken(Links.Acknowledge, Incident)
    case waits(Links.Acknowledge, Incident)

    /// In a word, for the log.
    var word: String {
        switch self {
        case .forged: "it was not made here"
        case .expired: "it has expired"
        case .used: "it has been used"
        case .gone: "its incident is not known any more"
        case .over: "the incident is over"
        case .taken: "somebody has the incident"
        case .waits: "nothing"
        }
    }
}

extension AnswerDesk {
    /// The event of a token: one and the same, however it comes back.
    static func acknowledgementID(_ token: String) -> String { "a-" + SHA256.hex(Array(token.utf8)).prefix(32) }

    func standing(of token: String) async throws -> AcknowledgeStanding {
        guard case .acknowledge(let deed)? = setup.links.deed(token) else { return .forged }
        let id = Self.acknowledgementID(token)
        let incident = try await house.ledger.incident(deed.incident)
        var isUsed = hasSeen(id)
        if !isUsed { isUsed = try await house.ledger.knows(event: id, source: Self.source) }
        if isUsed { return .used(deed, incident) }
        if deed.expires <= now { return .expired(deed) }
        guard let incident else { return .gone(deed) }
        if !incident.isOpen { return .over(deed, incident) }
        return incident.acknowledged ? .taken(deed, incident) : .waits(deed, incident)
    }

    /// Acknowledges by a token that waits.
    ///
    /// - Returns: false where it was used meanwhile.
    func acknowledge(_ deed: Links.Acknowledge, token: String, by: String, means: String) async throws -> Bool {
        let answer: JSONValue = ["by": .string(means), "delivery": .string(String(deed.delivery))]
        return try await dropOnce(
            Self.acknowledgement(of: deed.incident, by: by, answer: answer), id: Self.acknowledgementID(token))
    }

    static func acknowledgement(of incident: String, by: String, answer: JSONValue) -> JSONValue {
        [
            "type": .string(EventType.acknowledgement.rawValue), "incident": ["id": .string(incident)], "change": ["by": .string(by)],
            "answer": answer,
        ]
    }

    /// As people know somebody: by the display name, where they are in `people`.
    func displayName(_ name: String) -> String { configuration.table.directory.people[name]?.displayName ?? name }

    /// Who has an incident; nil where nobody said.
    func holder(of incident: Incident?) -> String? { incident?.acknowledgedBy.map(displayName) }
}
