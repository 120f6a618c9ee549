// What peers answer, over HTTP and SMTP: a report comes of it that is bounded, shows no secret, and says "accepted" only
// where the contract says so.

import Delivery
import Foundation
import JSON
import Rendering
import Settings
import Synchronization
import Transport

extension FuzzTarget {
    private static let secret = "zq7HiddenWord"
    private static let origin = "https://peer.example"

    static let answer = FuzzTarget("http", share: 90, few: 250, Mutator(corpus: Corpus.samples("http") + texts, tokens: Tokens.json)) {
        input in
        let statuses = [200, 200, 200, 201, 202, 204, 301, 400, 400, 401, 403, 404, 408, 410, 413, 429, 500, 502, 503, 599, 0, -1, 999]
        let waits: [TimeInterval?] = [nil, nil, 1, 30, 1e300, -5, .nan, .infinity, -.infinity]
        var body = input.bytes
        if input.chance.once(in: 3) { body.insert(contentsOf: secret.utf8, at: input.chance.below(body.count + 1)) }
        let response = HTTPResponse(
            status: input.chance.pick(statuses, or: 200), body: Array(body.prefix(HTTPClient.maximumAnswer)),
            retryAfter: input.chance.pick(waits, or: nil))
        let peer = Peer(response)
        let (settings, parcel) = exchange(pieces(&input, 2), &input.chance)
        let channel = ChannelSet.channel(settings, http: peer, mail: Outbox(), hostName: "router.example")
        let report = await channel.deliver(parcel)
        for request in peer.requests { check(request, &input) }
        check(report, &input)
        guard case .accepted(let id) = report.outcome else { return }
        input.wasTaken = true
        input.check((200..<300).contains(response.status), "accepted with status \(response.status)")
        input.check((id ?? "").utf8.count <= 1_300 && !(id ?? "").contains("\n"), "the peer's id for the message")
        if case .slackWebhook = settings.way { input.check(response.body == Array("ok".utf8), "accepted without `ok`") }
    }

