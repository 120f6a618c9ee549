// A request, and what became of it. Nothing here knows what a channel is.

import Foundation

/// One HTTP request.
public struct HTTPRequest: Sendable {
    public var method: String
    /// A secret as far as this module is concerned: never part of an error.
    public var url: String
    /// Names and values without CR, LF or NUL: anything else is refused before libcurl sees it.
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// Seconds for the whole exchange, the wait for a connection included.
    public var timeout: TimeInterval
    /// A PEM file with the certificate authorities to trust instead of the system's.
    public var ca: String?
    public var proxy: String?
    /// What shares connections: at most `connections` requests with equal texts run at a time. Nil stands for the URL's origin.
    public var destination: String?
    /// How many requests to its destination may run at a time, this one included; at least 1.
    public var connections: Int

    public init(
        method: String = "POST", url: String, headers: [(name: String, value: String)] = [], body: [UInt8] = [], timeout: TimeInterval = 10,
        ca: String? = nil, proxy: String? = nil, destination: String? = nil, connections: Int = 4
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeout = timeout
        self.ca = ca
        self.proxy = proxy
        self.destination = destination
        self.connections = max(1, connections)
    }
}

/// The answer, as far as it came.
public struct HTTPResponse: Sendable {
    public var status: Int
    /// At most `HTTPClient.maximumAnswer` bytes; the rest is dropped.
    public var body: [UInt8]
    /// Seconds, from `Retry-After`, as the peer said; not clamped.
    public var retryAfter: TimeInterval?
    /// New connections that this request made: 0 where one was reused.
    public var connects: Int

    public init(status: Int, body: [UInt8], retryAfter: TimeInterval? = nil, connects: Int = 1) {
        self.status = status
        self.body = body
        self.retryAfter = retryAfter
        self.connects = connects
    }
}

/// What became of a request.
public enum HTTPResult: Sendable {
    case answered(HTTPResponse)
    case failed(TransportFailure)
}

/// Why there is no answer.
public struct TransportFailure: Sendable, Equatable, Error {
    public enum Kind: Sendable, Equatable {
        case nameNotResolved
        case connectFailed
        case timedOut
        case connectionLost
        case tlsFailed
        case certificateNotTrusted
        case notAuthenticated
        case tooLarge
        case cancelled
        /// CR, LF or NUL where none may be, or an address that cannot be used.
        case refusedHere
        case other
    }

    public var kind: Kind
    /// The body may have reached the peer: whether it acted on it is not known.
    public var mayHaveArrived: Bool
    /// The CURLcode; 0 where libcurl was never asked.
    public var curlCode: Int
    /// For people; without URLs, credentials or libcurl's own error text.
    public var detail: String

    public init(kind: Kind, mayHaveArrived: Bool, curlCode: Int, detail: String) {
        self.kind = kind
        self.mayHaveArrived = mayHaveArrived
        self.curlCode = curlCode
        self.detail = detail
    }
}
