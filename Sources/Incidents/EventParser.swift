// JSON in, a checked event out. Everything that enters goes through here: dropped files, commands, scenarios.

import Cryptography
import Foundation
import JSON

/// Where a document came from: it stands in for the members that the document lacks.
public struct EventOrigin: Sendable, Equatable {
    /// The file's name, without its directory.
    public var file: String
    /// The file's modification time, within the bounds of `Timestamp`: a file can have any.
    public private(set) var modified: Date
    /// Bytes.
    public var size: Int
    /// The line within an `.ndjson` file, from 1.
    public var line: Int?

    public init(file: String, modified: Date, size: Int, line: Int? = nil) {
        self.file = file
        self.modified = Timestamp.bounded(modified)
        self.size = size
        self.line = line
    }
}

/// Reads and checks events (interfaces, section 2).
public struct EventParser: Sendable {
    public let scale: SeverityScale
    /// Tocsin's own events may have the reserved types.
    public let allowsReservedTypes: Bool

    public init(scale: SeverityScale, allowsReservedTypes: Bool = false) {
        self.scale = scale
        self.allowsReservedTypes = allowsReservedTypes
    }

    /// The deepest nesting of a document.
    public static let maximumDepth = 64
    /// The longest `id` of an event or incident, in characters.
    public static let maximumIDLength = 200

    /// Parses the bytes of one event.
    public func parse(_ bytes: [UInt8], origin: EventOrigin) throws(Rejection) -> Event {
        let document: JSONValue
        do {
            document = try JSONValue.parse(bytes: bytes, maximumDepth: Self.maximumDepth)
        } catch {
            throw Rejection(error)
        }
        return try event(from: document, origin: origin)
    }

    /// Checks a parsed document.
    public func event(from document: JSONValue, origin: EventOrigin) throws(Rejection) -> Event {
        let root = try Members(document, at: "")
        let isEnvelope = root.members["specversion"] != nil
        let (body, at) = isEnvelope ? try unwrap(root) : (root, "")
        let type = try type(in: isEnvelope ? root : body, envelope: isEnvelope)

        let id = try root.text("id", limit: Self.maximumIDLength, single: true)
        if let id, id.isEmpty { throw Rejection(.wrongType, "`id` is empty; leave it out, or give each event its own", pointer: "/id") }
        let source = try root.text("source", limit: Self.maximumIDLength, single: true)
        let explicitTime = try root.time("time")

        let change = try change(in: body)
        var patch = try incident(in: body, type: type)
        let settled = try settle(change, type: type, patch: &patch, at: at)
        let message = try body.text("message")
        var payload = try payload(of: type, in: body, at: explicitTime ?? origin.modified)
        try require(type, patch: patch, change: settled, message: message, at: at)

        let known = id ?? Self.mintedID(document, origin: explicitTime == nil ? origin : nil)
        if type == .silence || type == .subscription { name(&payload, known) }
        return Event(
            id: known,
            source: source ?? Event.unnamedSource, type: type, time: explicitTime ?? origin.modified,
            timeIsExplicit: explicitTime != nil, incident: patch, change: settled, message: message, payload: payload,
            document: isEnvelope ? Self.flattened(root, body) : document)
    }

    /// A CloudEvents 1.0 envelope holds the event in `data`.
    private func unwrap(_ root: Members) throws(Rejection) -> (Members, String) {
        guard let version = try root.text("specversion"), version == "1.0" else {
            throw Rejection(.wrongType, "only CloudEvents 1.0 is understood; `specversion` must be \"1.0\"", pointer: "/specversion")
        }
        for name in ["id", "source"] where try root.text(name)?.isEmpty ?? true {
            throw Rejection(.missingMember, "a CloudEvents envelope needs `\(name)`", pointer: "/\(name)")
        }
        if root.members["data_base64"] != nil {
            throw Rejection(.wrongType, "`data_base64` is not read; put the event into `data` as JSON", pointer: "/data_base64")
        }
        guard let data = root.members["data"] else {
            throw Rejection(.missingMember, "a CloudEvents envelope holds the event in `data`", pointer: "/data")
        }
        return (try Members(data, at: "/data"), "/data")
    }

