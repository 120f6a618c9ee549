// What can be made to go wrong, on request.

import Foundation

/// A fault that a receiver acts out instead of its normal answer.
public enum Fault: Sendable, Equatable {
    /// An HTTP status (or, for SMTP, the reply code to the final dot) instead of acceptance. The message counts as refused.
    case status(Int, body: String = "", retryAfter: RetryAfter? = nil)
    /// Waits so many seconds before the answer, which is then the normal one.
    case delay(TimeInterval)
    /// TCP reset as soon as the request's head (SMTP: the DATA command) has come.
    case resetBeforeBody
    /// TCP reset after the whole request; the message counts as received.
    case resetAfterBody
    /// The normal answer, one byte at a time with so many seconds between.
    case drip(TimeInterval = 1)
    /// The message counts as received, but no answer comes.
    case hang
    /// Bytes that are no answer in the protocol, then the end of the connection; the message counts as received.
    case garbage
    /// At once: closes the receiver's connections that have nothing under way (SMTP says 421 first). Not counted, not queued.
    case closeIdle
    /// SMTP only: a reply code at a step instead of the normal reply; 421 closes the connection.
    case reply(SMTPStep, code: Int, text: String = "")
    /// SMTP only: the next connections offer no AUTH.
    case noAuthentication
    /// SMTP only: the next connections offer no STARTTLS.
    case noSTARTTLS
    /// Teams only: a legacy connector's 200 whose body says that Teams answered with this HTTP error.
    case legacyTeams(status: Int = 429)
    /// Slack's Web API only: 200 with `"ok": false` and this error. The message counts as refused.
    case slackError(String)

    /// How `Retry-After` is written (RFC 9110, section 10.2.3).
    public enum RetryAfter: Sendable, Equatable {
        case seconds(Int)
        case date(Date)

        var text: String {
            switch self {
            case .seconds(let seconds): String(seconds)
            case .date(let date): HTTPDate.text(date)
            }
        }
    }
}

/// Where in an SMTP dialogue a fault applies.
public enum SMTPStep: String, Sendable, CaseIterable {
    case connect
    case ehlo
    case auth
    case mail
    case rcpt
    case data
    /// The reply after the final dot.
    case end
}

extension Fault {
    /// Whether the receiver can act it out at all.
    public func fits(_ receiver: Receiver) -> Bool {
        switch self {
        case .reply, .noAuthentication, .noSTARTTLS: receiver == .smtp
        case .legacyTeams: receiver == .teams
        case .slackError: receiver == .slackAPI
        case .status, .delay, .resetBeforeBody, .resetAfterBody, .drip, .hang, .garbage, .closeIdle: true
        }
    }

    /// The step of an SMTP dialogue at which it takes effect.
    var step: SMTPStep {
        switch self {
        case .reply(let step, _, _): step
        case .noAuthentication, .noSTARTTLS: .connect
        case .resetBeforeBody: .data
        default: .end
        }
    }
}

/// `Tue, 24 Nov 2026 12:00:00 GMT` (RFC 9110, section 5.6.7).
enum HTTPDate {
    static func text(_ date: Date) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.string(from: date)
    }

    static func date(_ text: String) -> Date? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.date(from: text)
    }
}
