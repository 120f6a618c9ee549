// Slack's incoming webhooks: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks
// Success is 200 with the body `ok`; errors are plain text.

import JSON

struct SlackWebhook {
    var isStrict: Bool

    func verdict(_ request: Request, channel: String) -> Verdict {
        guard request.method == .POST else { return refuse(405, "method_not_allowed", "a webhook takes POST") }
        if isStrict, request.contentType != "application/json" {
            return refuse(400, "invalid_payload", "Content-Type is `\(request.contentType)`, not application/json")
        }
        let payload: JSONValue
        do {
            payload = try JSONValue.parse(bytes: request.body)
        } catch {
            return isStrict ? refuse(400, "invalid_payload", error.description) : accept(request, channel, .object([:]))
        }
        guard isStrict else { return accept(request, channel, payload) }
        guard payload.object != nil else { return refuse(400, "invalid_payload", "the payload is \(payload.kind), not an object") }
        if channel.isEmpty { return refuse(404, "no_service", "the path has no name: /slack/webhook/NAME") }
        do {
            try SlackMessageRules.check(payload)
        } catch {
            var verdict = refuse(400, error.code, error.detail)
            verdict.message = message(request, channel, payload)
            return verdict
        }
        return accept(request, channel, payload)
    }

    private func accept(_ request: Request, _ channel: String, _ payload: JSONValue) -> Verdict {
        Verdict(answer: .text(200, "ok", type: "text/html"), message: message(request, channel, payload))
    }

    private func message(_ request: Request, _ channel: String, _ payload: JSONValue) -> ReceivedMessage {
        let reading = SlackReading(payload)
        return ReceivedMessage(request, .slack, channel: channel, title: reading.title, text: reading.text)
    }

    private func refuse(_ status: Int, _ code: String, _ detail: String) -> Verdict {
        Verdict(answer: .text(status, code, type: "text/html"), refused: "\(status) \(code): \(detail)")
    }
}
