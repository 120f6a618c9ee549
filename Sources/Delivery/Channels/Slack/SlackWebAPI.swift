// Slack's Web API (docs.slack.dev/reference/methods): a method, a JSON document, an answer. Failures usually come as 200
// with `"ok": false`.

import Foundation
import JSON
import Settings
import Transport

/// What became of a call that brings no message.
struct SlackAnswer {
    /// What Slack said, where it said yes.
    var body: JSONValue?
    /// As for a message; of a no, the code is Slack's own.
    var report: AttemptReport

    /// Slack's error, or what else went wrong; nil for a yes.
    var code: String? { body == nil ? report.code ?? "no answer" : nil }
}

/// Calls with one token.
struct SlackWebAPI: Sendable {
    private let token: Secret
    private let baseURL: String
    let exchange: HTTPExchange

    init(token: Secret, baseURL: String, exchange: HTTPExchange) {
        self.token = token
        self.baseURL = baseURL
        self.exchange = exchange
    }

    /// Posts or edits a message; where Slack declines its blocks, its text alone.
    ///
    /// - Parameter key: the call's identity, the same on every attempt.
    func message(_ method: String, _ payload: JSONValue, key: String, time: AttemptTime) async -> AttemptReport {
        await SlackAttempt.make(
            payload, exchange: exchange, time: time, emptiesBlocks: method == "chat.update",
            send: { await post($0, method, key: key, timeout: $1) }, judge: Self.judge)
    }

    /// Calls a method that brings no message.
    func call(_ method: String, _ payload: JSONValue, key: String, timeout: TimeInterval) async -> SlackAnswer {
        answer(to: await post(payload, method, key: key, timeout: timeout))
    }

    /// Calls a method that only reads: those take no JSON.
    ///
    /// - Parameter query: names and values; only letters, digits and `_`, or encoded already.
    func read(_ method: String, _ query: [(name: String, value: String)], key: String, timeout: TimeInterval) async -> SlackAnswer {
        let form = query.map { "\($0.name)=\($0.value)" }.joined(separator: "&")
        return answer(
            to: await exchange.send(
                url(method), headers: [("Content-Type", "application/x-www-form-urlencoded"), authorization], body: Array(form.utf8),
                token: key, timeout: timeout))
    }

    private var authorization: (name: String, value: String) { ("Authorization", "Bearer " + token.reveal()) }

    private func url(_ method: String) -> Secret { Secret(baseURL + "/" + method) }

    private func post(_ payload: JSONValue, _ method: String, key: String, timeout: TimeInterval) async -> HTTPResult {
        await exchange.post(payload, to: url(method), headers: [authorization], token: key, timeout: timeout)
    }

    private func answer(to result: HTTPResult) -> SlackAnswer {
        switch result {
        case .failed(let failure): return SlackAnswer(report: exchange.report(failure))
        case .answered(let response):
            let verdict = Self.judge(response)
            let report = exchange.report(verdict.outcome, response, code: verdict.code)
            guard case .accepted = verdict.outcome else { return SlackAnswer(report: report) }
            return SlackAnswer(body: try? JSONValue.parse(bytes: response.body), report: report)
        }
    }

    static func judge(_ response: HTTPResponse) -> SlackVerdict {
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
        guard let ts = answer?["ts"]?.string, SlackPlace.isTimestamp(ts) else { return nil }
        guard let channel = answer?["channel"]?.string, SlackPlace.isID(channel) else { return ts }
        return channel + ":" + ts
    }

    private static func isCode(_ text: String) -> Bool {
        (1...64).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (48...57).contains($0) || (65...90).contains($0) || (97...122).contains($0) || $0 == UInt8(ascii: "_")
            }
    }
}

/// Where a message stands: its channel's id and its `ts`.
struct SlackPlace: Equatable {
    let channel: String
    let ts: String

    var text: String { channel + ":" + ts }

    /// Reads `CHANNEL:TS`; nil for anything else.
    init?(_ text: String?) {
        guard let text, let colon = text.firstIndex(of: ":") else { return nil }
        (channel, ts) = (String(text[..<colon]), String(text[text.index(after: colon)...]))
        guard Self.isID(channel), Self.isTimestamp(ts) else { return nil }
    }

    static func isID(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) || (65...90).contains($0) }
    }

    static func isTimestamp(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count) && text.utf8.allSatisfy { (48...57).contains($0) || $0 == UInt8(ascii: ".") }
    }
}