    private func type(in body: Members, envelope: Bool) throws(Rejection) -> EventType {
        let pointer = body.pointer("type")
        guard var word = try body.text("type") else {
            throw Rejection(.missingMember, "every event needs `type`, for instance \"escalation\" or \"update\"", pointer: pointer)
        }
        if envelope, word.lowercased().hasPrefix("tocsin.") { word = String(word.dropFirst("tocsin.".count)) }
        guard let type = EventType(rawValue: word.lowercased()) else {
            let known = EventType.allCases.filter { !$0.isReserved }.map(\.rawValue)
            throw Rejection(
                .unknownType,
                "unknown type `\(excerpt(word))`\(Suggestion.clause(for: word, among: known)) (known: \(known.joined(separator: ", ")))",
                pointer: pointer)
        }
        if type.isReserved, !allowsReservedTypes {
            throw Rejection(
                .reservedType, "`\(type.rawValue)` events are made by Tocsin itself; use `update` or `escalation`", pointer: pointer)
        }
        return type
    }

    private func change(in body: Members) throws(Rejection) -> Change {
        guard let member = body.members["change"], !member.isNull else { return Change() }
        let change = try Members(member, at: body.pointer("change"))
        return Change(
            field: try change.text("field"), from: try change.scalar("from"), to: try change.scalar("to"),
            reason: try change.text("reason"),
            by: try change.text("by"))
    }

    private func incident(in body: Members, type: EventType) throws(Rejection) -> IncidentPatch? {
        // An approval, a subscription, a silence or an absence is about no incident, and moves none.
        if type.payloadMember != nil, type != .broadcast { return nil }
        guard let member = body.members["incident"], !member.isNull else {
            if !type.needsIncident { return nil }
            throw Rejection(.missingMember, "\(type.phrase) event needs `incident` with an `id`", pointer: body.pointer("incident"))
        }
        let incident = try Members(member, at: body.pointer("incident"))
        guard let id = try incident.text("id", limit: Self.maximumIDLength, single: true), !id.isEmpty else {
            if !type.needsIncident { return nil }
            throw Rejection(.missingMember, "`incident` needs an `id`, for instance \"INC0012345\"", pointer: incident.pointer("id"))
        }
        var patch = IncidentPatch(id: id, members: incident.members)
        patch.members["id"] = nil
        for name in Self.texts where patch.members[name] != nil { _ = try incident.text(name) }
        for name in Self.times where patch.members[name] != nil {
            if let time = try incident.time(name) { patch.members[name] = .string(Timestamp.format(time)) }
        }
        if let word = try incident.text("severity") {
            patch.members["severity"] = .string(try severity(word, at: incident.pointer("severity")))
        }
        if let word = try incident.text("status") {
            patch.members["status"] = .string(try status(word, at: incident.pointer("status")))
        }
        if let labels = patch.members["labels"], !labels.isNull {
            let labels = try Members(labels, at: incident.pointer("labels"))
            for name in labels.members.keys.sorted() { _ = try labels.scalar(name) }
        }
        return patch
    }

    /// `change` names the new value of a member: it is checked, brought to its canonical form, and wins over what the
    /// incident's members say, which may still show the state before.
    private func settle(
        _ change: Change, type: EventType, patch: inout IncidentPatch?, at: String
    ) throws(Rejection) -> Change {
        var change = change
        let implied: String? =
            switch type {
            case .statusChange: "status"
            case .severityChange: "severity"
            default: nil
            }
        // What a producer calls the field of a status or severity change (`state`, `priority`) is its own affair.
        let named = change.field.map { $0.lowercased() }.flatMap { Self.changeable.contains($0) ? $0 : nil }
        guard let field = named ?? implied else { return change }
        if named != nil { change.field = named }
        if let to = change.to {
            if field == "severity" { change.to = try severity(to, at: at + "/change/to") }
            if field == "status" { change.to = try status(to, at: at + "/change/to") }
            if type.needsIncident { patch?.members[field] = change.to.map(JSONValue.string) }
        }
        if let from = change.from {
            if field == "severity" { change.from = scale.severity(from)?.name ?? from }
            if field == "status" { change.from = IncidentStatus(word: from)?.rawValue ?? from }
        }
        return change
    }

