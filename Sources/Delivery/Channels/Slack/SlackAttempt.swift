// One message to Slack: send; where Slack declines the blocks, send the text alone once more, in the same time.

import Foundation
import JSON
import Settings
import Transport

/// What a Slack answer means, and whether the text alone has a chance.
struct SlackVerdict {
    var outcome: Outcome
    /// Slack's own code, where it gave one.
    var code: String?
    var simplify: Bool
}

enum SlackAttempt {
    /// Makes the attempt. `send` gets a payload and the seconds that are left.
    ///
    /// - Parameters:
    ///   - seconds: for the first request, where they are not what is left of `time`.
    ///   - emptiesBlocks: of an edit, where blocks that are not named stay as they were.
    static func make(
        _ payload: JSONValue, exchange: HTTPExchange, time: AttemptTime, seconds: TimeInterval? = nil, emptiesBlocks: Bool = false,
        send: (JSONValue, TimeInterval) async -> HTTPResult, judge: (HTTPResponse) -> SlackVerdict
    ) async -> AttemptReport {
        switch await send(payload, seconds ?? time.remaining) {
        case .failed(let failure):
            return exchange.report(failure)
        case .answered(let response):
            let verdict = judge(response)
            let report = exchange.report(verdict.outcome, response, code: verdict.code)
            guard verdict.simplify, let plain = textOnly(payload, emptiesBlocks: emptiesBlocks), plain != payload else { return report }
            let words = "sent as text only: Slack declined the blocks (\(report.code ?? "invalid_blocks"))"
            guard let left = time.left else {
                return AttemptReport(
                    .deferred(.timedOut), code: report.code, detail: "no time was left to send the text alone", pause: report.pause)
            }
            switch await send(plain, left) {
            case .failed(let failure):
                return exchange.report(failure).degraded(by: [words])
            case .answered(let response):
                let verdict = judge(response)
                return exchange.report(verdict.outcome, response, code: verdict.code).degraded(by: [words])
            }
        }
    }

    /// The payload without blocks and attachments; nil where it has no text.
    static func textOnly(_ payload: JSONValue, emptiesBlocks: Bool = false) -> JSONValue? {
        guard var members = payload.object, let text = members["text"]?.string, !text.isEmpty else { return nil }
        members["blocks"] = emptiesBlocks ? .array([]) : nil
        members["attachments"] = nil
        return .object(members)
    }
}
