// `GET /live?page=PATH`: a page as a stream of server-sent events (HTML Living Standard, section 9.2).

import Foundation
import Hummingbird
import Incidents

enum Live {
    static func add(to router: Hummingbird.Router<WebContext>, _ house: House) {
        router.get("/live") { request, context in
            if let refusal = context.refusal(wanting: .read) { throw refusal }
            guard let identity = context.identity, let page = page(request.uri.query) else {
                throw HTTPError(.badRequest, message: "`page` names a page, for instance /live?page=/incidents")
            }
            guard isKept(FormText.members(page.query)) else {
                throw HTTPError(.badRequest, message: "a search, and what it goes on with, is not kept up to date")
            }
            let key = LiveKey(
                path: page.path, query: page.query, language: context.language, mayOperate: identity.may(.operate),
                by: BroadcastsPage.isPersonal(page.path) ? house.setup.value.configuration.person(identity) : nil)
            guard let (id, words) = await house.live.join(key, render: { try await house.pages.page(PageRequest($0, house)).content })
            else {
                throw HTTPError(
                    .serviceUnavailable, headers: [.retryAfter: "60"], message: "too many look at live pages, or the router stops")
            }
            let token = house.sessions.formToken(identity)
            let cookie = request.cookies[Sessions.cookieName(house)]?.value
            let began = house.clock()
            let isAllowed = { @Sendable in mayStill(identity, cookie: cookie, since: began, house) }
            return Response(
                status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-store"],
                body: ResponseBody { writer in
                    do {
                        // Whoever a proxy signed in is to come back, and be asked by it.
                        try await stream(
                            words, token: token, isAllowed: isAllowed, saysEnd: identity.way != .proxy, to: &writer, now: began)
                    } catch {
                        // The browser has gone.
                        await house.live.leave(key, id)
                        throw error
                    }
                    await house.live.leave(key, id)
                })
        }
    }

    /// Whether whoever began to look may still do so: what let them in is asked again.
    ///
    /// - Parameters:
    ///   - cookie: of their session, where they have one.
    ///   - began: when they began. A proxy is asked again after `http.session`: the browser comes back by itself.
    static func mayStill(_ identity: Identity, cookie: String?, since began: Date, _ house: House) -> Bool {
        let now = house.clock()
        switch identity.way {
        case .token(let id): return house.tokens.token(id: id, now: now)?.scopes.contains { $0.allows(.read) } ?? false
        case .session: return cookie.flatMap { house.sessions.identity($0, now: now) }?.may(.read) ?? false
        case .proxy: return now.timeIntervalSince(began) < house.http.session
        }
    }

    /// Whether a page is kept up to date: not one that looks through what was, which may take long and hardly changes.
    static func isKept(_ query: [String: String]) -> Bool {
        ["before", "after", "all", "q", "recipient", "who"].allSatisfy { query[$0]?.isEmpty ?? true }
    }

    private static func stream(
        _ words: AsyncStream<LiveWord>, token: String?, isAllowed: @Sendable () -> Bool, saysEnd: Bool,
        to writer: inout any ResponseBodyWriter, now: Date
    ) async throws {
        try await writer.write(ByteBuffer(string: "retry: 5000\nevent: now\ndata: \(Timestamp.format(now))\n\n"))
        for await word in words {
            guard isAllowed() else { break }
            switch word {
            case .main(let fragment):
                let token = ByteBuffer(string: token.map(FormToken.printed) ?? "")
                for piece in fragment.filled(token) { try await writer.write(piece) }
            case .alive: try await writer.write(ByteBuffer(string: ": alive\n\n"))
            case .end: break
            }
            if case .end = word { break }
        }
        if saysEnd, !isAllowed() { try await writer.write(ByteBuffer(string: "event: end\ndata: \n\n")) }
        try await writer.finish(nil)
    }

    /// The path and the query of what `page` names; nil where it names nothing within this page.
    private static func page(_ query: String?) -> (path: String, query: String)? {
        guard let page = FormText.members(query ?? "")["page"], page.hasPrefix("/"), page.utf8.count <= 2_000, HTML.address(page) != nil
        else { return nil }
        let parts = page.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        return (String(parts.first ?? "/"), parts.count > 1 ? String(parts[1]) : "")
    }
}

extension PageRequest {
    /// For all who look at a page.
    init(_ key: LiveKey, _ house: House) {
        self.init(
            house: house, path: key.path, query: FormText.members(key.query), words: Words.of(key.language), mayOperate: key.mayOperate,
            by: key.by, isLive: true)
    }
}
