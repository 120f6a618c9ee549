// What the handlers of links share: a token that is looked at, a language, and the pages for when it is none.

import Foundation
import Hummingbird
import Incidents
import Ledger
import Logging
import Router
import Spool

extension AnswerDesk {
    /// Answers with the page that `make` gives for the token of the path; with one that asks to come again, where the ledger or the
    /// queue does not answer.
    func page(_ request: Request, _ context: WebContext, _ make: (String) async throws -> AnswerPage) async -> Response {
        let hasBody = request.method != .head
        do {
            return try await make(context.parameters.get("token") ?? "").response(hasBody: hasBody)
        } catch {
            house.logger.error("an answer could not be taken", metadata: ["error": "\(error)"])
            let words = words(request, person: nil)
            return AnswerPage(
                status: .serviceUnavailable, language: words.language, title: words(.laterTitle), parts: [.text(words(.laterNote))]
            ).response(hasBody: hasBody)
        }
    }

    /// Whether a recipient is nobody in particular: a channel's room, or an address that several may read.
    func isRoom(_ recipient: String) -> Bool { configuration.table.directory.people[recipient] == nil }

    /// The reader's language: the person's, else the browser's.
    func words(_ request: Request, person: String?) -> AnswerWords {
        let own = person.flatMap { configuration.table.directory.people[$0]?.language }
        return AnswerWords([own] + AnswerWords.tags(request.headers[.acceptLanguage]))
    }

    func unknownPage(_ request: Request) -> AnswerPage {
        let words = words(request, person: nil)
        return AnswerPage(
            status: .notFound, language: words.language, title: words(.unknownTitle), parts: [.text(words(.unknownNote))])
    }

    /// By the router's clock.
    func time(_ date: Date) -> String { AnswerWords.time(date, now: now, zone: configuration.router.timezone) }

    func metadata(_ standing: AcknowledgeStanding) -> Logger.Metadata {
        switch standing {
        case .forged: [:]
        case .expired(let deed), .gone(let deed), .used(let deed, _), .over(let deed, _), .taken(let deed, _), .waits(let deed, _):
            ["incident": "\(deed.incident)", "delivery": "\(deed.delivery)", "sent_to": "\(deed.by)"]
        }
    }
}
