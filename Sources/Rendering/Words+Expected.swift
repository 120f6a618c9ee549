// What is expected of the reader: one line, with the command where there is one.

import Incidents

extension Words {
    /// - Parameter isShort: for short messages, without the longer commands.
    static func expected(_ facts: Facts, isShort: Bool = false) -> String {
        if facts.isDigest { return facts.digest.map(digestExpected) ?? nothingToDo }
        if let expected = clockExpected(facts, isShort: isShort) { return expected }
        let command = facts.quotedID
        switch facts.request.event.type {
        case .operations:
            return facts.isTest ? "Nothing to do: if you can read this, the channel works." : "Look at: tocsin status"
        case .subscription, .silence, .absence: return nothingToDo
        case .approval:
            guard facts.payload("decision") == nil, let id = facts.payload("broadcast").flatMap(Facts.quoted) else { return nothingToDo }
            return "Approve: tocsin approve \(id)"
        case .broadcast, .statusReport: return "Nothing to do: for your information."
        default: break
        }
        guard let incident = facts.request.incident, incident.isOpen else { return nothingToDo }
        if facts.status == .onHold { return "Nothing to do for now." }
        if facts.isAcknowledged {
            return facts.holder.map { "Nothing to do: \($0) has it." } ?? "Nothing to do: somebody has it."
        }
        if facts.request.event.type == .update { return "Nothing to do: for your information." }
        return command.map { "Acknowledge: tocsin ack \($0)" } ?? "Acknowledge it."
    }
}
