// What is known of a request besides the request itself.

import Hummingbird
import Logging
import NIOCore

/// The context of each request.
public struct WebContext: RequestContext {
    public var coreContext: CoreRequestContextStorage
    /// The peer's address, without its port; of a trusted proxy's client where one says so. Nil on sockets that have none.
    public var clientAddress: String?
    /// The peer itself.
    public let peerAddress: String?
    /// The peer is one of `http.trusted_proxies`: what it says of its client counts.
    public var isBehindProxy = false
    /// Who asks; nil: nobody in particular.
    public var identity: Identity?
    /// What the page speaks: `en`, `de`.
    public var language = "en"

    public init(source: ApplicationRequestContextSource) {
        coreContext = .init(source: source)
        peerAddress = source.channel.remoteAddress?.ipAddress
        clientAddress = peerAddress
    }

    /// Nil where that is allowed; else the answer: 401 for nobody, 403 for somebody without the right.
    public func refusal(wanting scope: Scope) -> HTTPError? {
        guard let identity else { return HTTPError(.unauthorized, message: "a token is needed: `tocsin token create` makes one") }
        if identity.may(scope) { return nil }
        return HTTPError(.forbidden, message: "this token has not the scope `\(scope.rawValue)`")
    }
}
