// Between an event and its row. `checked` holds only what the parser made of the document where that differs from the
// document itself: the scale of severities may have changed since, so that reading it again could give something else.

import Foundation
import GRDB
import Incidents
import JSON

extension StoredEvent {
    static let columns = """
        e.sequence, e.source, e.id, e.type, e.time, e.time_explicit, e.incident, e.document, e.checked, e.incident_after, \
        e.severity, e.previous, e.reopens, e.received_at
        """

    convenience init(_ row: some StoredRow) throws {
        let type = try row.need(row.text(3).flatMap(EventType.init(rawValue:)), "the type of an event")
        var event = Event(
            id: try row.need(row.text(2), "the id of an event"), source: try row.need(row.text(1), "the source of an event"), type: type,
            time: try row.need(row.date(4), "the time of an event"), timeIsExplicit: row.flag(5),
            document: try row.need(try row.storedJSON(7), "the document of an event"))
        event.restore(CheckedParts(json: try row.storedJSON(8) ?? .null), incident: row.text(6))
        self.init(
            sequence: try row.need(row.int64(0), "the sequence of an event"), event: event,
            incident: try row.storedJSON(9).map { try row.need(Incident(json: $0), "the incident after an event") },
            severity: row.text(10), previous: row.text(11), reopens: row.flag(12),
            receivedAt: try row.need(row.date(13), "the arrival of an event"))
    }
}

extension StoredRow {
    /// JSON that this program wrote.
    func storedJSON(_ index: Int) throws -> JSONValue? {
        do {
            return try json(index)
        } catch {
            throw RowFault(what: "a column that is not JSON")
        }
    }
}

/// The parts of an event that its document alone does not give.
struct CheckedParts {
    var json: JSONValue

    init(json: JSONValue) { self.json = json }

    /// - Returns: nil where the document says it all.
    init?(of event: Event) {
        let plain = Plain(event)
        var parts: [String: JSONValue] = [:]
        if let patch = event.incident {
            let changed = patch.members.filter { plain.members[$0.key] != $0.value }
            let without = plain.members.keys.filter { patch.members[$0] == nil }.sorted()
            if !changed.isEmpty { parts["set"] = .object(changed) }
            if !without.isEmpty { parts["without"] = .array(without.map(JSONValue.string)) }
        }
        if event.change != plain.change { parts["change"] = .object(event.change.members) }
        if event.message != plain.message { parts["message"] = event.message.map(JSONValue.string) ?? .null }
        if event.payload != plain.payload { parts["payload"] = event.payload.map(JSONValue.object) ?? .null }
        if parts.isEmpty { return nil }
        json = .object(parts)
    }
}

/// What a document gives without any checking.
private struct Plain {
    var members: [String: JSONValue]
    var change: Change
    var message: String?
    var payload: [String: JSONValue]?

    init(_ event: Event) {
        members = event.document["incident"]?.object ?? [:]
        members["id"] = nil
        change = Change(event.document["change"])
        message = event.document["message"]?.string
        payload = event.type.payloadMember.flatMap { event.document[$0]?.object }
    }
}

extension Event {
    fileprivate mutating func restore(_ parts: CheckedParts, incident id: String?) {
        let plain = Plain(self)
        if let id {
            var members = plain.members
            for name in parts.json["without"]?.array ?? [] { name.string.map { members[$0] = nil } }
            members.merge(parts.json["set"]?.object ?? [:]) { $1 }
            incident = IncidentPatch(id: id, members: members)
        }
        change = parts.json["change"].map { Change($0) } ?? plain.change
        message = parts.json["message"].map(\.string) ?? plain.message
        payload = parts.json["payload"].map(\.object) ?? plain.payload
    }
}

extension Change {
    fileprivate init(_ json: JSONValue?) {
        self.init(
            field: json?["field"]?.scalarText, from: json?["from"]?.scalarText, to: json?["to"]?.scalarText,
            reason: json?["reason"]?.scalarText, by: json?["by"]?.scalarText)
    }

    fileprivate var members: [String: JSONValue] {
        var members: [String: JSONValue] = [:]
        for (name, value) in [("field", field), ("from", from), ("to", to), ("reason", reason), ("by", by)] {
            members[name] = value.map(JSONValue.string)
        }
        return members
    }
}
