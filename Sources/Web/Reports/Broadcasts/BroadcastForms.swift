// Writing a broadcast, seeing whom it reaches, sending it; approving, refusing and stopping one. All of it becomes events, said by
// whoever is signed in: an approval counts where that is somebody who may approve.

import Foundation
import Hummingbird
import Incidents
import JSON
import Ledger
import Router
import Routing

enum BroadcastForms {
    static func add(to router: Hummingbird.Router<WebContext>, _ house: House) {
        house.pages.form("/broadcasts/preview", to: router, house) { .page(try await preview($0)) }
        house.pages.form("/broadcasts/send", to: router, house) { try await send($0) }
        house.pages.form("/broadcasts/{id}/decide", to: router, house) { try await decide($0) }
    }

    static func compose(_ request: PageRequest) async throws -> Page {
        guard request.mayOperate else { throw PageFault(.forbidden, request.words("fault.read-only")) }
        var draft = BroadcastDraft()
        draft.incident = request.asked("incident") ?? ""
        if let id = request.asked("corrects") {
            guard let row = try await request.ledger.broadcast(id) else {
                throw PageFault(.notFound, request.words("broadcasts.unknown", ["id": id]))
            }
            draft.corrects = id
            draft.subject = row.subject ?? ""
            draft.message = row.message
            draft.incident = row.broadcast.incident ?? ""
        }
        return ComposeView(draft: draft, words: request.words).page(.empty)
    }

    // MARK: Sending

    private static func preview(_ form: FormRequest) async throws -> Page {
        let draft = BroadcastDraft(form)
        let view = ComposeView(draft: draft, words: form.words)
        let setup = form.house.setup.value
        let event: Event
        do {
            event = try parsed(draft, form, setup).event
        } catch {
            return view.page(.notice(.bad, .paragraph(error.message)), status: .unprocessableContent)
        }
        let preview = try await look(event, form.house.ledger, setup.withoutKeys, now: form.now)
        if let rejection = preview.rejection {
            return view.page(.notice(.bad, .paragraph(rejection.message)), status: .unprocessableContent)
        }
        return view.page(BroadcastLook(preview, draft: draft, words: form.words, setup: setup).html)
    }

    private static func look(_ event: Event, _ ledger: LedgerStore, _ setup: Setup, now: Date) async throws -> BroadcastPreview {
        var known: Incident?
        if let id = event.incident?.id { known = try await ledger.incident(id) }
        return try await ledger.surroundings { [known] surroundings in
            try BroadcastPreview(event, known: known, surroundings: surroundings, setup: setup, now: now)
        }
    }

    private static func send(_ form: FormRequest) async throws -> FormOutcome {
        let draft = BroadcastDraft(form)
        let setup = form.house.setup.value
        let made: (event: Event, document: JSONValue, id: String)
        do {
            made = try parsed(draft, form, setup)
        } catch {
            let view = ComposeView(draft: draft, words: form.words)
            return .page(view.page(.notice(.bad, .paragraph(error.message)), status: .unprocessableContent))
        }
        let preview = try await look(made.event, form.house.ledger, setup.withoutKeys, now: form.now)
        if let rejection = preview.rejection {
            let view = ComposeView(draft: draft, words: form.words)
            return .page(view.page(.notice(.bad, .paragraph(rejection.message)), status: .unprocessableContent))
        }
        return try await form.drop(made.document.object ?? [:], to: Page.path("broadcasts", made.id), said: "broadcast-sent")
    }

    private static func parsed(
        _ draft: BroadcastDraft, _ form: FormRequest, _ setup: Setup
    ) throws(MatchError) -> (event: Event, document: JSONValue, id: String) {
        let id = WebEvent.shortID("b")
        let match = try MatchWords(draft.matchWords, scale: setup.configuration.scale)
        let document = WebEvent.make(.broadcast, draft.members(id: id, by: form.by, match: match), now: form.now)
        do {
            return (try WebEvent.parsed(document, setup, now: form.now), document, id)
        } catch {
            throw MatchError(message: error.message)
        }
    }

    // MARK: Deciding

    private static func decide(_ form: FormRequest) async throws -> FormOutcome {
        let id = form.parameter("id")
        let words = form.words
        guard let row = try await form.house.ledger.broadcast(id) else {
            throw PageFault(.notFound, words("broadcasts.unknown", ["id": id]))
        }
        let broadcast = row.broadcast
        let by = form.by
        let decision = form.field("decision") ?? ""
        var members: [String: JSONValue] = ["broadcast": .string(id), "by": .string(by), "decision": .string(decision)]
        switch decision {
        case "stop":
            guard row.isUnderWay || row.count(.held) > 0 else { throw PageFault(.conflict, words("broadcasts.over")) }
        case "approve", "refuse":
            guard broadcast.state == .waiting else { throw PageFault(.conflict, words("broadcasts.waits-not")) }
            if decision == "refuse" { _ = try form.needed("reason", "broadcasts.why.needed") }
            let (table, now) = (form.house.setup.value.configuration.table, form.now)
            let objection = try await form.house.ledger.surroundings { try Approvers(of: broadcast, table, $0, now: now).objection(to: by) }
            if let objection { throw PageFault(.forbidden, words("broadcasts.may-not", ["name": by, "why": objection])) }
        default: throw PageFault(.unprocessableContent, words("broadcasts.no-decision"))
        }
        members["reason"] = form.field("reason").map { .string(String($0.prefix(1_000))) }
        return try await form.drop(
            .approval, ["approval": .object(members)], to: Page.path("broadcasts", id), said: "broadcast-\(decision)")
    }
}

/// What somebody has written so far.
struct BroadcastDraft: Sendable {
    var audience = ""
    var match = ""
    var incident = ""
    var subject = ""
    var message = ""
    var corrects = ""
    var isUrgent = false

    init() {}

    init(_ form: FormRequest) {
        func text(_ name: String) -> String { form.field(name) ?? "" }
        audience = text("audience")
        match = text("match")
        incident = text("incident")
        subject = text("subject")
        message = text("message")
        corrects = text("corrects")
        isUrgent = form.field("urgent") != nil
    }

    /// Entries stand on lines of their own, or between commas.
    var entries: [String] {
        audience.split(whereSeparator: { $0 == "\n" || $0 == "," }).map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
    }

    var matchWords: [String] { match.split(whereSeparator: \.isWhitespace).map(String.init) }

    func members(id: String, by: String, match: MatchWords) -> [String: JSONValue] {
        var broadcast: [String: JSONValue] = ["id": .string(id), "message": .string(message), "by": .string(by)]
        if !subject.isEmpty { broadcast["subject"] = .string(subject) }
        if !corrects.isEmpty { broadcast["corrects"] = .string(corrects) }
        if !entries.isEmpty { broadcast["audience"] = .array(entries.map(JSONValue.string)) }
        if !match.json.isEmpty { broadcast["match"] = .object(match.json) }
        if isUrgent { broadcast["urgent"] = true }
        var members: [String: JSONValue] = ["broadcast": .object(broadcast)]
        if !incident.isEmpty { members["incident"] = ["id": .string(incident)] }
        return members
    }
}