    /// One of the ways over HTTP, and a parcel for it.
    private static func exchange(_ texts: [String], _ chance: inout Chance) -> (ChannelSettings, Parcel) {
        let field = { (name: String, value: String) in GatewaySettings.Field(name: name, value: Secret(value)) }
        let payload: JSONValue = [
            "text": .string("x" + texts[0]), "blocks": [["type": "section", "text": ["type": "mrkdwn", "text": "y"]]],
        ]
        let card: JSONValue = ["type": "AdaptiveCard", "body": [["type": "TextBlock", "text": .string("x" + texts[0])]]]
        let teams: JSONValue = ["type": "message", "attachments": [["content": card]]]
        let (way, content, address): (ChannelSettings.Way, Message.Content, String) =
            switch chance.below(5) {
            case 0: (.slackWebhook(url: Secret("\(origin)/\(secret)")), .slack(payload), "ops")
            case 1: (.slackBot(SlackBotSettings(token: Secret(secret), channel: "C012", baseURL: origin)), .slack(payload), "C012")
            case 2: (.teams(webhook: Secret("\(origin)/\(secret)?sig=\(secret)")), .teams(teams), "ops")
            case 3:
                (
                    .twilio(TwilioSettings(account: "AC1", token: Secret(secret), sender: .number("+15557654321"), baseURL: origin)),
                    .sms("x" + texts[0]), "+447700900123"
                )
            default:
                (
                    .gateway(
                        GatewaySettings(
                            method: "POST", url: Secret("\(origin)/{{id}}/{{address}}/{{text}}?k={{text}}"),
                            query: [field("password", secret), field("text", "{{text}}")], headers: [field("X-Text", "{{text}}")],
                            body: chance.once(in: 2)
                                ? .json(Secret(#"{"a":"{{address}}","t":"{{text}}"}"#)) : .form([field("t", "{{text}}")]),
                            successBody: chance.once(in: 2) ? "^0:|ok" : nil, idPattern: "id[=:] *\"?([^\" ]+)")),
                    .sms("x" + texts[0]), chance.once(in: 8) ? texts[1] : "+447700900123"
                )
            }
        let parcel = Parcel(
            token: "d-1", address: address, message: Message(content: content), incident: texts[1], isFirst: true, date: now)
        return (ChannelSettings(name: "peer", way: way), parcel)
    }

    private static func check(_ request: HTTPRequest, _ input: inout FuzzInput) {
        input.check(request.url.hasPrefix(origin + "/"), "the request goes elsewhere")
        input.check(request.url.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }, "a URL with white space or control characters")
        for header in request.headers {
            input.check(!header.value.utf8.contains { $0 == 0x0D || $0 == 0x0A || $0 == 0 }, "a line end in the header \(header.name)")
        }
        guard request.headers.contains(where: { $0.value.hasPrefix("application/json") }) else { return }
        input.check((try? JSONValue.parse(bytes: request.body)) != nil, "the body is no JSON")
    }

    /// A server's lines as the connection hears them, and its reply as the channel reads it.
    static let reply = FuzzTarget("smtp", share: 80, few: 400, Mutator(corpus: Corpus.samples("smtp"), tokens: Tokens.smtp)) { input in
        var conversation = SMTPConversation(needsLogin: input.chance.once(in: 2), upgradesToTLS: input.chance.once(in: 2))
        let says = ["EHLO x\r\n", "AUTH PLAIN AA==\r\n", "MAIL FROM:<a@b>\r\n", "RCPT TO:<c@d>\r\n", "DATA\r\n", "QUIT\r\n"]
        for (index, line) in input.bytes.split(separator: 0x0A, omittingEmptySubsequences: false).prefix(64).enumerated() {
            if input.chance.once(in: 3) { says[index % says.count].utf8.withContiguousStorageIfAvailable { conversation.say(.init($0)) } }
            _ = line.withUnsafeBytes { conversation.hear($0) }
            input.check((0...999).contains(conversation.code), "code \(conversation.code)")
        }
        let server = SMTPServer(host: "h", port: 25, username: "u", password: secret)
        let shown = server.presentable(conversation.reply)
        input.check(shown.unicodeScalars.count <= 300, "a reply of \(shown.unicodeScalars.count)")
        let steps: [SMTPResult.Step] = [.connect, .authenticate, .sender, .recipient, .content]
        let text = input.text + (input.chance.once(in: 4) ? secret : "")
        let isTaken = input.chance.once(in: 4)
        input.wasTaken = isTaken
        let result: SMTPResult =
            isTaken
            ? .accepted(reply: text)
            : .rejected(
                code: input.chance.once(in: 8) ? input.chance.below(1_000) : 400 + input.chance.below(200),
                step: input.chance.pick(steps, or: .connect), reply: text)
        var settings = EmailSettings(host: "h", port: 25, from: Mailbox(address: "a@example.com"))
        settings.username = "u"
        settings.password = Secret(secret)
        let channel = ChannelSet.channel(
            ChannelSettings(name: "mail", way: .email(settings)), http: NoAnswer(), mail: Outbox(result), hostName: "router.example")
        let report = await channel.deliver(
            Parcel(
                token: "d-1", address: "c@example.com", message: Message(content: .email(subject: "s", text: "t", html: "")),
                incident: nil, isFirst: true, date: now))
        check(report, &input)
        if case .accepted = report.outcome { input.check(isTaken, "accepted what was declined") }
    }

    private static func check(_ report: AttemptReport, _ input: inout FuzzInput) {
        let detail = report.detail ?? ""
        input.check(detail.count <= 301, "a detail of \(detail.count) characters")
        input.check(
            !detail.unicodeScalars.contains { $0.value < 0x20 || (0x7F..<0xA0).contains($0.value) }, "control characters in a detail")
        if let pause = report.pause { input.check((0...3_600).contains(pause), "a pause of \(pause) s") }
        if case .deferred(_, let wait?) = report.outcome { input.check((0...3_600).contains(wait), "a wait of \(wait) s") }
        let said = "\(detail) \(report.code ?? "") \(report.degraded ?? "") \(report.outcome)"
        input.check(!said.contains(secret), "a secret in a report")
    }
}

/// Always answers the same.
final class Peer: HTTPSending {
    private let response: HTTPResponse
    private let seen = Mutex<[HTTPRequest]>([])

    init(_ response: HTTPResponse) { self.response = response }

    var requests: [HTTPRequest] { seen.withLock { $0 } }

    func send(_ request: HTTPRequest) async -> HTTPResult {
        seen.withLock { $0.append(request) }
        return .answered(response)
    }
}
