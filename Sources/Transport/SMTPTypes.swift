// One mail for one recipient, and what the server said.

import Foundation

/// Where and how mail is handed over.
public struct SMTPServer: Sendable, Hashable {
    public var host: String
    public var port: Int
    /// TLS from the first byte.
    public var implicitTLS: Bool
    /// STARTTLS must succeed before anything else is said; false only for loopback and tests.
    public var requiresTLS: Bool
    public var username: String?
    public var password: String?
    /// `PLAIN`, `LOGIN`, `XOAUTH2`; what the server offers where nil.
    public var mechanism: String?
    /// What EHLO says.
    public var name: String
    public var ca: String?
    public var proxy: String?
    /// Seconds for one mail.
    public var timeout: TimeInterval

    public init(
        host: String, port: Int, implicitTLS: Bool = false, requiresTLS: Bool = true, username: String? = nil, password: String? = nil,
        mechanism: String? = nil, name: String = "localhost", ca: String? = nil, proxy: String? = nil, timeout: TimeInterval = 10
    ) {
        self.host = host
        self.port = port
        self.implicitTLS = implicitTLS
        self.requiresTLS = requiresTLS
        self.username = username
        self.password = password
        self.mechanism = mechanism
        self.name = name
        self.ca = ca
        self.proxy = proxy
        self.timeout = timeout
    }
}

/// One mail.
public struct SMTPMail: Sendable {
    public var sender: String
    public var recipient: String
    /// The bytes as signed: CRLF line ends, no dot-stuffing, no final dot.
    public var content: [UInt8]

    public init(sender: String, recipient: String, content: [UInt8]) {
        self.sender = sender
        self.recipient = recipient
        self.content = content
    }
}

/// What became of one mail.
public enum SMTPResult: Sendable, Equatable {
    /// 2xx to the final dot; the reply's text, which often carries the queue id.
    case accepted(reply: String)
    /// The server answered with this code (4xx or 5xx) at some step before or at the final dot: a definite no.
    case rejected(code: Int, step: Step, reply: String)
    case failed(TransportFailure)

    /// What was being said when the server declined.
    public enum Step: String, Sendable, Equatable {
        case connect
        case authenticate
        case sender
        case recipient
        case content
    }
}
