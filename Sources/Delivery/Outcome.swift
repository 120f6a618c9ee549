// What became of one attempt: a value, not an error. There are four kinds, because "no answer" is neither yes nor no.

import Foundation

/// The outcome of one attempt.
public enum Outcome: Sendable, Equatable {
    /// The peer took it; its id for the message, where it gives one.
    case accepted(remoteID: String?)
    /// Not now. `retryAfter` is what the peer asked for, in seconds, already clamped to 1 h.
    case deferred(Reason, retryAfter: TimeInterval? = nil)
    /// Never, as it is.
    case refused(Reason)
    /// Sent, and no answer that says whether it arrived.
    case unknown(Reason)
}

/// Why an attempt did not end with acceptance. Policies decide on these, never on texts.
public enum Reason: String, Sendable, CaseIterable {
    case rateLimited = "rate_limited"
    case unavailable
    case connectFailed = "connect_failed"
    case nameNotResolved = "name_not_resolved"
    case connectionLost = "connection_lost"
    case timedOut = "timed_out"
    case cancelled
    case tlsFailed = "tls_failed"
    case certificateNotTrusted = "certificate_not_trusted"
    case notAuthenticated = "not_authenticated"
    case notAllowed = "not_allowed"
    case noSuchDestination = "no_such_destination"
    case noSuchRecipient = "no_such_recipient"
    /// This one address is deferred, by a server that answers: says nothing of the others.
    case recipientUnavailable = "recipient_unavailable"
    /// Nothing was sent: the destination has not answered for so long.
    case destinationDown = "destination_down"
    case optedOut = "opted_out"
    case badContent = "bad_content"
    case tooLarge = "too_large"
    case badAddress = "bad_address"
    case badConfiguration = "bad_configuration"
    case serverError = "server_error"
    case unexpectedAnswer = "unexpected_answer"
}

/// One attempt as it is recorded: the outcome with what was seen, secrets redacted.
public struct AttemptReport: Sendable, Equatable {
    public var outcome: Outcome
    /// The peer's own code: an HTTP status, an SMTP reply code, a provider's error code, or `curl 28`.
    public var code: String?
    /// For people: what the peer said, redacted and shortened.
    public var detail: String?
    /// Something was left out or simplified to get the message through; in words.
    public var degraded: String?
    /// For how long the peer asked to be left alone, in seconds from 0 to 3600, by `Retry-After`: it holds for the whole
    /// destination, and with every outcome but acceptance. Nil where it did not ask.
    public var pause: TimeInterval?
    /// Slack: `CHANNEL:TS` under which the conversation goes on, where it has just begun, or begun anew.
    public var root: String?
    /// Mail: the subject that it went out with, where the conversation had none. A room: what has been made of it (`RoomMemory`).
    public var subject: String?

    /// `pause` is by default what a deferred outcome says.
    public init(
        _ outcome: Outcome, code: String? = nil, detail: String? = nil, degraded: String? = nil, pause: TimeInterval? = nil
    ) {
        self.outcome = outcome
        self.code = code
        self.detail = detail
        self.degraded = degraded
        self.pause = pause
        if pause == nil, case .deferred(_, let retryAfter) = outcome { self.pause = OutcomePolicy.clamped(retryAfter) }
    }
}
