// Slack's incoming webhooks: a secret URL, the answer `ok`, no id back
// (docs.slack.dev, "Sending messages using incoming webhooks").

import Foundation
import Incidents
import JSON
import Settings
import Transport

/// A Slack channel behind an incoming webhook.
struct SlackWebhookChannel: Channel {
    let name: String
    let kind = ChannelKind.slack
    let destination: String
    private let url: Secret
    private let exchange: HTTPExchange

    init(name: String, url: Secret, options: ChannelOptions, http: any HTTPSending) {
        self.name = name
        self.url = url
        destination = Destination.text("slack", url: url.reveal(), secret: url.reveal())
        exchange = HTTPExchange(http: http, destination: destination, options: options, urls: [url])
    }

    func deliver(_ parcel: Parcel) async -> AttemptReport {
        if let refusal = parcel.refusal { return refusal }
        guard case .slack(let payload) = parcel.message.content, payload.object != nil else { return parcel.mismatch(kind) }
        let report = await SlackAttempt.make(
            payload, exchange: exchange, time: AttemptTime(exchange.options.timeout), seconds: exchange.options.timeout,
            send: { await exchange.post($0, to: url, token: parcel.token, timeout: $1) },
            judge: { response in
                let isSimple =
                    response.status == 400 && OutcomePolicy.slackSimplify.contains(String(decoding: response.body, as: UTF8.self))
                return SlackVerdict(outcome: OutcomePolicy.slackWebhook(response), code: nil, simplify: isSimple)
            })
        return report.degraded(by: [parcel.message.degraded])
    }
}
