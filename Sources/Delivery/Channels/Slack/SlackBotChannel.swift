// Slack's Web API, `chat.postMessage` (docs.slack.dev/reference/methods/chat.postMessage): failures usually come as
// 200 with `"ok": false`. The answer's `channel` and `ts` together name the message.

import Configuration
import Foundation
import Incidents
import JSON
import Transport

/// Slack by a bot's token: any channel or member that the bot can reach.
struct SlackBotChannel: Channel {
    let name: String
    let kind = ChannelKind.slack
    let destination: String
    private let token: Secret
    private let url: Secret
    private let exchange: HTTPExchange

    init(name: String, settings: SlackBotSettings, options: ChannelOptions, http: any HTTPSending) {
        self.name = name
        token = settings.token
        url = Secret(settings.baseURL + "/chat.postMessage")
        destination = Destination.text("slack", url: settings.baseURL, secret: settings.token.reveal())
        exchange = HTTPExchange(http: http, destination: destination, options: options, secrets: [settings.token])
    }

    func deliver(_ parcel: Parcel) async -> AttemptReport {
        if let refusal = parcel.refusal { return refusal }
        guard case .slack(let content) = parcel.message.content, var payload = content.object else { return parcel.mismatch(kind) }
        payload["channel"] = .string(parcel.address)
        payload["unfurl_links"] = false
        payload["unfurl_media"] = false
        let headers = [(name: "Authorization", value: "Bearer " + token.reveal())]
        let report = await SlackAttempt.make(
            .object(payload), exchange: exchange,
            send: { await exchange.post($0, to: url, headers: headers, token: parcel.token, timeout: $1) },
            judge: Self.judge)
        return report.degraded(by: [parcel.message.degraded])
    }

    private static func judge(_ response: HTTPResponse) -> SlackVerdict {
        let answer = try? JSONValue.parse(bytes: response.body)
        // What HTTP says of load and trouble goes before the body.
        if response.status == 429 || response.status >= 500 || answer?["ok"]?.bool == nil {
            var outcome = OutcomePolicy.status(response.status, retryAfter: response.retryAfter)
            if case .accepted = outcome { outcome = .unknown(.unexpectedAnswer) }
            return SlackVerdict(outcome: outcome, code: nil, simplify: false)
        }
        if answer?["ok"]?.bool == true {
            guard (200..<300).contains(response.status) else {
                return SlackVerdict(outcome: .unknown(.unexpectedAnswer), code: nil, simplify: false)
            }
            return SlackVerdict(outcome: .accepted(remoteID: remoteID(answer)), code: nil, simplify: false)
        }
        let code = answer?["error"]?.string.flatMap { isCode($0) ? $0 : nil } ?? "unknown_error"
        return SlackVerdict(
            outcome: OutcomePolicy.slackError(code, retryAfter: response.retryAfter), code: code,
            simplify: OutcomePolicy.slackSimplify.contains(code))
    }

    /// `C0123456:1503435956.000247`: the channel and the message's `ts`, which updates and threads need together.
    private static func remoteID(_ answer: JSONValue?) -> String? {
        guard let ts = answer?["ts"]?.string, (1...32).contains(ts.utf8.count), ts.utf8.allSatisfy(isTimestampByte) else { return nil }
        guard let channel = answer?["channel"]?.string, (1...32).contains(channel.utf8.count), channel.utf8.allSatisfy(isIDByte) else {
            return ts
        }
        return channel + ":" + ts
    }

    private static func isCode(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count) && text.utf8.allSatisfy { isIDByte($0) || $0 == UInt8(ascii: "_") || (97...122).contains($0) }
    }

    private static func isTimestampByte(_ byte: UInt8) -> Bool { (48...57).contains(byte) || byte == UInt8(ascii: ".") }
    private static func isIDByte(_ byte: UInt8) -> Bool { (48...57).contains(byte) || (65...90).contains(byte) }
}
