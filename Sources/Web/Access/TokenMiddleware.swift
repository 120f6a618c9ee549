// `Authorization`: who a program is. A token that is wrong is refused at once, and said in the log; one that asks too often waits.

import Foundation
import HTTPTypes
import Hummingbird
import Logging

struct TokenMiddleware: RouterMiddleware {
    typealias Context = WebContext

    let house: House
    let refusals: Refusals

    /// These need no token, so a wrong one must not keep a probe from its answer (interfaces, section 7).
    private static let open: Set<String> = ["/healthz", "/readyz", "/metrics"]

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        guard let text = Self.token(request.headers[.authorization]), !Self.open.contains(request.uri.path),
            !(context.isBehindProxy && !text.hasPrefix(TokenText.prefix))
        else {
            // A trusted proxy may have one of its own with what it passes on.
            return try await next(request, context)
        }
        let now = house.clock()
        let token = house.tokens.token(text, now: now)
        if let trouble = house.tokens.trouble {
            refusals.log(
                "tokens cannot be read; those known before are still taken", key: "tokens", ["error": "\(trouble)"], level: .error, now: now
            )
        }
        guard let token else {
            let address = context.clientAddress ?? "unknown"
            refusals.log(
                "a token was refused: nobody's, expired or revoked", key: "token \(address)",
                ["from": "\(address)", "token": "\(TokenText.id(of: text) ?? "not one of ours")"], now: now)
            throw RefusedRequest(
                .unauthorized, "unauthorized",
                "this token is nobody's, has expired, or was revoked: `tocsin token list` shows those that are valid",
                headers: [.wwwAuthenticate: "Bearer realm=\"tocsin\", error=\"invalid_token\""])
        }
        try house.checkRate(token.id)
        var context = context
        context.identity = Identity(name: token.name, scopes: token.scopes, way: .token(id: token.id))
        return try await next(request, context)
    }

    /// `Bearer TOKEN`; or `Basic`, with the token as the password, for tools that can do no other. What is not ours is left
    /// alone: it may be a proxy's.
    static func token(_ header: String?) -> String? {
        guard let header else { return nil }
        let parts = header.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard let scheme = parts.first?.lowercased() else { return nil }
        var credentials = parts.count > 1 ? parts[1] : ""
        while let last = credentials.last, last.isWhitespace { credentials.removeLast() }
        let rest = String(credentials.drop(while: \.isWhitespace))
        if scheme == "bearer" { return rest }
        guard scheme == "basic", let data = Data(base64Encoded: rest), let text = String(data: data, encoding: .utf8),
            let colon = text.firstIndex(of: ":")
        else { return nil }
        let password = text[text.index(after: colon)...]
        return password.hasPrefix(TokenText.prefix) ? String(password) : nil
    }
}

/// A clock that only goes forward.
enum Monotonic {
    private static let start = ContinuousClock.now

    /// Since the program first asked.
    static var seconds: Double {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Double(seconds) + Double(attoseconds) / 1e18
    }
}
