// A Workflow of Microsoft Teams that posts Adaptive Cards. A real one answers 202 to nearly everything and fails later,
// in its run history; the sandbox looks at once, since a card that nobody sees is what a test must find.

import JSON

struct Teams {
    /// 28 KB, as documented for a message.
    static let maximumBytes = 28 * 1_024
    var isStrict: Bool

    func verdict(_ request: Request, channel: String) -> Verdict {
        guard request.method == .POST else { return refuse(405, "MethodNotAllowed", "a workflow takes POST") }
        guard isStrict else { return accept(request, channel, (try? JSONValue.parse(bytes: request.body)) ?? .object([:])) }
        if request.body.count > Self.maximumBytes {
            return refuse(413, "RequestEntityTooLarge", "\(request.body.count) bytes; at most \(Self.maximumBytes)")
        }
        if channel.isEmpty { return refuse(404, "WorkflowNotFound", "the path has no name: /teams/NAME") }
        if request.contentType != "application/json" {
            return refuse(400, "InvalidRequestContent", "Content-Type is `\(request.contentType)`, not application/json")
        }
        let payload: JSONValue
        do {
            payload = try JSONValue.parse(bytes: request.body)
        } catch {
            return refuse(400, "InvalidRequestContent", error.description)
        }
        do {
            try TeamsCardRules().check(payload)
        } catch {
            var verdict = refuse(400, "TriggerInputSchemaMismatch", error.message)
            verdict.message = message(request, channel, payload)
            return verdict
        }
        return accept(request, channel, payload)
    }

    private func accept(_ request: Request, _ channel: String, _ payload: JSONValue) -> Verdict {
        Verdict(answer: Answer(status: 202), message: message(request, channel, payload))
    }

    private func message(_ request: Request, _ channel: String, _ payload: JSONValue) -> ReceivedMessage {
        let reading = TeamsReading(payload)
        return ReceivedMessage(request, .teams, channel: channel, title: reading.title, text: reading.text)
    }

    private func refuse(_ status: Int, _ code: String, _ message: String) -> Verdict {
        Verdict(
            answer: .json(status, ["error": ["code": .string(code), "message": .string(message)]]), refused: "\(status) \(code): \(message)"
        )
    }

    /// What legacy connectors answered, with status 200, when Teams itself had said no.
    static func legacyBody(status: Int) -> String {
        "Webhook message delivery failed with error: Microsoft Teams endpoint returned HTTP error \(status) with ContextId "
            + "tcid=0,server=SANDBOX,cv=0.0.."
    }
}
