// Signing in with a token, and out.

import Foundation
import Hummingbird

enum SignIn {
    static func add(to router: Hummingbird.Router<WebContext>, _ house: House) {
        router.get("/sign-in") { request, context in
            let next = safe(FormText.members(request.uri.query ?? "")["next"])
            if context.identity?.may(.read) ?? false { return Response(status: .seeOther, headers: [.location: next]) }
            return PageAnswer(house, request, context).response(page(Words.of(context.language), next: next))
        }
        router.post("/sign-in") { request, context in await signIn(request, context, house) }
        router.post("/sign-out") { request, context in
            let answer = PageAnswer(house, request, context)
            do {
                _ = try await answer.checkedFields(context.identity)
            } catch {
                return answer.fault(error)
            }
            if let cookie = request.cookies[Sessions.cookieName(house)]?.value { house.sessions.signOut(cookie) }
            return Response(
                status: .seeOther, headers: [.location: "/sign-in", .setCookie: Sessions.cookie("", seconds: 0, house)])
        }
    }

    private static func signIn(_ request: Request, _ context: WebContext, _ house: House) async -> Response {
        let answer = PageAnswer(house, request, context)
        let words = Words.of(context.language)
        let fields: [String: String]
        do {
            // Nobody is signed in yet: there is no token to check, and `Origin` decides.
            fields = try await answer.checkedFields(nil)
        } catch {
            return answer.fault(error)
        }
        let next = safe(fields["next"])
        let lasts = house.http.session
        let text = (fields["token"] ?? "").trimmingCharacters(in: .whitespacesAndNewlines)
        let client = context.clientAddress
        switch house.sessions.signIn(text, from: client, lasts: lasts, now: house.clock()) {
        case .done(let id):
            return Response(
                status: .seeOther, headers: [.location: next, .setCookie: Sessions.cookie(id, seconds: lasts, house)])
        case .wrongToken:
            house.logger.warning("a sign-in failed: no such token", metadata: ["client": "\(client ?? "unknown")"])
            return answer.response(page(words, next: next, fault: words("sign-in.wrong"), status: .forbidden))
        case .noRight: return answer.response(page(words, next: next, fault: words("sign-in.no-right"), status: .forbidden))
        case .later(let seconds):
            let fault = words("sign-in.later", ["t": words.amount(Double(seconds))])
            var response = answer.response(page(words, next: next, fault: fault, status: .tooManyRequests))
            response.headers[.retryAfter] = String(seconds)
            return response
        }
    }

    private static func page(_ words: Words, next: String, fault: String? = nil, status: HTTPResponse.Status = .ok) -> Page {
        let form = HTML.element(
            .form, [.method: "post", .action: "/sign-in", .class: "sign-in"],
            .hidden("next", next),
            // For password managers: a token has no name of a user beside it.
            .element(.input, [.type: "text", .autocomplete: "username", .value: "tocsin", .hidden: ""]),
            .field(
                words("sign-in.token"), name: "token", type: "password", isRequired: true, limit: 1_000, autocomplete: "current-password"),
            .button(words("sign-in.do"), tone: .good))
        let wrong = fault.map { HTML.notice(.bad, HTML.paragraph($0)) } ?? .empty
        return Page(
            title: words("sign-in.title"),
            body: [
                wrong, form, .paragraph(words("sign-in.how"), class: "hint"),
                .element(.pre, [:], "tocsin token create --scope operate --name …"),
            ],
            status: status, isLive: false)
    }

    /// Where to go afterwards: only within this page.
    static func safe(_ next: String?) -> String {
        guard let next, next.hasPrefix("/"), HTML.address(next) != nil, !next.hasPrefix("/sign-"), next.utf8.count <= 2_000,
            next.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F })
        else { return "/" }
        return next
    }
}
