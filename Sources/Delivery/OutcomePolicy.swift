// The one place that decides what an answer means: whether a delivery is done, worth a retry, hopeless, or in doubt.
// Decisions rest on statuses and on the providers' documented codes, never on wording. What is in doubt stays in doubt:
// an answer that nobody documents is `unknown`, not a success.
//
// Wrong credentials: an HTTP provider that declines them is final (`refused`), as Slack and Twilio document. A mail
// server that declines them (535) or whose TLS cannot be trusted is `deferred`: operators mend it, nothing is lost.

import Foundation
import Transport

/// From what was seen to an outcome.
enum OutcomePolicy {
    /// The longest pause that a peer can ask for, in seconds.
    static let longestPause: TimeInterval = 3_600

    /// `Retry-After` as it is respected: not negative, at most 1 h.
    static func clamped(_ seconds: TimeInterval?) -> TimeInterval? {
        guard let seconds, !seconds.isNaN else { return nil }
        return min(max(seconds, 0), longestPause)
    }

    // MARK: Transport

    /// No answer. What may have arrived is in doubt, whatever ended it; the rest is worth another try. So is what
    /// the transport refused before anything was sent: channels have checked addresses and texts by then, so that is
    /// configuration, which operators mend; nothing is lost meanwhile.
    static func failure(_ failure: TransportFailure) -> Outcome {
        if failure.mayHaveArrived { return .unknown(reason(failure.kind)) }
        switch failure.kind {
        case .tooLarge: return .refused(.tooLarge)
        case .nameNotResolved, .connectFailed, .timedOut, .connectionLost, .tlsFailed, .certificateNotTrusted,
            .notAuthenticated, .cancelled, .refusedHere, .other:
            return .deferred(reason(failure.kind))
        }
    }

    private static func reason(_ kind: TransportFailure.Kind) -> Reason {
        switch kind {
        case .nameNotResolved: .nameNotResolved
        case .connectFailed: .connectFailed
        case .timedOut: .timedOut
        case .connectionLost: .connectionLost
        case .tlsFailed: .tlsFailed
        case .certificateNotTrusted: .certificateNotTrusted
        case .notAuthenticated: .notAuthenticated
        case .tooLarge: .tooLarge
        case .cancelled: .cancelled
        case .refusedHere: .badConfiguration
        case .other: .unavailable
        }
    }

    // MARK: HTTP

    /// A status by itself (RFC 9110), where the provider's contract says no more. 2xx is acceptance.
    /// 429, 502 and 503 say that nothing was done; any other 5xx came after the body was sent, and says nothing.
    static func status(_ status: Int, retryAfter: TimeInterval?) -> Outcome {
        switch status {
        case 200..<300: .accepted(remoteID: nil)
        case 408: .deferred(.timedOut, retryAfter: clamped(retryAfter))
        case 429: .deferred(.rateLimited, retryAfter: clamped(retryAfter))
        case 502, 503: .deferred(.unavailable, retryAfter: clamped(retryAfter))
        case 500..<600: .unknown(.serverError)
        case 401, 403, 407: .refused(.notAuthenticated)
        case 404, 410: .refused(.noSuchDestination)
        case 413: .refused(.tooLarge)
        case 400, 422: .refused(.badContent)
        // Redirects are not followed: the configured address is not the right one.
        case 300..<400, 405: .refused(.badConfiguration)
        case 400..<500: .refused(.unexpectedAnswer)
        default: .unknown(.unexpectedAnswer)
        }
    }

    // MARK: Slack

    /// An incoming webhook: success is 200 with the body exactly `ok`
    /// (docs.slack.dev, "Sending messages using incoming webhooks"). Errors are plain text with a status.
    static func slackWebhook(_ response: HTTPResponse) -> Outcome {
        guard response.status >= 300 else {
            let isOK = response.status == 200 && response.body == Array("ok".utf8)
            return isOK ? .accepted(remoteID: nil) : .unknown(.unexpectedAnswer)
        }
        if (400..<500).contains(response.status), response.status != 429, response.status != 408,
            response.body.count <= 64, let reason = slackWebhookErrors[String(decoding: response.body, as: UTF8.self)]
        {
            return .refused(reason)
        }
        return status(response.status, retryAfter: response.retryAfter)
    }

    /// All of them permanent.
    private static let slackWebhookErrors: [String: Reason] = [
        "invalid_payload": .badContent, "no_text": .badContent, "too_many_attachments": .badContent,
        "invalid_blocks": .badContent, "invalid_blocks_format": .badContent, "msg_blocks_too_long": .badContent,
        "msg_too_long": .tooLarge,
        "user_not_found": .noSuchRecipient, "channel_not_found": .noSuchDestination, "channel_is_archived": .noSuchDestination,
        "no_active_hooks": .noSuchDestination, "no_service": .noSuchDestination, "no_service_id": .noSuchDestination,
        "no_team": .noSuchDestination, "team_disabled": .noSuchDestination,
        "invalid_token": .notAuthenticated,
        "action_prohibited": .notAllowed, "posting_to_general_channel_denied": .notAllowed,
    ]

    /// Errors after which the same message as text alone has a chance, within the same attempt.
    static let slackSimplify: Set<String> = ["invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long"]

    /// The first message of a conversation can be edited no more: what is new is a reply to it.
    static let slackUneditable: Set<String> = ["edit_window_closed", "cant_update_message"]

    /// There is nothing left to reply to, or to edit: the conversation begins anew.
    static let slackParentGone: Set<String> = [
        "message_not_found", "thread_not_found", "cannot_reply_to_message", "restricted_action_thread_locked",
    ]

