// Teams, SMS and mail, with their whole tables.

import Foundation
import JSON
import Rendering
import Settings
import Transport

@testable import Delivery

extension ContractSubject {
    static func card(_ blocks: Int, text: String = "INC-1 db down") -> JSONValue {
        let block: JSONValue = ["type": "TextBlock", "text": .string(text), "wrap": true]
        return [
            "type": "message",
            "attachments": [
                [
                    "contentType": "application/vnd.microsoft.card.adaptive",
                    "content": ["type": "AdaptiveCard", "version": "1.4", "body": .array(Array(repeating: block, count: blocks))],
                ]
            ],
        ]
    }

    private static func connector(_ status: Int) -> HTTPResult {
        http(200, "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error \(status) with ContextId abc")
    }

    static let teams = ContractSubject(
        name: "teams", secrets: ["/workflows/0aSecretFlow/triggers/manual", "sigSecretSignature", "0aSecretFlow"],
        address: "https://teams.example/…", content: .teams(card(20)), oversized: .teams(card(2_000)), maximumBody: 20_000,
        acceptance: http(202),
        table: [
            Row(http(202), is: .accepted(remoteID: nil)),
            Row(http(200, "1"), is: .accepted(remoteID: nil)),
            Row(connector(429), is: .deferred(.rateLimited)),
            Row(connector(503), is: .deferred(.unavailable)),
            Row(connector(500), is: .unknown(.serverError)),
            Row(connector(404), is: .refused(.noSuchDestination)),
            Row(connector(413), http(200, "1"), is: .accepted(remoteID: nil)),
            Row(http(413), http(202), is: .accepted(remoteID: nil)),
            Row(http(413), http(413), is: .refused(.tooLarge)),
            Row(http(413), http(429), is: .deferred(.rateLimited)),
            Row(http(429, retryAfter: 12), is: .deferred(.rateLimited, retryAfter: 12)),
            Row(http(400), is: .refused(.badContent)), Row(http(401), is: .refused(.notAuthenticated)),
            Row(http(403), is: .refused(.notAuthenticated)), Row(http(404), is: .refused(.noSuchDestination)),
            Row(http(410), is: .refused(.noSuchDestination)), Row(http(500), is: .unknown(.serverError)),
            Row(http(502), is: .deferred(.unavailable)), Row(http(503), is: .deferred(.unavailable)),
            Row(http(504), is: .unknown(.serverError)), Row(http(301), is: .refused(.badConfiguration)),
        ],
        settings: { .teams(webhook: Secret($0.url + "/workflows/0aSecretFlow/triggers/manual?api-version=1&sig=sigSecretSignature")) })

