// Slack's two ways, with their whole tables.

import Foundation
import JSON
import Rendering
import Settings
import Transport

@testable import Delivery

extension ContractSubject {
    private static let slackMessage: JSONValue = [
        "text": "INC-1 critical: db down", "blocks": [["type": "section", "text": ["type": "mrkdwn", "text": "*db* down"]]],
    ]
    private static let slackHuge: JSONValue = [
        "text": .string(String(repeating: "x", count: 50_000)),
        "blocks": [["type": "section", "text": ["type": "mrkdwn", "text": .string(String(repeating: "y", count: 200_000))]]],
    ]

    static let slackWebhook = ContractSubject(
        name: "slack webhook", secrets: ["/services/T0SECRET/B0SECRET/xoxWebhookSecret", "xoxWebhookSecret", "T0SECRET"],
        address: "https://hooks.slack.com/…", content: .slack(slackMessage), oversized: .slack(slackHuge),
        table: [
            Row(http(200, "ok"), is: .accepted(remoteID: nil)),
            Row(http(200, "OK"), is: .unknown(.unexpectedAnswer)),
            Row(http(200, "ok\n<html>"), is: .unknown(.unexpectedAnswer)),
            Row(http(200, ""), is: .unknown(.unexpectedAnswer)),
            Row(http(204), is: .unknown(.unexpectedAnswer)),
            Row(http(302), is: .refused(.badConfiguration)),
            Row(http(400, "invalid_payload"), is: .refused(.badContent)),
            Row(http(400, "user_not_found"), is: .refused(.noSuchRecipient)),
            Row(http(400, "something new"), is: .refused(.badContent)),
            Row(http(400, "no_text"), is: .refused(.badContent)),
            Row(http(400, "too_many_attachments"), is: .refused(.badContent)),
            Row(http(400, "invalid_blocks"), http(200, "ok"), is: .accepted(remoteID: nil)),
            Row(http(400, "invalid_blocks"), http(400, "invalid_blocks"), is: .refused(.badContent)),
            Row(http(403, "action_prohibited"), is: .refused(.notAllowed)),
            Row(http(403, "invalid_token"), is: .refused(.notAuthenticated)),
            Row(http(403, "posting_to_general_channel_denied"), is: .refused(.notAllowed)),
            Row(http(404, "channel_not_found"), is: .refused(.noSuchDestination)),
            Row(http(404, "no_active_hooks"), is: .refused(.noSuchDestination)),
            Row(http(404, "no_service"), is: .refused(.noSuchDestination)),
            Row(http(410, "channel_is_archived"), is: .refused(.noSuchDestination)),
            Row(http(413), is: .refused(.tooLarge)),
            Row(http(429, "rate_limited", retryAfter: 30), is: .deferred(.rateLimited, retryAfter: 30)),
            Row(http(429), is: .deferred(.rateLimited)),
            Row(http(500, "rollup_error"), is: .unknown(.serverError)),
            Row(http(502), is: .deferred(.unavailable)),
            Row(http(503, retryAfter: 5), is: .deferred(.unavailable, retryAfter: 5)),
            Row(http(504), is: .unknown(.serverError)),
        ],
        settings: { .slackWebhook(url: Secret($0.url + "/services/T0SECRET/B0SECRET/xoxWebhookSecret")) })

    private static func error(_ code: String, retryAfter: TimeInterval? = nil) -> HTTPResult {
        http(200, #"{"ok":false,"error":"\#(code)"}"#, retryAfter: retryAfter)
    }

    private static let posted = http(200, #"{"ok":true,"channel":"C0123456","ts":"1503435956.000247"}"#)

    static let slackBot = slackBot(.thread)
    static let slackBotInPlace = slackBot(.inPlace)
    static let slackBotWithoutUpdates = slackBot(.none)

    private static func slackBot(_ updates: SlackUpdates) -> ContractSubject {
        ContractSubject(
            name: updates == .thread ? "slack bot" : "slack bot, updates: \(updates.rawValue)", secrets: ["xoxb-1234-verysecret"],
            address: "C0123456",
            content: .slack(slackMessage),
            oversized: .slack(slackHuge), acceptance: posted,
            table: [
                Row(posted, is: .accepted(remoteID: "C0123456:1503435956.000247")),
                Row(http(200, #"{"ok":true}"#), is: .accepted(remoteID: nil)),
                Row(http(200, "ok"), is: .unknown(.unexpectedAnswer)),
                Row(http(200, "<html>"), is: .unknown(.unexpectedAnswer)),
                Row(http(429, #"{"ok":false,"error":"ratelimited"}"#, retryAfter: 7), is: .deferred(.rateLimited, retryAfter: 7)),
                Row(http(500), is: .unknown(.serverError)), Row(http(502), is: .deferred(.unavailable)),
                Row(http(503), is: .deferred(.unavailable)), Row(http(401), is: .refused(.notAuthenticated)),
                Row(error("ratelimited", retryAfter: 3), is: .deferred(.rateLimited, retryAfter: 3)),
                Row(error("rate_limited"), is: .deferred(.rateLimited)),
                Row(error("invalid_blocks"), posted, is: .accepted(remoteID: "C0123456:1503435956.000247")),
                Row(error("msg_blocks_too_long"), error("channel_not_found"), is: .refused(.noSuchDestination)),
                Row(error("invalid_blocks_format"), error("invalid_blocks_format"), is: .refused(.badContent)),
                Row(error("a_code_of_tomorrow"), is: .refused(.unexpectedAnswer)),
                Row(error("restricted_action_read_only_channel"), is: .refused(.notAllowed)),
            ]
                + ["internal_error", "fatal_error", "service_unavailable"].map { Row(error($0), is: .unknown(.serverError)) }
                + ["team_added_to_org", "request_timeout", "update_failed", "external_channel_migrating"].map {
                    Row(error($0), is: .deferred(.unavailable))
                }
                + ["not_authed", "invalid_auth", "account_inactive", "token_revoked", "token_expired"].map {
                    Row(error($0), is: .refused(.notAuthenticated))
                }
                + ["missing_scope", "no_permission", "not_in_channel", "restricted_action", "ekm_access_denied", "org_login_required"].map {
                    Row(error($0), is: .refused(.notAllowed))
                }
                + ["channel_not_found", "is_archived"].map { Row(error($0), is: .refused(.noSuchDestination)) }
                + ["no_text", "too_many_attachments"].map { Row(error($0), is: .refused(.badContent)) }
                + ["msg_too_long", "metadata_too_large"].map { Row(error($0), is: .refused(.tooLarge)) },
            settings: {
                .slackBot(
                    SlackBotSettings(token: Secret("xoxb-1234-verysecret"), channel: "C0123456", updates: updates, baseURL: $0.url + "/api")
                )
            })
    }
}