    private func severity(_ word: String, at pointer: String) throws(Rejection) -> String {
        if let severity = scale.severity(word) { return severity.name }
        let known = scale.steps.flatMap { [$0.name] + $0.aliases }
        throw Rejection(
            .unknownSeverity,
            "unknown severity `\(excerpt(word))`\(Suggestion.clause(for: word, among: known)) (known: \(known.joined(separator: ", ")))",
            pointer: pointer)
    }

    private func status(_ word: String, at pointer: String) throws(Rejection) -> String {
        if let status = IncidentStatus(word: word) { return status.rawValue }
        let known = IncidentStatus.allCases.map(\.rawValue)
        throw Rejection(
            .unknownStatus,
            "unknown status `\(excerpt(word))`\(Suggestion.clause(for: word, among: known)) (known: \(known.joined(separator: ", ")))",
            pointer: pointer)
    }

    private func require(
        _ type: EventType, patch: IncidentPatch?, change: Change, message: String?, at: String
    ) throws(Rejection) {
        func has(_ member: String) -> Bool { patch?.members[member]?.string.map { !$0.isEmpty } ?? false }
        switch type {
        case .statusChange where !has("status"):
            throw Rejection(.missingMember, "a `status_change` needs `incident.status` or `change.to`", pointer: at + "/incident/status")
        case .severityChange where !has("severity"):
            throw Rejection(
                .missingMember, "a `severity_change` needs `incident.severity` or `change.to`", pointer: at + "/incident/severity")
        case .assignment where !has("team") && !has("assignee") && !has("communication_lead"):
            throw Rejection(
                .missingMember, "an `assignment` needs `incident.team` or `incident.assignee`, or `change` with `field` and `to`",
                pointer: at + "/incident/assignee")
        case .acknowledgement where change.by?.isEmpty ?? true:
            throw Rejection(.missingMember, "an `acknowledgement` needs `change.by`: who has it", pointer: at + "/change/by")
        case .update where message?.isEmpty ?? true:
            throw Rejection(.missingMember, "an `update` needs `message`: what is worth telling", pointer: at + "/message")
        default: return
        }
    }

    private static let texts = [
        "title", "description", "service", "category", "impact", "next_steps", "root_cause", "resolution", "url", "runbook", "team",
        "assignee", "reporter", "communication_lead",
    ]
    private static let times = ["opened_at", "eta", "next_update_at"]
    /// The members of an incident that Tocsin knows.
    static let known = Set(texts + times + ["severity", "status", "labels"])
    private static let changeable: Set<String> = ["status", "severity", "team", "assignee", "communication_lead"]

    /// Identity without an `id`: the content, and where it has no time of its own, also the file.
    private static func mintedID(_ document: JSONValue, origin: EventOrigin?) -> String {
        var identity = document.canonicalBytes
        if let origin {
            identity +=
                "\0\(origin.file)\0\(Timestamp.microseconds(origin.modified))\0\(origin.size)\0\(origin.line.map(String.init) ?? "")".utf8
        }
        return "content-" + SHA256.hex(identity).prefix(40)
    }

    /// The event as if it had come without its envelope.
    private static func flattened(_ root: Members, _ body: Members) -> JSONValue {
        var members = body.members
        for (name, value) in root.members where name != "data" { members[name] = value }
        return .object(members)
    }
}
