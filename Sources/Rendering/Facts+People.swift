// Who the reader is to what is said.

import Foundation
import Incidents
import JSON

extension Facts {
    /// The reader's part in an assignment.
    enum Part: Equatable {
        /// They have it now, as `assignee`, `team`, `communication_lead` or in another role.
        case new(String)
        /// It is not theirs any more.
        case old
    }

    /// The reader is one person, of routes.yaml.
    var isPersonal: Bool { request.person != nil }

    /// A name in the data means the reader.
    func isReader(_ name: String?) -> Bool {
        guard let name, let person = request.person else { return false }
        return name.caseInsensitiveCompare(line(person)) == .orderedSame
    }

    /// Nil where it is about others, or no assignment.
    var part: Part? {
        guard request.event.type == .assignment else { return nil }
        if let given = request.given { return .new(given) }
        let named = request.event.change
        if isReader(named.to) { return .new(change.field ?? "assignee") }
        if isReader(named.from) { return .old }
        // What the one who directed it to them has called it.
        if request.routes.contains(where: { $0.hasSuffix(".new") }) { return .new(change.field ?? "assignee") }
        if request.routes.contains(where: { $0.hasSuffix(".old") }) { return .old }
        return nil
    }

    /// The incident itself is the reader's now: not only their team's, nor only a part in it.
    var isTheirs: Bool { part == .new("assignee") }

    var hasItNow: Bool { if case .new = part { true } else { false } }

    /// How people call somebody: the display name, where the data names a person of routes.yaml.
    func who(_ name: String?) -> String? {
        guard let name else { return nil }
        let shown = line(request.displayName(name) ?? name)
        return shown.isEmpty ? nil : shown
    }

    func who(_ value: JSONValue?) -> String? { who(value?.scalarText) }

    /// A member of the data with the people in it called by their names.
    func named(_ value: JSONValue?) -> JSONValue? {
        guard var members = value?.object else { return value }
        for member in Self.people { if let name = members[member]?.string.flatMap(request.displayName) { members[member] = .string(name) } }
        return .object(members)
    }

    /// Members that name a person.
    static let people = ["by", "who", "deputy"]

    var severityName: String? {
        (request.severity?.name ?? request.incident?.text("severity")).map(name).flatMap { $0.isEmpty ? nil : $0 }
    }

    /// What the ready-made templates of broadcasts are called.
    static let stages: Set<String> = ["investigating", "identified", "monitoring", "resolved", "maintenance", "correction"]

    /// The ready-made template that a broadcast uses.
    var stage: String? {
        request.event.type == .broadcast && Self.stages.contains(request.template) ? request.template : nil
    }

    /// `INC1 Payments API failing: critical, open`, of a hand-over.
    var openIncidents: [String] {
        let incidents = request.event.document["incidents"]?.array ?? []
        return incidents.prefix(50).compactMap { one in
            guard let id = one["id"]?.string.map(name), !id.isEmpty else { return nil }
            let status = one["status"]?.string.flatMap(IncidentStatus.init(word:)).map { Words.status($0, phrases) }
            let title = line(one["title"]).map { Shortening.cut($0, to: request.kind == .sms ? 30 : 120) }
            return phrases.say(
                .openIncident, (.id, id), (.title, title), (.severity, one["severity"]?.string.map(name)), (.state, status))
        }
    }

    /// A member of the broadcast that an event of Tocsin's speaks of (`id`, `by`, `subject`, `count`, `audience`).
    func raisedBroadcast(_ name: String) -> String? {
        if name == "id", let id = payload("broadcast") { return id }
        guard let value = raisedMember(name) else { return name == "id" ? raisedID : nil }
        if let list = value.array {
            let names = list.prefix(20).compactMap { who($0) }
            return names.isEmpty ? nil : names.joined(separator: ", ")
        }
        return Self.people.contains(name) ? who(value) : line(value)
    }

    /// The broadcast's own text.
    var raisedText: String? {
        raisedMember("message")?.string.map { block($0) }.flatMap { $0.isEmpty ? nil : $0 }
    }

    private var raisedID: String? {
        let document = request.event.document
        return line(document["approval"]?["broadcast"] ?? document["broadcast"] ?? .null)
    }

    private func raisedMember(_ name: String) -> JSONValue? {
        let document = request.event.document
        if name != "id" || document["broadcast"]?.object != nil, let value = document["broadcast"]?[name] { return value }
        if name == "id" { return nil }
        return document["approval"]?[name] ?? document[name]
    }

    /// What somebody wants to hear of: `service pay*, severity >=high`.
    var wish: String {
        let match = request.event.payload?["match"]?.object ?? [:]
        let parts = match.keys.sorted().prefix(10).compactMap { key -> String? in
            let value = match[key]
            let words = value?.array.map { $0.prefix(10).compactMap { self.line($0) }.joined(separator: ", ") } ?? self.line(value)
            return words.map { "\(self.line(key)) \($0)" }
        }
        return parts.isEmpty ? phrases.say(.incidentsInGeneral) : parts.joined(separator: ", ")
    }

    /// An event that says that an address is not written to any more.
    var isLostAddress: Bool { isOwn && request.event.type == .operations && change.field == "address" }

    var lostAddress: String? { line(request.event.document["address"]) ?? change.from ?? change.to }

    /// What is to be done first, of an incident that was assigned.
    var checklist: [String] {
        guard request.event.type == .assignment, part != .old, isOwn || hasItNow else { return [] }
        return (request.incident?.members["checklist"]?.array ?? []).prefix(20).compactMap { line($0) }
    }
}
