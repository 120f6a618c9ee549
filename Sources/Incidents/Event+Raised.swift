// The clock's own events: what they are called, and how they are made. They are like any other event, with a document
// of their own, so that the ledger, templates and `explain` need not tell them apart. Their ids say what was raised and
// since when, and so are the same however often they are made.

import Cryptography
import Foundation
import JSON

extension Raised {
    /// The type of the event.
    public var type: EventType {
        switch self {
        case .warning, .missedWarning: .slaWarning
        case .breach: .slaBreach
        case .step: .escalation
        case .report: .statusReport
        case .unanswered, .gapIgnored: .operations
        case .gap, .again, .flapping, .calm, .stillOpen, .silenceEnding, .silenceEnded, .handover, .broadcastOver, .heartbeat: .reminder
        case .lead, .response: .assignment
        case .approvalWanted: .approval
        case .addressLost, .neglected: .operations
        }
    }

    /// `change.field` of the event.
    public var field: String? {
        switch self {
        case .warning(let target), .missedWarning(let target), .breach(let target): target.rawValue
        case .step: "level"
        case .unanswered: "escalation"
        case .gap, .gapIgnored: "update"
        case .report: nil
        case .again: "repeat"
        case .flapping: "flapping"
        case .calm: "calm"
        case .stillOpen: "still_open"
        case .silenceEnding, .silenceEnded: "silence"
        case .lead: "communication_lead"
        // What it gave: the event says.
        case .response: nil
        case .handover: "rotation"
        case .approvalWanted, .broadcastOver: "broadcast"
        case .addressLost: "address"
        case .heartbeat: "heartbeat"
        case .neglected: "neglected"
        }
    }
}

extension Event {
    /// An event of the clock's.
    ///
    /// - Parameters:
    ///   - id: what it is known by, part by part; see `ownID`.
    ///   - time: when it fell due.
    ///   - incident: its id, where it is about one.
    ///   - members: what it says of the incident.
    ///   - change: `field` is `raised.field` where there is one, whatever it says.
    ///   - extra: further members of the document, for templates.
    public static func raised(
        _ raised: Raised, id: [String], time: Date, incident: String?, members: [String: JSONValue] = [:], change: Change = Change(),
        message: String? = nil, extra: [String: JSONValue] = [:]
    ) -> Event {
        var change = change
        change.field = raised.field ?? change.field
        let id = ownID(id)
        var document = extra
        document["id"] = .string(id)
        document["type"] = .string(raised.type.rawValue)
        document["source"] = .string(ownSource)
        document["time"] = .string(Timestamp.format(time))
        if let incident { document["incident"] = .object(members.merging(["id": .string(incident)]) { $1 }) }
        let told = change.document
        if !told.isEmpty { document["change"] = .object(told) }
        if let message { document["message"] = .string(message) }
        return Event(
            id: id, source: ownSource, type: raised.type, time: time, timeIsExplicit: false,
            incident: incident.map { IncidentPatch(id: $0, members: members) }, change: change, message: message,
            document: .object(document), raised: raised)
    }

    /// The parts, one after the other; what would be too long for an id is cut, and told apart by a digest of the whole.
    public static func ownID(_ parts: [String]) -> String {
        let id = parts.joined(separator: "/")
        guard id.unicodeScalars.count > EventParser.maximumIDLength else { return id }
        let digest = SHA256.hex(Array(id.utf8)).prefix(32)
        let kept = String.UnicodeScalarView(id.unicodeScalars.prefix(EventParser.maximumIDLength - digest.count - 1))
        return "\(String(kept))/\(digest)"
    }
}

extension Change {
    /// The members that are there, as in an event.
    var document: [String: JSONValue] {
        let all = ["field": field, "from": from, "to": to, "reason": reason, "by": by]
        return all.compactMapValues { $0.map(JSONValue.string) }
    }
}
