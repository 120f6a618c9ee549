// `/u/TOKEN`: ends a subscription, or confirms one. A GET shows a page with one button; a POST does it, also that of a mail program's
// own button (RFC 8058). Doing it twice is as good as once.

import Foundation
import Hummingbird
import Incidents
import JSON
import Ledger
import Router
import Routing

struct LeaveLink: Sendable {
    let desk: AnswerDesk

    func add(to router: Hummingbird.Router<WebContext>) {
        router.get("/u/:token") { request, context in await answer(request, context, presses: false) }
        router.head("/u/:token") { request, context in await answer(request, context, presses: false) }
        router.post("/u/:token") { request, context in
            // `List-Unsubscribe=One-Click`, or the button of our own page: both mean the same.
            _ = try await request.smallBody()
            return await answer(request, context, presses: true)
        }
    }

    private func answer(_ request: Request, _ context: WebContext, presses: Bool) async -> Response {
        await desk.page(request, context) { token in
            switch desk.setup.links.deed(token) {
            case .leave(let id)?: return try await leave(id, request, presses: presses)
            case .confirm(let id)?: return try await confirm(id, token, request, presses: presses)
            case .acknowledge, .manage, .receipt, nil:
                desk.refused("a link to leave or confirm", "it was not made here", from: context)
                return desk.unknownPage(request)
            }
        }
    }

    private func leave(_ id: String, _ request: Request, presses: Bool) async throws -> AnswerPage {
        let found = try await desk.house.ledger.subscription(id)
        guard let wish = found, wish.leftAt == nil else {
            let words = desk.words(request, person: nil)
            return AnswerPage(language: words.language, title: words(.hasLeftTitle))
        }
        let words = words(request, wish)
        let (who, what) = (("who", wish.who.text), ("what", desk.what(wish, words)))
        guard presses else {
            return AnswerPage(
                language: words.language, title: words(.leaveTitle),
                parts: [.text(words(.leaveNote, who, what)), .form(AnswerPage.Form(button: words(.leaveButton), isMain: true))])
        }
        if let payload = Links.Deed.leave(subscription: id).payload(ending: wish, reason: "by the link in a message") {
            try await desk.drop(AnswerDesk.subscription(payload))
        }
        return AnswerPage(language: words.language, title: words(.leftTitle), parts: [.text(words(.leftNote, who, what))])
    }

    private func confirm(_ id: String, _ token: String, _ request: Request, presses: Bool) async throws -> AnswerPage {
        guard let wish = try await desk.house.ledger.subscription(id), wish.state(at: desk.now) != .ended else {
            let words = desk.words(request, person: nil)
            return AnswerPage(status: .gone, language: words.language, title: words(.hasLeftTitle))
        }
        let words = words(request, wish)
        if wish.isConfirmed { return AnswerPage(language: words.language, title: words(.isConfirmedTitle)) }
        let (who, what) = (("who", wish.who.text), ("what", desk.what(wish, words)))
        guard presses else {
            return AnswerPage(
                language: words.language, title: words(.confirmTitle),
                parts: [.text(words(.confirmNote, who, what)), .form(AnswerPage.Form(button: words(.confirmButton), isMain: true))])
        }
        try await desk.drop(AnswerDesk.subscription(["action": "confirm", "id": .string(id), "code": .string(token)]))
        return AnswerPage(language: words.language, title: words(.confirmedTitle), parts: [.text(words(.confirmedNote, who, what))])
    }

    private func words(_ request: Request, _ wish: Subscription) -> AnswerWords {
        if case .person(let name) = wish.who { return desk.words(request, person: name) }
        return desk.words(request, person: nil)
    }
}

extension AnswerDesk {
    static func subscription(_ payload: JSONValue) -> JSONValue {
        ["type": .string(EventType.subscription.rawValue), "subscription": payload]
    }

    /// `service: pay*, severity: >=high`.
    func what(_ wish: Subscription, _ words: AnswerWords) -> String {
        if wish.match.isEmpty { return words(.everything) }
        return wish.match.keys.sorted().map { member in
            let values = wish.match[member]?.array ?? wish.match[member].map { [$0] } ?? []
            return "\(member): " + values.map { $0.scalarText ?? $0.text }.joined(separator: ", ")
        }.joined(separator: "; ")
    }
}
