// `POST /v1/slack/actions`: Slack calls it when somebody presses a button. What was pressed is dropped at once and Slack has its
// answer; then the message is shown anew, without the button.

import Cryptography
import Foundation
import Hummingbird
import JSON
import Logging
import Router

struct SlackActions: Sendable {
    let desk: AnswerDesk

    func add(to router: Hummingbird.Router<WebContext>) {
        router.post("/v1/slack/actions") { request, context in
            let body = try await request.smallBody()
            return try await answer(request, body, context)
        }
    }

    private func answer(_ request: Request, _ body: [UInt8], _ context: WebContext) async throws -> Response {
        guard let secret = desk.house.http.slackSigningSecret else {
            throw HTTPError(.notFound, message: "buttons in Slack are not set up: `http.slack_signing_secret` is missing")
        }
        let timestamp = Self.header(request, "X-Slack-Request-Timestamp")
        let signature = Self.header(request, "X-Slack-Signature")
        if let fault = SlackSignature.fault(body, timestamp: timestamp, signature: signature, secret: secret, now: desk.now) {
            desk.refused("a press of a button in Slack", fault, from: context)
            throw HTTPError(.unauthorized, message: fault)
        }
        let form = request.form(body)
        // Slack tries out whether we are there.
        if form["ssl_check"] == "1" { return Response(status: .ok) }
        guard let text = form["payload"], let payload = try? JSONValue.parse(bytes: Array(text.utf8)) else {
            throw HTTPError(.badRequest, message: "there is no `payload` that is JSON")
        }
        // Buttons that are links tell it as well, and need nothing.
        guard let press = SlackPress(payload) else { return Response(status: .ok) }
        let request = "slack \(signature ?? "")"
        guard desk.isFirst(request) else {
            desk.refused("a press of a button in Slack", "this very request came before", from: context)
            throw HTTPError(.conflict, message: "this very request came before")
        }
        do {
            try await take(press, context)
        } catch {
            desk.forget(request)
            desk.house.logger.error("a press of a button in Slack could not be taken", metadata: ["error": "\(error)"])
            throw HTTPError(.serviceUnavailable, message: "it cannot be taken now; press it again in a minute")
        }
        return Response(status: .ok)
    }

    private func take(_ press: SlackPress, _ context: WebContext) async throws {
        let by = desk.person(.slack) { $0 == press.user } ?? press.stranger
        var standing = try await desk.standing(of: press.token)
        var isTaken = false
        if case .waits(let deed, let incident) = standing {
            isTaken = try await desk.acknowledge(deed, token: press.token, by: by, means: "slack")
            if !isTaken { standing = .used(deed, incident) }
        }
        if !isTaken {
            desk.refused(
                "a press of a button in Slack", standing.word, from: context, desk.metadata(standing).merging(["by": "\(by)"]) { $1 })
        }
        guard let url = press.responseURL, let word = word(on: standing, press, by: by, isTaken: isTaken) else { return }
        // Slack has its answer first: it waits for three seconds, and no longer.
        let (slack, logger, key) = (desk.setup.channels.slackAnswers, desk.house.logger, AnswerDesk.acknowledgementID(press.token))
        Task {
            guard let trouble = await slack.post(word, to: url, token: key) else { return }
            logger.warning("the message in Slack still has its button", metadata: ["why": "\(trouble)", "by": "\(by)"])
        }
    }

    /// What Slack shows now; nil: nothing.
    private func word(on standing: AcknowledgeStanding, _ press: SlackPress, by: String, isTaken: Bool) -> JSONValue? {
        let words = AnswerWords([desk.configuration.table.directory.people[by]?.language])
        let name = ("by", SlackPress.escaped(desk.displayName(by)))
        switch standing {
        case .forged: return nil
        case .expired(let deed), .gone(let deed):
            return SlackPress.whisper(words(.slackExpired, ("id", SlackPress.escaped(deed.incident))))
        case .waits:
            return isTaken ? press.replaced(with: "✅ " + words(.slackAcked, name, ("time", SlackPress.time(desk.now)))) : nil
        case .over(_, let incident):
            return press.replaced(with: words(.slackOver, ("id", SlackPress.escaped(incident.id))))
        case .taken(_, let incident):
            let holder = ("by", SlackPress.escaped(desk.holder(of: incident) ?? "?"))
            return press.replaced(
                with: "✅ " + words(.slackTaken, holder, ("time", SlackPress.time(incident.course.acknowledgedAt ?? desk.now))))
        case .used(_, let incident):
            // On its way, it is not written down yet.
            guard let holder = desk.holder(of: incident) else { return nil }
            return SlackPress.whisper(words(.slackUsed, ("by", SlackPress.escaped(holder))))
        }
    }

    private static func header(_ request: Request, _ name: String) -> String? {
        FieldName(name).flatMap { request.headers[$0] }
    }
}
