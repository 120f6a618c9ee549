// One incident, one conversation: which calls an attempt makes, and what decides its outcome.

import Foundation
import JSON
import Rendering
import Settings
import Synchronization
import Testing
import Transport

@testable import Delivery

/// Slack, answering each method from a list; the last answer for ever, and yes where none is given.
final class ScriptedSlack: HTTPSending {
    struct Call: Sendable {
        var method: String
        var body: JSONValue
        var key: String
    }

    private let state: Mutex<(answers: [String: [HTTPResult]], calls: [Call])>

    init(_ answers: [String: [HTTPResult]] = [:]) { state = Mutex((answers, [])) }

    var calls: [Call] { state.withLock { $0.calls } }
    var methods: [String] { calls.map(\.method) }

    static let yes: [String: HTTPResult] = [
        "chat.postMessage": http(200, #"{"ok":true,"channel":"C1","ts":"2.000000"}"#),
        "chat.update": http(200, #"{"ok":true,"channel":"C1","ts":"1.000000","text":"x"}"#),
        "conversations.create": http(200, #"{"ok":true,"channel":{"id":"C9","name":"inc-1"}}"#),
    ]

    static func no(_ code: String) -> HTTPResult { http(200, #"{"ok":false,"error":"\#(code)"}"#) }

    func send(_ request: HTTPRequest) async -> HTTPResult {
        let method = request.url.split(separator: "/").last.map(String.init) ?? ""
        let body = (try? JSONValue.parse(bytes: request.body)) ?? .string(String(decoding: request.body, as: UTF8.self))
        return state.withLock { state in
            let key = request.headers.first { $0.name == "Idempotency-Key" }?.value ?? ""
            state.calls.append(Call(method: method, body: body, key: key))
            guard var answers = state.answers[method], let first = answers.first else {
                return Self.yes[method] ?? http(200, #"{"ok":true}"#)
            }
            if answers.count > 1 { answers.removeFirst() }
            state.answers[method] = answers
            return first
        }
    }

    func channel(_ updates: SlackUpdates = .thread) -> any Delivery.Channel {
        let settings = SlackBotSettings(token: Secret("xoxb-1"), channel: "C1", updates: updates, baseURL: "https://slack.example/api")
        return SlackBotChannel(name: "war-room", settings: settings, options: ChannelOptions(), http: self)
    }
}

func slackParcel(_ part: Part = .state, thread: String? = "C1:1.000000", room: Room? = nil, subject: String? = nil) -> Parcel {
    let content: JSONValue = ["text": "INC-1 is critical", "blocks": [["type": "divider"]]]
    return Parcel(
        token: "d1", address: room.map { "#" + $0.name } ?? "C1", message: Message(content: .slack(content)), incident: "INC-1",
        isFirst: false, date: Date(timeIntervalSince1970: 1_764_000_000), thread: thread, subject: subject, part: part, room: room)
}

@Suite("A conversation in Slack")
struct SlackConversationTests {
    @Test("begins with its first message", arguments: [SlackUpdates.thread, .inPlace])
    func begins(updates: SlackUpdates) async {
        let slack = ScriptedSlack()
        let report = await slack.channel(updates).deliver(slackParcel(thread: nil))
        #expect(slack.methods == ["chat.postMessage"])
        #expect(slack.calls[0].body["thread_ts"] == nil)
        #expect(report.root == "C1:2.000000")
    }

    @Test("goes on in the thread, and the first message shows the latest state", arguments: [Part.state, .news])
    func goesOn(part: Part) async {
        let slack = ScriptedSlack()
        let report = await slack.channel().deliver(slackParcel(part))
        #expect(slack.methods == ["chat.update", "chat.postMessage"], "what may be repeated goes first")
        #expect(slack.calls[0].body["ts"] == "1.000000" && slack.calls[0].body["blocks"] != nil && slack.calls[0].body["text"] != nil)
        #expect(slack.calls[1].body["thread_ts"] == "1.000000")
        #expect(slack.calls[1].body["reply_broadcast"]?.bool == (part == .news ? true : nil))
        #expect(slack.calls.map(\.key) == ["d1-update", "d1"])
        #expect(report.outcome == .accepted(remoteID: "C1:2.000000"))
        #expect(report.root == nil && report.degraded == nil)
    }

    @Test("in place: a state edits the first message alone, news are replies as well", arguments: [Part.state, .news])
    func inPlace(part: Part) async {
        let slack = ScriptedSlack()
        let report = await slack.channel(.inPlace).deliver(slackParcel(part))
        #expect(slack.methods == (part == .state ? ["chat.update"] : ["chat.update", "chat.postMessage"]))
        #expect(report.outcome == .accepted(remoteID: part == .state ? "C1:1.000000" : "C1:2.000000"))
    }

    @Test("words and announcements are replies that leave the first message as it is", arguments: [Part.word, .announcement])
    func words(part: Part) async {
        let slack = ScriptedSlack()
        _ = await slack.channel(.inPlace).deliver(slackParcel(part))
        #expect(slack.methods == ["chat.postMessage"])
        #expect(slack.calls[0].body["thread_ts"] == "1.000000")
    }

    @Test("what stands apart, and `updates: none`, are messages by themselves")
    func apart() async {
        for (part, updates) in [(Part.apart, SlackUpdates.thread), (.state, .none), (.news, .none)] {
            let slack = ScriptedSlack()
            let report = await slack.channel(updates).deliver(slackParcel(part))
            #expect(slack.methods == ["chat.postMessage"])
            #expect(slack.calls[0].body["thread_ts"] == nil && report.root == nil)
        }
    }

    @Test("an edit that fails costs the reply nothing", arguments: ["edit_window_closed", "cant_update_message", "internal_error"])
    func editFails(code: String) async {
        let slack = ScriptedSlack(["chat.update": [ScriptedSlack.no(code)]])
        let report = await slack.channel().deliver(slackParcel())
        #expect(slack.methods == ["chat.update", "chat.postMessage"])
        #expect(report.outcome == .accepted(remoteID: "C1:2.000000"))
        #expect(report.degraded?.contains(code) == true)
        #expect(report.root == nil)
    }

    @Test("a limit on edits holds back edits alone, and for as long as Slack asks")
    func editsAreLimited() async {
        let slack = ScriptedSlack(["chat.update": [http(429, #"{"ok":false,"error":"ratelimited"}"#, retryAfter: 30)]])
        let channel = slack.channel()
        let first = await channel.deliver(slackParcel())
        let second = await channel.deliver(slackParcel())
        #expect(slack.methods == ["chat.update", "chat.postMessage", "chat.postMessage"])
        #expect([first, second].allSatisfy { $0.outcome == .accepted(remoteID: "C1:2.000000") && $0.pause == nil })
        #expect([first, second].allSatisfy { $0.degraded != nil })
    }

    @Test("in place, what cannot be edited is a reply", arguments: ["edit_window_closed", "cant_update_message"])
    func inPlaceCannotEdit(code: String) async {
        let slack = ScriptedSlack(["chat.update": [ScriptedSlack.no(code)]])
        let report = await slack.channel(.inPlace).deliver(slackParcel())
        #expect(slack.methods == ["chat.update", "chat.postMessage"])
        #expect(slack.calls[1].body["thread_ts"] == "1.000000")
        #expect(report.outcome == .accepted(remoteID: "C1:2.000000") && report.degraded?.contains(code) == true)
    }

    @Test("in place, the edit decides the outcome")
    func inPlaceDecides() async {
        for (answer, outcome) in [
            (http(429, retryAfter: 7), Outcome.deferred(.rateLimited, retryAfter: 7)),
            (ScriptedSlack.no("update_failed"), .deferred(.unavailable)),
            (ScriptedSlack.no("fatal_error"), .unknown(.serverError)), (ScriptedSlack.no("invalid_auth"), .refused(.notAuthenticated)),
        ] {
            let slack = ScriptedSlack(["chat.update": [answer]])
            #expect(await slack.channel(.inPlace).deliver(slackParcel()).outcome == outcome)
            #expect(slack.methods == ["chat.update"])
        }
    }

    @Test("begins anew where its first message is gone", arguments: [SlackUpdates.thread, .inPlace])
    func gone(updates: SlackUpdates) async {
        let slack = ScriptedSlack(["chat.update": [ScriptedSlack.no("message_not_found")]])
        let report = await slack.channel(updates).deliver(slackParcel())
        #expect(slack.methods == ["chat.update", "chat.postMessage"])
        #expect(slack.calls[1].body["thread_ts"] == nil)
        #expect(report.root == "C1:2.000000")
    }

    @Test("begins anew where nothing can be replied to", arguments: ["thread_not_found", "cannot_reply_to_message"])
    func noThread(code: String) async {
        let slack = ScriptedSlack(["chat.postMessage": [ScriptedSlack.no(code), ScriptedSlack.yes["chat.postMessage"] ?? http(500)]])
        let report = await slack.channel().deliver(slackParcel())
        #expect(slack.methods == ["chat.update", "chat.postMessage", "chat.postMessage"])
        #expect(report.root == "C1:2.000000")
        #expect(report.outcome == .accepted(remoteID: "C1:2.000000"))
    }

    @Test("a reply decides the outcome, whatever the edit did")
    func replyDecides() async {
        for (answer, outcome) in [
            (http(429, retryAfter: 7), Outcome.deferred(.rateLimited, retryAfter: 7)), (http(500), .unknown(.serverError)),
            (ScriptedSlack.no("is_archived"), .refused(.noSuchDestination)),
        ] {
            let slack = ScriptedSlack(["chat.postMessage": [answer]])
            #expect(await slack.channel().deliver(slackParcel()).outcome == outcome)
        }
    }

    @Test("an edit whose blocks Slack declines empties them")
    func editWithoutBlocks() async {
        let slack = ScriptedSlack([
            "chat.update": [ScriptedSlack.no("invalid_blocks"), ScriptedSlack.yes["chat.update"] ?? http(500)]
        ])
        _ = await slack.channel(.inPlace).deliver(slackParcel())
        #expect(slack.methods == ["chat.update", "chat.update"])
        #expect(slack.calls[1].body["blocks"] == [])
    }
}
