// What can be done about an incident from the page. Each is an event in the queue, like everybody else's.

import Foundation
import Incidents
import JSON
import Ledger
import Routing

/// The forms.
struct IncidentActions {
    let request: PageRequest
    let incident: Incident
    private var words: Words { request.words }

    var html: HTML {
        guard request.mayOperate else { return .empty }
        let path = Page.path("incidents", incident.id)
        var forms: [HTML] = []
        if incident.isOpen, !incident.acknowledged {
            forms.append(
                .panel(
                    "acknowledge",
                    .form(
                        "\(path)/acknowledge", id: "acknowledge", .paragraph(words("act.acknowledge-hint"), class: "hint"),
                        .button(words("act.acknowledge"), tone: .good))))
        }
        if incident.isOpen {
            forms.append(
                .panel(
                    "update",
                    .form(
                        "\(path)/update", id: "update", .area(words("act.message"), name: "message", isRequired: true),
                        .field(words("incident.next-steps"), name: "next_steps"), .button(words("act.update")))))
            forms.append(
                .panel(
                    "severity",
                    .form(
                        "\(path)/severity", id: "severity",
                        .choice(
                            words("incident.severity"), name: "severity",
                            options: request.setup.configuration.scale.steps.map { ($0.name, $0.name) },
                            chosen: request.urgency(of: incident).name),
                        .field(words("act.reason"), name: "reason"), .button(words("act.severity")))))
            forms.append(
                .panel(
                    "silence",
                    .form(
                        "\(path)/silence", id: "silence",
                        .choice(
                            words("act.silence-for"), name: "for",
                            options: SilenceLength.allCases.map { ($0.rawValue, words.amount($0.seconds)) },
                            chosen: SilenceLength.hour.rawValue),
                        .field(words("act.reason"), name: "reason", isRequired: true), .button(words("act.silence")))))
            forms.append(
                .panel(
                    "resolve",
                    .form(
                        "\(path)/resolve", id: "resolve", confirm: words("act.resolve-sure", ["id": incident.id]),
                        .field(words("incident.resolution"), name: "resolution", limit: 10_000), .button(words("act.resolve"), tone: .bad)))
            )
        } else {
            forms.append(
                .panel(
                    "reopen",
                    .form(
                        "\(path)/reopen", id: "reopen", .field(words("act.reason"), name: "reason", isRequired: true),
                        .button(words("act.reopen")))))
        }
        return .section(words("act.title"), id: "actions", .element(.div, [.class: "panels"], all: forms))
    }
}

/// For how long an incident can be silenced from the page.
enum SilenceLength: String, CaseIterable {
    case half = "30m"
    case hour = "1h"
    case four = "4h"
    case day = "1d"

    var seconds: TimeInterval {
        switch self {
        case .half: 1_800
        case .hour: 3_600
        case .four: 14_400
        case .day: 86_400
        }
    }
}

extension HTML {
    /// - Parameter id: what it is known by when the page is brought up to date, so that what was typed in it stays.
    fileprivate static func panel(_ id: String, _ form: HTML) -> HTML { element(.div, [.class: "panel", .id: "panel-\(id)"], form) }
}