    private static let sid = "SM0123456789abcdef0123456789abcdef"
    private static let queued = http(201, #"{"sid":"\#(sid)","status":"queued","error_code":null}"#)

    private static func twilioError(_ code: Int, status: Int = 400, retryAfter: TimeInterval? = nil) -> HTTPResult {
        http(status, #"{"code":\#(code),"message":"No.","status":\#(status)}"#, retryAfter: retryAfter)
    }

    static let twilio = ContractSubject(
        name: "twilio", secrets: ["twilioTokenSecret"], address: "+447700900123", content: .sms("INC-1 db down"),
        oversized: .sms(String(repeating: "long text ", count: 1_000)), maximumBody: 1_000, acceptance: queued,
        table: [
            Row(queued, is: .accepted(remoteID: sid)),
            Row(http(201, "{}"), is: .unknown(.unexpectedAnswer)),
            Row(http(200, "<html>"), is: .unknown(.unexpectedAnswer)),
            Row(http(201, #"{"sid":"\#(sid)","status":"failed","error_code":21610}"#), is: .refused(.optedOut)),
            Row(http(201, #"{"sid":"\#(sid)","status":"failed","error_code":null}"#), is: .refused(.unexpectedAnswer)),
            Row(http(201, #"{"sid":"\#(sid)","status":"undelivered","error_code":30003}"#), is: .refused(.unexpectedAnswer)),
            Row(http(201, #"{"sid":"\#(sid)","status":"undelivered"}"#), is: .refused(.unexpectedAnswer)),
            Row(http(201, #"{"status":"failed"}"#), is: .unknown(.unexpectedAnswer)),
            Row(twilioError(20429, status: 429, retryAfter: 9), is: .deferred(.rateLimited, retryAfter: 9)),
            Row(twilioError(20429), is: .deferred(.rateLimited)), Row(twilioError(21611), is: .deferred(.rateLimited)),
            Row(twilioError(21211), is: .refused(.badAddress)), Row(twilioError(21614), is: .refused(.badAddress)),
            Row(twilioError(21606), is: .refused(.badConfiguration)), Row(twilioError(21408, status: 403), is: .refused(.notAllowed)),
            Row(twilioError(21612), is: .refused(.noSuchRecipient)), Row(twilioError(21610), is: .refused(.optedOut)),
            Row(twilioError(20003, status: 401), is: .refused(.notAuthenticated)), Row(twilioError(21617), is: .refused(.tooLarge)),
            Row(twilioError(20404, status: 404), is: .refused(.noSuchDestination)), Row(twilioError(99999), is: .refused(.badContent)),
            Row(http(401), is: .refused(.notAuthenticated)), Row(http(429), is: .deferred(.rateLimited)),
            Row(http(500), is: .unknown(.serverError)), Row(http(502), is: .deferred(.unavailable)),
            Row(http(503), is: .deferred(.unavailable)), Row(twilioError(20500, status: 500), is: .unknown(.serverError)),
        ],
        settings: {
            .twilio(TwilioSettings(account: "AC123", token: Secret("twilioTokenSecret"), sender: .number("+15557654321"), baseURL: $0.url))
        })

    private static let kannel = http(202, "0: Accepted for delivery id=77ab")

    static let gateway = ContractSubject(
        name: "gateway", secrets: ["kannelSecretPassword", "/cgi-bin/secretpath", "headerSecretKey"], address: "+447700900123",
        content: .sms("INC-1 db down"), oversized: .sms(String(repeating: "😀", count: 5_000)), maximumBody: 0, acceptance: kannel,
        table: [
            Row(kannel, is: .accepted(remoteID: "77ab")),
            Row(http(200, "0: Accepted"), is: .accepted(remoteID: nil)),
            Row(http(200, "3: Rejected"), is: .unknown(.unexpectedAnswer)),
            Row(http(204, "0:"), is: .unknown(.unexpectedAnswer)),
            Row(http(408), is: .deferred(.timedOut)), Row(http(429, retryAfter: 4), is: .deferred(.rateLimited, retryAfter: 4)),
            Row(http(500), is: .unknown(.serverError)), Row(http(502), is: .deferred(.unavailable)),
            Row(http(503), is: .deferred(.unavailable)), Row(http(504), is: .unknown(.serverError)),
            Row(http(505), is: .unknown(.serverError)), Row(http(400), is: .refused(.badContent)),
            Row(http(403), is: .refused(.notAuthenticated)), Row(http(404), is: .refused(.noSuchDestination)),
        ],
        settings: {
            .gateway(
                GatewaySettings(
                    url: Secret($0.url + "/cgi-bin/secretpath"),
                    query: [
                        ("username", "tester"), ("password", "kannelSecretPassword"), ("to", "{{address}}"), ("text", "{{text}}"),
                        ("coding", "{{coding}}"), ("ref", "{{ id }}"),
                    ].map { GatewaySettings.Field(name: $0.0, value: Secret($0.1)) },
                    headers: [GatewaySettings.Field(name: "X-Api-Key", value: Secret("Key headerSecretKey"))],
                    successStatuses: [200, 202], successBody: "^0:", idPattern: "id=([0-9a-f]+)"))
        })

    private static func no(_ code: Int, _ step: SMTPResult.Step, _ reply: String, is outcome: Outcome) -> Row {
        Row(mail: .rejected(code: code, step: step, reply: reply), is: outcome)
    }

    static let email = ContractSubject(
        name: "email", wire: .smtp, secrets: ["smtpSecretPassword"], address: "duty@example.com",
        content: .email(subject: "INC-1 db down", text: "The db is down.\n", html: "<p>The db is down.</p>"),
        oversized: .email(
            subject: String(repeating: "läng ", count: 2_000), text: String(repeating: "x", count: 300_000),
            html: String(repeating: "ü", count: 100_000)),
        table: [
            Row(mail: .accepted(reply: "250 2.0.0 Ok: queued as 4F3A2B"), is: .accepted(remoteID: "4F3A2B")),
            Row(mail: .accepted(reply: "fine"), is: .accepted(remoteID: nil)),
            no(421, .connect, "4.3.2 shutting down", is: .deferred(.unavailable)),
            no(450, .recipient, "4.2.0 greylisted", is: .deferred(.recipientUnavailable)),
            no(451, .content, "4.3.0 try later", is: .deferred(.unavailable)),
            no(452, .recipient, "4.2.2 mailbox full", is: .deferred(.recipientUnavailable)),
            no(454, .authenticate, "4.7.0 later", is: .deferred(.unavailable)),
            no(535, .authenticate, "5.7.8 bad credentials", is: .deferred(.notAuthenticated)),
            no(534, .authenticate, "5.7.9 too weak", is: .deferred(.notAuthenticated)),
            no(530, .sender, "5.7.0 authentication required", is: .deferred(.notAuthenticated)),
            no(550, .recipient, "5.1.1 no such user", is: .refused(.noSuchRecipient)),
            no(550, .recipient, "no enhanced code", is: .refused(.noSuchRecipient)),
            no(553, .recipient, "5.1.3 syntax", is: .refused(.badAddress)),
            no(501, .recipient, "bad syntax", is: .refused(.badAddress)),
            no(554, .recipient, "5.7.1 relay denied", is: .refused(.notAllowed)),
            no(550, .sender, "5.1.8 unknown sender domain", is: .refused(.badConfiguration)),
            no(552, .content, "too big", is: .refused(.tooLarge)),
            no(552, .content, "5.3.4 too big", is: .refused(.tooLarge)),
            no(554, .content, "5.6.0 malformed", is: .refused(.badContent)),
            no(550, .content, "5.7.1 spam", is: .refused(.notAllowed)),
            no(554, .connect, "no service", is: .deferred(.unavailable)),
            no(550, .connect, "5.7.1 blocked", is: .deferred(.unavailable)),
            no(502, .connect, "5.2.3 no EHLO", is: .deferred(.unavailable)),
            no(354, .content, "go ahead", is: .unknown(.unexpectedAnswer)),
        ],
        settings: {
            .email(
                EmailSettings(
                    host: $0.host, port: $0.port, tls: .off, username: $0.port == 443 ? "tocsin" : nil,
                    password: $0.port == 443 ? Secret("smtpSecretPassword") : nil,
                    from: Mailbox(displayName: "Incidents", address: "incidents@example.com")))
        })
}
