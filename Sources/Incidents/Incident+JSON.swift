// An incident as JSON: how the ledger keeps it.

import Foundation
import JSON

extension Incident {
    /// The whole state, as the ledger keeps it.
    public var json: JSONValue {
        var state: [String: JSONValue] = [
            "id": .string(id), "members": .object(members), "acknowledged": .bool(acknowledged), "reopened": .bool(reopened),
            "level": .integer(level), "first_seen": Self.number(firstSeen), "updated": Self.number(updated),
        ]
        if let acknowledgedBy { state["acknowledged_by"] = .string(acknowledgedBy) }
        if !said.isEmpty { state["said"] = .object(said.mapValues { .object($0.mapValues(Self.number)) }) }
        if let course = course.json(beside: Course(presumedOf: self)) { state["course"] = course }
        if let alarm { state["alarm"] = Self.number(alarm) }
        return .object(state)
    }

    /// The state that `json` wrote; nil where it is something else.
    public init?(json: JSONValue) {
        guard let id = json["id"]?.string, let members = json["members"]?.object, let firstSeen = Self.date(json["first_seen"])
        else { return nil }
        self.init(id: id, firstSeen: firstSeen)
        self.members = members
        acknowledged = json["acknowledged"]?.bool ?? false
        acknowledgedBy = json["acknowledged_by"]?.string
        reopened = json["reopened"]?.bool ?? false
        level = json["level"]?.integer ?? 0
        updated = Self.date(json["updated"]) ?? firstSeen
        said = (json["said"]?.object ?? [:]).mapValues { ($0.object ?? [:]).compactMapValues { Self.date($0) } }
        course = Course(presumedOf: self)
        if let written = json["course"] { course = Course(written, beside: course) }
        alarm = Self.date(json["alarm"])
    }

    /// Microseconds since 1970: exact, and shorter than a text.
    static func number(_ date: Date) -> JSONValue { .integer(Timestamp.microseconds(date)) }

    static func date(_ value: JSONValue?) -> Date? {
        value?.integer.map { Date(timeIntervalSince1970: Double($0) / 1_000_000) }
    }
}
