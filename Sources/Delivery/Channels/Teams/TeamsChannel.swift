// Microsoft Teams by the secret URL of a Workflow. Any 2xx is acceptance: Workflows answer 202 with an empty body, and a
// bad card then fails only in the run history. No id comes back.

import Foundation
import Incidents
import JSON
import Settings
import Transport

/// A Teams channel or chat behind a webhook.
struct TeamsChannel: Channel {
    let name: String
    let kind = ChannelKind.teams
    let destination: String
    private let url: Secret
    private let exchange: HTTPExchange

    init(name: String, url: Secret, options: ChannelOptions, http: any HTTPSending) {
        self.name = name
        self.url = url
        destination = Destination.text("teams", url: url.reveal(), secret: url.reveal())
        exchange = HTTPExchange(http: http, destination: destination, options: options, urls: [url])
    }

    func deliver(_ parcel: Parcel) async -> AttemptReport {
        if let refusal = parcel.refusal { return refusal }
        guard case .teams(let message) = parcel.message.content, message.object != nil else { return parcel.mismatch(kind) }
        guard let card = TeamsCard.fitted(message, bytes: TeamsCard.maximumBytes) else {
            return AttemptReport(.refused(.tooLarge), detail: "the card is over \(TeamsCard.maximumBytes) bytes and cannot be shortened")
        }
        let shortened = card == message ? nil : "card shortened to \(TeamsCard.maximumBytes) bytes"
        return await attempt(card, token: parcel.token).degraded(by: [parcel.message.degraded, shortened])
    }

    /// Sends; where the card is said to be too large, sends half of it once more.
    private func attempt(_ card: JSONValue, token: String) async -> AttemptReport {
        let time = AttemptTime(exchange.options.timeout)
        let first = await exchange.post(card, to: url, token: token)
        let report = judge(first)
        guard report.outcome == .refused(.tooLarge), case .answered = first,
            let smaller = TeamsCard.fitted(card, bytes: card.bytes.count / 2), smaller != card
        else { return report }
        guard let left = time.left else {
            return AttemptReport(
                .deferred(.timedOut), code: report.code, detail: "no time was left to send a smaller card", pause: report.pause)
        }
        let second = judge(await exchange.post(smaller, to: url, token: token, timeout: left))
        return second.degraded(by: ["card shortened by half: Teams said it was too large"])
    }

    private func judge(_ result: HTTPResult) -> AttemptReport {
        switch result {
        case .failed(let failure):
            return exchange.report(failure)
        case .answered(let response):
            if response.status == 200, let status = TeamsCard.connectorError(response.body) {
                return exchange.report(outcome(status, response.retryAfter), response, code: String(status))
            }
            return exchange.report(outcome(response.status, response.retryAfter), response)
        }
    }

    private func outcome(_ status: Int, _ retryAfter: TimeInterval?) -> Outcome {
        OutcomePolicy.status(status, retryAfter: retryAfter)
    }
}
