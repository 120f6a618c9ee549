// Slack's Web API, as far as Tocsin speaks it: https://docs.slack.dev/reference/methods
// Failures come as HTTP 200 with `"ok": false`, except the rate limit's 429.

import Foundation
import JSON

struct SlackAPI {
    var options: SandboxOptions
    var workspace: SlackWorkspace
    var rates: RateGate

    func verdict(_ request: Request, method: String) -> Verdict {
        guard request.method == .POST else { return refuse("invalid_post_type", "\(method) takes POST") }
        let isMessage = method == "chat.postMessage" || method == "chat.update"
        do throws(SlackError) {
            try authenticate(request)
            let payload = try payload(request)
            switch method {
            case "chat.postMessage", "chat.update": return try message(request, payload, isUpdate: method == "chat.update")
            case "conversations.create": return try create(payload)
            case "conversations.list": return list(payload)
            case "conversations.invite", "conversations.setTopic", "conversations.archive", "conversations.unarchive",
                "conversations.join":
                return try change(payload, method)
            case "auth.test": return silent(["ok": true, "team": "Tocsin sandbox", "user": "tocsin", "user_id": "U0SANDBOX"])
            default: throw SlackError(code: "unknown_method", detail: "the sandbox does not know the method \(method)")
            }
        } catch {
            var verdict = refuse(error.code, error.detail)
            verdict.isSilent = !isMessage
            return verdict
        }
    }

    private func authenticate(_ request: Request) throws(SlackError) {
        guard options.checksStrictly else { return }
        guard let header = request.headers.first(name: "authorization"), header.lowercased().hasPrefix("bearer ") else {
            throw SlackError(code: "not_authed", detail: "there is no `Authorization: Bearer` header")
        }
        let token = header.dropFirst(7).trimmingCharacters(in: .whitespaces)
        let isRight = options.slackTokens?.contains(token) ?? token.hasPrefix("xox")
        guard isRight else { throw SlackError(code: "invalid_auth", detail: "the token is not one of Slack's (`xoxb-…`)") }
    }

    private func payload(_ request: Request) throws(SlackError) -> JSONValue {
        switch request.contentType {
        case "application/json":
            guard let payload = try? JSONValue.parse(bytes: request.body) else {
                throw SlackError(code: "invalid_json", detail: "the body is not JSON")
            }
            guard payload.object != nil else { throw SlackError(code: "json_not_object", detail: "the body is \(payload.kind)") }
            return payload
        case "application/x-www-form-urlencoded":
            var members: [String: JSONValue] = [:]
            for (name, value, _) in Form(String(decoding: request.body, as: UTF8.self)).fields {
                let isJSON = name == "blocks" || name == "attachments"
                members[name] = (isJSON ? try? JSONValue.parse(value.utf8) : nil) ?? .string(value)
            }
            return .object(members)
        default: throw SlackError(code: "invalid_post_type", detail: "Content-Type is `\(request.contentType)`")
        }
    }

    private func message(_ request: Request, _ payload: JSONValue, isUpdate: Bool) throws(SlackError) -> Verdict {
        let named = payload["channel"]?.string ?? ""
        // Messages may name a channel; what comes back is its id.
        let channel = workspace.channel(named)?.id ?? named
        let reading = SlackReading(payload)
        var message = ReceivedMessage(request, .slackAPI, channel: channel, title: reading.title, text: reading.text)
        message.thread = payload["thread_ts"]?.string
        message.isShown = payload["reply_broadcast"]?.bool ?? false
        let target = payload["ts"]?.string
        if isUpdate { message.replaces = target }
        do throws(SlackError) {
            if channel.isEmpty { throw SlackError(code: "channel_not_found", detail: "`channel` is missing") }
            if workspace.channel(channel)?.isArchived == true { throw SlackError(code: "is_archived", detail: "\(channel) is archived") }
            if options.checksStrictly {
                try SlackMessageRules.check(payload)
                try checkTimestamp(payload["thread_ts"], "thread_ts")
                if let thread = message.thread, !workspace.has(channel: channel, ts: thread) {
                    throw SlackError(code: "thread_not_found", detail: "no message \(thread) was posted to \(channel)")
                }
                if isUpdate { try checkUpdate(channel, target) }
            }
        } catch {
            var verdict = refuse(error.code, error.detail)
            verdict.message = message
            return verdict
        }
        if options.enforceRates, let verdict = limited(request, channel, isUpdate, message) { return verdict }
        let ts = isUpdate ? target ?? workspace.timestamp() : workspace.post(channel: channel)
        message.id = ts
        var answer: [String: JSONValue] = ["ok": true, "channel": .string(channel), "ts": .string(ts)]
        if isUpdate { answer["text"] = payload["text"] ?? "" }
        if let thread = message.thread { answer["message"] = ["ts": .string(ts), "thread_ts": .string(thread)] }
        return Verdict(answer: .json(200, .object(answer)), message: message)
    }

    private func checkTimestamp(_ value: JSONValue?, _ name: String) throws(SlackError) {
        guard let value else { return }
        let parts = (value.string ?? "").split(separator: ".", omittingEmptySubsequences: false)
        let isRight =
            parts.count == 2 && parts[1].count == 6 && !parts[0].isEmpty && parts.joined().utf8.allSatisfy { (48...57).contains($0) }
        if !isRight { throw SlackError(code: "invalid_arguments", detail: "`\(name)` must be a string like 1503435956.000247") }
    }

    private func checkUpdate(_ channel: String, _ ts: String?) throws(SlackError) {
        guard let ts, workspace.has(channel: channel, ts: ts) else {
            throw SlackError(code: "message_not_found", detail: "no message \(ts ?? "(ts is missing)") was posted to \(channel)")
        }
    }

    private func limited(_ request: Request, _ channel: String, _ isUpdate: Bool, _ message: ReceivedMessage) -> Verdict? {
        let name = isUpdate ? "chat.update" : "chat.postMessage/\(channel)"
        guard let seconds = rates.wait(name, isUpdate ? RateGate.slackUpdate : RateGate.slack, now: request.at) else { return nil }
        var answer = Answer.json(429, ["ok": false, "error": "ratelimited"])
        answer.headers.append(("retry-after", String(seconds)))
        return Verdict(answer: answer, message: message, refused: "429 ratelimited: too fast, wait \(seconds) s")
    }

    private func refuse(_ code: String, _ detail: String) -> Verdict {
        var answer: [String: JSONValue] = ["ok": false, "error": .string(code)]
        if code == "invalid_blocks" || code == "invalid_arguments" {
            answer["response_metadata"] = ["messages": [.string("[ERROR] \(detail)")]]
        }
        return Verdict(answer: .json(200, .object(answer)), refused: "\(code): \(detail)")
    }

    func silent(_ value: JSONValue) -> Verdict { Verdict(answer: .json(200, value), isSilent: true) }
}