    /// The Web API's `error` (docs.slack.dev, `chat.postMessage`); codes that nobody documents are permanent.
    static func slackError(_ code: String, retryAfter: TimeInterval?) -> Outcome {
        switch code {
        case "ratelimited", "rate_limited":
            .deferred(.rateLimited, retryAfter: clamped(retryAfter))
        case "team_added_to_org", "request_timeout", "update_failed", "external_channel_migrating":
            .deferred(.unavailable, retryAfter: clamped(retryAfter))
        // "Some aspect of the operation may have succeeded".
        case "internal_error", "fatal_error", "service_unavailable":
            .unknown(.serverError)
        case "not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired":
            .refused(.notAuthenticated)
        case "missing_scope", "no_permission", "ekm_access_denied", "org_login_required", "not_in_channel":
            .refused(.notAllowed)
        case "channel_not_found", "is_archived":
            .refused(.noSuchDestination)
        // A channel of an incident's own, which cannot be made.
        case "cannot_create_channel", "too_many_convos_for_team", "name_taken":
            .refused(.notAllowed)
        case "invalid_name", "invalid_name_required", "invalid_name_maxlength", "invalid_name_punctuation", "invalid_name_specials":
            .refused(.badAddress)
        case "no_text", "too_many_attachments", "invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long":
            .refused(.badContent)
        case "msg_too_long", "metadata_too_large":
            .refused(.tooLarge)
        default:
            .refused(code.hasPrefix("restricted_action") ? .notAllowed : .unexpectedAnswer)
        }
    }

    // MARK: Twilio

    /// A Twilio error: what HTTP says of load first, then the code (twilio.com/docs/api/errors), then the status.
    static func twilio(code: Int?, status: Int, retryAfter: TimeInterval?) -> Outcome {
        if status == 429 || status >= 500 { return self.status(status, retryAfter: retryAfter) }
        switch code {
        // Too many requests; too many messages queued for this sender.
        case 20429, 21611: return .deferred(.rateLimited, retryAfter: clamped(retryAfter))
        case 20003, 20005: return .refused(.notAuthenticated)
        case 20404: return .refused(.noSuchDestination)
        // Not a number; not a mobile number; no number.
        case 21211, 21614, 21604: return .refused(.badAddress)
        case 21612: return .refused(.noSuchRecipient)
        case 21610: return .refused(.optedOut)
        // The region is not enabled.
        case 21408: return .refused(.notAllowed)
        // The sender: missing, not a number, not ours.
        case 21603, 21212, 21606: return .refused(.badConfiguration)
        case 21602: return .refused(.badContent)
        case 21617: return .refused(.tooLarge)
        default:
            let outcome = self.status(status, retryAfter: retryAfter)
            // Only a message's id is acceptance, never a 2xx by itself.
            if case .accepted = outcome { return .unknown(.unexpectedAnswer) }
            return outcome
        }
    }

    /// A 2xx with a sid whose status is `failed` or `undelivered`: nothing was sent, whatever the code.
    static func twilioFailed(code: Int?, status: Int, retryAfter: TimeInterval?) -> Outcome {
        let outcome = twilio(code: code, status: status, retryAfter: retryAfter)
        if case .unknown(let reason) = outcome { return .refused(reason) }
        return outcome
    }

    // MARK: Any HTTP gateway

    /// `isAccepted`: the status is among the configured ones, and the body matches where a pattern is configured.
    /// What the operator lists as `retry` is deferred, also a 500: the gateway's contract goes before the general rule.
    static func gateway(_ response: HTTPResponse, isAccepted: Bool, id: String?, retry: Set<Int>) -> Outcome {
        if isAccepted { return .accepted(remoteID: id) }
        let outcome = status(response.status, retryAfter: response.retryAfter)
        if retry.contains(response.status) {
            if case .deferred = outcome { return outcome }
            return .deferred(.unavailable, retryAfter: clamped(response.retryAfter))
        }
        if case .accepted = outcome { return .unknown(.unexpectedAnswer) }
        return outcome
    }

    // MARK: SMTP

    /// A reply that declines (RFC 5321): 4yz not now, 5yz never; the reason is from the code, the enhanced status code
    /// (RFC 3463) and the step. Declined credentials are deferred, see above; so is what
    /// comes at the greeting or EHLO: it speaks of the server or of us (RFC 5321, 3.1), not of this mail.
    static func smtp(code: Int, enhanced: String?, step: SMTPResult.Step) -> Outcome {
        guard (400..<600).contains(code) else { return .unknown(.unexpectedAnswer) }
        if code == 530 || code == 535 || (step == .authenticate && code >= 500) { return .deferred(.notAuthenticated) }
        // Greylisting, a full mailbox: the server is well, and other recipients may go.
        if step == .recipient, code < 500, code != 421 { return .deferred(.recipientUnavailable) }
        if code < 500 || step == .connect { return .deferred(.unavailable) }
        switch (enhanced.map { String($0.dropFirst(2)) }, code, step) {
        case ("1.3", _, .recipient), (_, 501, .recipient): return .refused(.badAddress)
        case ("2.3", _, _), ("3.4", _, _), (_, 552, .content), (_, 552, .sender): return .refused(.tooLarge)
        case (let status?, _, _) where status.hasPrefix("7."): return .refused(.notAllowed)
        case (_, _, .recipient): return .refused(.noSuchRecipient)
        case (_, _, .sender): return .refused(.badConfiguration)
        default: return .refused(.badContent)
        }
    }
}
