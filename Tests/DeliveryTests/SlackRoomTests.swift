// An incident's own channel: made once, found again, and in nobody's way where Slack says no.

import Foundation
import JSON
import Testing
import Transport

@testable import Delivery

@Suite("An incident's own channel")
struct SlackRoomTests {
    private func room(topic: String = "critical · open", invite: [String] = ["U1"], isOver: Bool = false) -> Room {
        Room(name: "inc-1", topic: topic, invite: invite, isOver: isOver)
    }

    @Test("is made, filled, and written to")
    func made() async {
        let slack = ScriptedSlack()
        let report = await slack.channel().deliver(slackParcel(thread: nil, room: room()))
        #expect(slack.methods == ["conversations.create", "conversations.invite", "conversations.setTopic", "chat.postMessage"])
        #expect(slack.calls[3].body["channel"] == "C9" && slack.calls[3].body["thread_ts"] == nil)
        #expect(report.root == "C1:2.000000")
        #expect(RoomMemory(report.subject).topic == "critical · open" && RoomMemory(report.subject).invited == ["U1"])
        #expect(Set(slack.calls.map(\.key)).count == 4, "no two calls have one identity")
    }

    @Test("is told without more ado as long as nothing about it changes")
    func known() async {
        var memory = RoomMemory()
        (memory.topic, memory.invited) = ("critical · open", ["U1"])
        let slack = ScriptedSlack()
        let channel = slack.channel()
        let report = await channel.deliver(slackParcel(thread: "C1:1.0", room: room(), subject: memory.text))
        #expect(slack.methods == ["chat.postMessage"])
        #expect(report.root == nil && report.subject == nil)
        _ = await channel.deliver(slackParcel(thread: "C1:1.0", room: room(topic: "high", invite: ["U1", "U2"]), subject: memory.text))
        #expect(slack.methods.dropFirst() == ["conversations.invite", "conversations.setTopic", "chat.postMessage"])
        #expect(slack.calls[1].body["users"] == "U2", "who left is not fetched back")
    }

    @Test("is found on any page, joined, and taken out of the archive")
    func found() async {
        let pages = [
            http(200, #"{"ok":true,"channels":[{"id":"C7","name":"inc-11"}],"response_metadata":{"next_cursor":"b=="}}"#),
            http(200, #"{"ok":true,"channels":[{"id":"C8","name":"inc-1","is_archived":true,"is_member":false}]}"#),
        ]
        let slack = ScriptedSlack(["conversations.create": [ScriptedSlack.no("name_taken")], "conversations.list": pages])
        let report = await slack.channel().deliver(slackParcel(thread: nil, room: room(invite: [])))
        #expect(
            slack.methods == [
                "conversations.create", "conversations.list", "conversations.list", "conversations.unarchive", "conversations.join",
                "conversations.setTopic", "chat.postMessage",
            ])
        #expect(slack.calls[2].body.string?.contains("cursor=b%3D%3D") == true)
        #expect(report.outcome == .accepted(remoteID: "C1:2.000000"))
    }

    @Test("has a successor where it cannot be had")
    func successor() async {
        let made = ScriptedSlack.yes["conversations.create"] ?? http(500)
        let slack = ScriptedSlack([
            "conversations.create": [ScriptedSlack.no("name_taken"), made],
            "conversations.list": [http(200, #"{"ok":true,"channels":[]}"#)],
        ])
        _ = await slack.channel().deliver(slackParcel(thread: nil, room: room()))
        #expect(slack.calls.filter { $0.method == "conversations.create" }.map { $0.body["name"]?.string } == ["inc-1", "inc-1-2"])
    }

    @Test("that cannot be made decides the outcome, and nothing is in doubt")
    func notMade() async {
        for (answer, outcome) in [
            (ScriptedSlack.no("restricted_action"), Outcome.refused(.notAllowed)),
            (ScriptedSlack.no("missing_scope"), .refused(.notAllowed)), (ScriptedSlack.no("invalid_name_specials"), .refused(.badAddress)),
            (http(429, retryAfter: 9), .deferred(.rateLimited, retryAfter: 9)), (http(500), .deferred(.serverError)),
        ] {
            let slack = ScriptedSlack(["conversations.create": [answer]])
            #expect(await slack.channel().deliver(slackParcel(thread: nil, room: room())).outcome == outcome)
            #expect(slack.methods == ["conversations.create"])
        }
    }

    @Test("is written to though nobody can be invited and the topic is refused")
    func degraded() async {
        let slack = ScriptedSlack([
            "conversations.invite": [ScriptedSlack.no("cant_invite")], "conversations.setTopic": [ScriptedSlack.no("too_long")],
            "conversations.archive": [ScriptedSlack.no("restricted_action")],
        ])
        let report = await slack.channel().deliver(slackParcel(thread: nil, room: room(isOver: true)))
        #expect(report.outcome == .accepted(remoteID: "C1:2.000000"))
        #expect(["cant_invite", "too_long", "restricted_action"].allSatisfy { report.degraded?.contains($0) == true })
        for harmless in ["already_in_channel", "user_not_found"] {
            let slack = ScriptedSlack(["conversations.invite": [ScriptedSlack.no(harmless)]])
            #expect(await slack.channel().deliver(slackParcel(thread: nil, room: room())).degraded == nil)
        }
    }

    @Test("is archived after its last message")
    func archived() async {
        let slack = ScriptedSlack()
        _ = await slack.channel().deliver(slackParcel(thread: "C9:1.0", room: room(invite: [], isOver: true)))
        #expect(slack.methods == ["conversations.setTopic", "chat.postMessage", "conversations.archive"])
    }

    @Test("that somebody archived or deleted is taken back, or made anew")
    func mended() async {
        let yes = http(200, #"{"ok":true}"#)
        let taken = ScriptedSlack(["conversations.setTopic": [ScriptedSlack.no("is_archived"), yes]])
        _ = await taken.channel().deliver(slackParcel(thread: "C9:1.0", room: room(invite: [])))
        #expect(
            taken.methods == [
                "conversations.setTopic", "conversations.unarchive", "conversations.join", "conversations.setTopic", "chat.postMessage",
            ])
        let gone = ScriptedSlack(["conversations.setTopic": [ScriptedSlack.no("channel_not_found"), yes]])
        let report = await gone.channel().deliver(slackParcel(thread: "C8:1.0", room: room(invite: [])))
        #expect(gone.methods == ["conversations.setTopic", "conversations.create", "conversations.setTopic", "chat.postMessage"])
        #expect(report.root != nil)
    }
}