/// What the forms do.
enum IncidentForms {
    static func add(to pages: PagesToAdd) {
        pages.form("/incidents/{id}/acknowledge") { form in
            try await form.say("acknowledgement", said: "acknowledged") { incident in
                if incident.acknowledged {
                    throw PageFault(.conflict, form.words("act.has-it", ["who": incident.acknowledgedBy.map(form.person) ?? "–"]))
                }
                return [:]
            }
        }
        pages.form("/incidents/{id}/update") { form in
            guard let message = form.field("message") else { throw PageFault(.badRequest, form.words("act.no-message")) }
            return try await form.say("update", said: "updated", members: ["message": .string(message)]) { _ in
                form.field("next_steps").map { ["next_steps": .string($0)] } ?? [:]
            }
        }
        pages.form("/incidents/{id}/severity") { form in
            try await form.say("severity_change", said: "severity") { _ in ["severity": .string(form.field("severity") ?? "")] }
        }
        pages.form("/incidents/{id}/resolve") { form in
            try await form.say("status_change", said: "resolved") { _ in
                var members: [String: JSONValue] = ["status": "resolved"]
                members["resolution"] = form.field("resolution").map(JSONValue.string)
                return members
            }
        }
        pages.form("/incidents/{id}/reopen") { form in
            try await form.say("status_change", said: "reopened", wantsOpen: false) { _ in ["status": "open"] }
        }
        pages.form("/incidents/{id}/silence") { form in
            guard let length = form.field("for").flatMap(SilenceLength.init), let reason = form.field("reason") else {
                throw PageFault(.badRequest, form.words("act.no-reason"))
            }
            let incident = try await form.incident(wantsOpen: true)
            let silence: JSONValue = [
                "id": .string("s-" + UUID().uuidString.lowercased().prefix(8)), "action": "start", "match": ["id": .string(incident.id)],
                "until": .string(Timestamp.format(form.now.addingTimeInterval(length.seconds))), "reason": .string(reason),
                "by": .string(form.by),
            ]
            return try await form.drop(
                ["type": "silence", "silence": silence], to: Page.path("incidents", incident.id), said: "silenced")
        }
    }
}

extension FormRequest {
    /// The incident of the form's address.
    func incident(wantsOpen: Bool) async throws -> Incident {
        let id = parameter("id")
        guard let incident = try await house.ledger.incident(id) else {
            throw PageFault(.notFound, words("incident.unknown", ["id": String(id.prefix(100))]))
        }
        if incident.isOpen != wantsOpen {
            throw PageFault(.conflict, words(wantsOpen ? "act.is-over" : "act.is-open", ["id": incident.id]))
        }
        return incident
    }

    /// Says something of an incident.
    ///
    /// - Parameter patch: what changes of the incident, by its members.
    fileprivate func say(
        _ type: String, said: String, wantsOpen: Bool = true, members: [String: JSONValue] = [:],
        _ patch: (Incident) throws -> [String: JSONValue]
    ) async throws -> FormOutcome {
        let incident = try await incident(wantsOpen: wantsOpen)
        var change: [String: JSONValue] = ["by": .string(by)]
        change["reason"] = field("reason").map(JSONValue.string)
        let patched = try patch(incident).merging(["id": .string(incident.id)]) { $1 }
        let document = members.merging(["type": .string(type), "change": .object(change), "incident": .object(patched)]) { $1 }
        return try await drop(document, to: Page.path("incidents", incident.id), said: said)
    }

    /// Drops an event into the queue as this user's, checked as the router would; waits a moment for the router to take it, so
    /// that the page that is shown next knows of it.
    ///
    /// - Parameters:
    ///   - document: without `id`, `source` and `time`, which are put in.
    ///   - path: where to go then.
    func drop(_ document: [String: JSONValue], to path: String, said: String) async throws -> FormOutcome {
        let id = UUID().uuidString.lowercased()
        let event = document.merging(
            ["id": .string(id), "source": .string(Self.source), "time": .string(Timestamp.format(now))]) { $1 }
        let checked: JSONValue = .object(event)
        do {
            let bytes = checked.bytes
            _ = try house.setup.value.parser.parse(bytes, origin: EventOrigin(file: "", modified: now, size: bytes.count))
        } catch {
            throw PageFault(.badRequest, error.message)
        }
        try await house.events.drop([checked])
        for _ in 0..<40 {
            if try await house.ledger.digest(source: Self.source, id: id) != nil { return .see(path, said: said) }
            try await Task.sleep(for: .milliseconds(25))
        }
        return .see(path, said: "queued")
    }

    /// The source of what is said on the page.
    static let source = "tocsin-web"
}
