// Sessions of the page, and what trusted proxies say.

import Foundation
import Hummingbird

enum Sessions {
    static func add(to router: Hummingbird.Router<WebContext>, _ house: House) {
        router.add(middleware: PageAccess(house: house))
        SignIn.add(to: router, house)
    }

    /// With TLS, or behind a proxy that speaks it, the name keeps other hosts and paths from setting it.
    static func cookieName(_ house: House) -> String { isSecure(house) ? "__Host-tocsin" : "tocsin" }

    static func isSecure(_ house: House) -> Bool {
        house.http.tls != nil || house.setup.value.configuration.router.publicURL?.lowercased().hasPrefix("https://") ?? false
    }

    /// - Parameter seconds: 0 takes it away.
    static func cookie(_ value: String, seconds: TimeInterval, _ house: House) -> String {
        "\(cookieName(house))=\(value); Path=/; HttpOnly; SameSite=Lax; Max-Age=\(Int(seconds))" + (isSecure(house) ? "; Secure" : "")
    }
}

/// Finds out who asks, where no token said so already, and in which language; and sees to the headers without
/// which no answer leaves.
struct PageAccess: RouterMiddleware {
    let house: House

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        let http = house.http
        let cookies = request.cookies
        if context.identity == nil, let cookie = cookies[Sessions.cookieName(house)]?.value {
            context.identity = house.sessions.identity(cookie, now: house.clock())
        }
        if context.identity == nil, context.isBehindProxy, !Self.isExempt(request.uri.path) {
            context.identity = Self.user(request, http.userHeader, http.operators)
        }
        let chosen = FormText.members(request.uri.query ?? "")["lang"]
        context.language = Words.language(
            chosen: chosen ?? cookies["tocsin-language"]?.value, accepted: request.headers[.acceptLanguage])
        var response: Response
        do {
            response = try await next(request, context)
        } catch let error as any HTTPResponseError where Self.isForPeople(error, request) {
            response = PageAnswer(house, request, context).fault(PageFault(.notFound, Words.of(context.language)("fault.no-page")))
        }
        Self.protect(&response.headers)
        if let chosen, chosen == context.language {
            response.headers.append(
                .init(name: .setCookie, value: "tocsin-language=\(chosen); Path=/; SameSite=Lax; Max-Age=31536000"))
        }
        return response
    }

    /// There is no such page, and whoever asks looks at pages. Every other error is answered as it is for programs.
    private static func isForPeople(_ error: any HTTPResponseError, _ request: Request) -> Bool {
        error.status == .notFound && !request.uri.path.hasPrefix("/v1/") && request.headers[.accept]?.contains("text/html") ?? false
    }

    /// Below these a proxy lets everybody through, without signing them in: there it vouches for nobody, and whoever asks could
    /// have set the header.
    static func isExempt(_ path: String) -> Bool {
        guard let first = path.split(separator: "/").first else { return false }
        return ["v1", "a", "u", "s", "r"].contains(first)
    }

    private static func user(_ request: Request, _ header: String, _ operators: [String]) -> Identity? {
        guard let name = HeaderField.Name(header) else { return nil }
        let given = request.headers[values: name]
        // Two would mean that the proxy has let one of the client's through.
        guard given.count == 1, let user = given.first?.trimmingCharacters(in: .whitespaces), !user.isEmpty, user.utf8.count <= 200,
            user.utf8.allSatisfy({ $0 >= 0x20 && $0 != 0x7F })
        else { return nil }
        let mayOperate = operators.contains("*") || operators.contains { $0.lowercased() == user.lowercased() }
        return Identity(name: user, scopes: mayOperate ? [.read, .operate] : [.read], way: .proxy)
    }

    static let policy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; "
        + "frame-ancestors 'none'; base-uri 'none'"

    private static func protect(_ headers: inout HTTPFields) {
        // Pages behind links have their own: stricter, and with the style that stands in them.
        if headers[.contentSecurityPolicy] == nil { headers[.contentSecurityPolicy] = policy }
        headers[.xContentTypeOptions] = "nosniff"
        // Not `no-referrer`: with that, browsers send `Origin: null` with our own forms.
        if headers[HeaderField.referrerPolicy] == nil { headers[HeaderField.referrerPolicy] = "same-origin" }
        headers[HeaderField.openerPolicy] = "same-origin"
        if headers[.cacheControl] == nil { headers[.cacheControl] = "no-store" }
    }
}

/// A header of a request or an answer.
typealias HeaderField = HTTPFields.Element

extension HeaderField {
    /// A name that is known to be one.
    static func name(_ text: String) -> Name {
        guard let name = Name(text) else { preconditionFailure("`\(text)` is no name of a header") }
        return name
    }

    static let forwardedFor = name("X-Forwarded-For")
    static let referrerPolicy = name("Referrer-Policy")
    static let openerPolicy = name("Cross-Origin-Opener-Policy")
}
