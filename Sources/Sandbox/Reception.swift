// Where requests are handed to their receiver and what came is put into the inbox. One for each sandbox, shared by all
// connections; everything it holds is safe to share.

import Foundation
import JSON

final class Reception: Sendable {
    let options: SandboxOptions
    let inbox: Inbox
    let faults = FaultBook()
    let rates = RateGate()
    let workspace = SlackWorkspace()
    let connections = Connections()

    init(options: SandboxOptions) {
        self.options = options
        inbox = Inbox(maximumKept: options.maximumKept, maximumKeptBytes: options.maximumKeptBytes, keeps: options.keepsRaw)
    }

    /// Nothing of the body is looked at.
    var isFast: Bool { !options.checksStrictly && !inbox.wantsMessages }

    /// The receiver's answer; the message is in the inbox when this returns.
    func answer(_ request: Request, _ receiver: Receiver, channel: String, method: String) -> Answer {
        if isFast, let answer = quickAnswer(receiver, method: method) {
            inbox.tally(receiver)
            return answer
        }
        let verdict = judged(request, receiver, channel: channel, method: method)
        guard !verdict.isSilent else { return verdict.answer }
        put(verdict.message ?? unreadable(request, receiver, channel), refused: verdict.refused)
        return verdict.answer
    }

    /// A request that a fault turned away: it is in the inbox as refused.
    func turnAway(_ request: Request, _ receiver: Receiver, channel: String, reason: String) {
        guard inbox.wantsMessages else { return inbox.tally(receiver, isAccepted: false) }
        put(unreadable(request, receiver, channel), refused: reason)
    }

    func put(_ message: ReceivedMessage, refused: String?) {
        guard inbox.wantsMessages else { return inbox.tally(message.receiver, isAccepted: refused == nil) }
        var message = message
        message.refused = refused
        inbox.add(message)
    }

    private func judged(_ request: Request, _ receiver: Receiver, channel: String, method: String) -> Verdict {
        if let verdict = limited(request, receiver, channel) { return verdict }
        switch receiver {
        case .slack: return SlackWebhook(isStrict: options.checksStrictly).verdict(request, channel: channel)
        case .slackAPI:
            return SlackAPI(options: options, workspace: workspace, rates: rates).verdict(request, method: method)
        case .teams: return Teams(isStrict: options.checksStrictly).verdict(request, channel: channel)
        case .twilio:
            return Twilio(isStrict: options.checksStrictly, optedOut: options.optedOut).verdict(request, account: channel)
        case .gateway: return Gateway(isStrict: options.checksStrictly).verdict(request, path: method)
        case .smtp: return Verdict(answer: .text(404, "no such place"), isSilent: true)
        }
    }

    /// 429 where the provider's published rate is exceeded. Slack's Web API counts by itself, where the channel is known.
    private func limited(_ request: Request, _ receiver: Receiver, _ channel: String) -> Verdict? {
        guard options.enforceRates, receiver == .slack || receiver == .teams else { return nil }
        let windows = receiver == .slack ? RateGate.slack : RateGate.teams
        guard let seconds = rates.wait("\(receiver.rawValue)/\(channel)", windows, now: request.at) else { return nil }
        var answer = Answer.text(429, receiver == .slack ? "rate_limited" : "")
        answer.headers.append(("retry-after", String(seconds)))
        return Verdict(answer: answer, refused: "429: too fast, wait \(seconds) s")
    }

    /// What the fast path says; nil where the receiver must look at the request to answer at all.
    private func quickAnswer(_ receiver: Receiver, method: String) -> Answer? {
        switch receiver {
        case .slack: return .text(200, "ok", type: "text/html")
        case .slackAPI:
            guard method == "chat.postMessage" || method == "chat.update" else { return nil }
            return .text(200, "{\"ok\":true,\"channel\":\"C0000000001\",\"ts\":\"\(workspace.timestamp())\"}", type: "application/json")
        case .teams: return Answer(status: 202)
        case .twilio: return .json(201, ["sid": .string(Twilio.sid()), "status": "queued"])
        case .gateway: return .text(202, "0: Accepted for delivery")
        case .smtp: return nil
        }
    }

    private func unreadable(_ request: Request, _ receiver: Receiver, _ channel: String) -> ReceivedMessage {
        ReceivedMessage(request, receiver, channel: channel, title: "", text: String(decoding: request.body.prefix(2_000), as: UTF8.self))
    }
}

extension ReceivedMessage {
    /// What all messages over HTTP have in common.
    init(_ request: Request, _ receiver: Receiver, channel: String, to: String? = nil, title: String, text: String) {
        self.init(
            receiver: receiver, at: request.at, channel: channel, to: to ?? channel, title: title, text: text,
            raw: request.method == .GET ? Array(request.query.utf8) : request.body,
            headers: request.headers.map { ($0.name, $0.value) })
        isSecure = request.isSecure
    }
}
