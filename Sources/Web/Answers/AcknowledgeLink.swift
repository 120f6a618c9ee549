// `/a/TOKEN`: a page with one button. Mail scanners open links, so only pressing the button does anything.

import Foundation
import Hummingbird
import Incidents
import Ledger
import Router

struct AcknowledgeLink: Sendable {
    let desk: AnswerDesk

    func add(to router: Hummingbird.Router<WebContext>) {
        router.get("/a/:token") { request, context in try await show(request, context) }
        router.head("/a/:token") { request, context in try await show(request, context) }
        router.post("/a/:token") { request, context in
            let form = request.form(try await request.smallBody())
            return await desk.page(request, context) { token in try await press(token, GivenName(form[GivenName.field]), request, context) }
        }
    }

    private func show(_ request: Request, _ context: WebContext) async throws -> Response {
        await desk.page(request, context) { token in
            let standing = try await desk.standing(of: token)
            if case .forged = standing { desk.refused("a link to acknowledge", standing.word, from: context) }
            return page(standing, request)
        }
    }

    private func press(_ token: String, _ name: GivenName, _ request: Request, _ context: WebContext) async throws -> AnswerPage {
        var standing = try await desk.standing(of: token)
        if case .waits(let deed, let incident) = standing {
            let words = words(request, deed)
            var by = deed.by
            if desk.isRoom(deed.by) {
                if name == .unusable {
                    var page = page(standing, request)
                    page.status = .unprocessableContent
                    page.parts.append(.text(words(.nameNote, ("count", String(GivenName.longest)))))
                    return page
                }
                if case .name(let name) = name { by = words(.byRoom, ("name", name), ("room", deed.by)) }
            }
            if try await desk.acknowledge(deed, token: token, by: by, means: "link") {
                return AnswerPage(
                    language: words.language, title: words(.ackedTitle, ("id", incident.id)),
                    parts: facts(incident, words) + [.text(words(.ackedNote, ("by", desk.displayName(by))))])
            }
            standing = .used(deed, incident)
        }
        desk.refused("a link to acknowledge", standing.word, from: context, desk.metadata(standing))
        var page = page(standing, request)
        if case .taken = standing { page.status = .conflict }
        return page
    }

    private func words(_ request: Request, _ deed: Links.Acknowledge?) -> AnswerWords {
        desk.words(request, person: deed?.by)
    }

    private func page(_ standing: AcknowledgeStanding, _ request: Request) -> AnswerPage {
        switch standing {
        case .forged: return desk.unknownPage(request)
        case .expired(let deed):
            let words = words(request, deed)
            return AnswerPage(
                status: .gone, language: words.language, title: words(.expiredTitle),
                parts: [.text(words(.expiredNote, ("id", deed.incident)))])
        case .used(let deed, let incident):
            let words = words(request, deed)
            var parts: [AnswerPage.Part] = []
            if let incident { parts = facts(incident, words) + [.text(taken(incident, words))] }
            return AnswerPage(
                status: .gone, language: words.language, title: words(.usedTitle),
                parts: parts + [.note(words(.usedNote, ("id", deed.incident)))])
        case .gone(let deed):
            let words = words(request, deed)
            return AnswerPage(
                status: .gone, language: words.language, title: words(.goneTitle, ("id", deed.incident)), parts: [.text(words(.goneNote))])
        case .over(let deed, let incident):
            let words = words(request, deed)
            return AnswerPage(
                status: .gone, language: words.language, title: words(.overTitle, ("id", incident.id)), parts: facts(incident, words))
        case .taken(let deed, let incident):
            let words = words(request, deed)
            return AnswerPage(
                language: words.language, title: words(.takenTitle, ("id", incident.id)),
                parts: facts(incident, words) + [.text(taken(incident, words))])
        case .waits(let deed, let incident):
            let words = words(request, deed)
            let field =
                desk.isRoom(deed.by)
                ? AnswerPage.Form.Field(
                    name: GivenName.field, label: words(.askName, ("room", deed.by)), value: "", limit: GivenName.longest) : nil
            let title = incident.text("title").map { words(.askTitle, ("id", incident.id), ("title", String($0.prefix(200)))) }
            return AnswerPage(
                language: words.language, title: title ?? incident.id,
                parts: facts(incident, words, hasTitle: true) + [
                    .form(AnswerPage.Form(button: words(.acknowledge), field: field, isMain: true)), .note(words(.askNote)),
                ])
        }
    }

    private func taken(_ incident: Incident, _ words: AnswerWords) -> String {
        guard incident.acknowledged else { return words(.nobodyYet) }
        let time = incident.course.acknowledgedAt.map(desk.time) ?? "?"
        return words(.takenBy, ("by", desk.holder(of: incident) ?? "?"), ("time", time))
    }

    private func facts(_ incident: Incident, _ words: AnswerWords, hasTitle: Bool = false) -> [AnswerPage.Part] {
        var facts: [(name: String, value: String)] = []
        if !hasTitle, let title = incident.text("title") { facts.append((incident.id, String(title.prefix(200)))) }
        if let severity = incident.text("severity") { facts.append((words(.severity), severity)) }
        facts.append((words(.status), incident.status.rawValue.replacing("_", with: " ")))
        facts.append((words(.openedAt), desk.time(incident.openedAt)))
        return [.facts(facts)]
    }
}
