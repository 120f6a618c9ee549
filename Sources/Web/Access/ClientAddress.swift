// From where a request comes, before anything is refused or logged: of what a trusted proxy passes on, its client.

import Hummingbird

struct ClientAddress: RouterMiddleware {
    typealias Context = WebContext

    let house: House

    func handle(
        _ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let trusted = house.http.trustedProxies
        if trusted.isEmpty { return try await next(request, context) }
        let proxies = Networks(trusted)
        guard proxies.contains(context.peerAddress) else { return try await next(request, context) }
        var context = context
        context.isBehindProxy = true
        context.clientAddress = Self.client(request, behind: proxies) ?? context.peerAddress
        return try await next(request, context)
    }

    /// The last address that no trusted proxy has, of those that the proxies have passed on.
    static func client(_ request: Request, behind proxies: Networks) -> String? {
        let passed = request.headers[values: HeaderField.forwardedFor].flatMap { $0.split(separator: ",") }
            .suffix(50).map { $0.trimmingCharacters(in: .whitespaces) }
        return passed.last { !proxies.contains($0) && Networks.bytes($0) != nil }
    }
}
