// Conversations as people see them, and the channels of the workspace.

import JSON
import Testing

@testable import Sandbox

@Suite struct SlackThreadTests {
    private func call(_ sandbox: Sandbox, _ method: String, _ json: String) async throws -> JSONValue {
        let reply = try await sandbox.post("/slack/api/\(method)", json: json, ["Authorization": "Bearer xoxb-1"])
        return try JSONValue.parse(reply.body.utf8)
    }

    @Test func aConversationIsItsParentAsItStandsAndItsThread() async throws {
        let sandbox = try await Sandbox.plain()
        let first = try await call(sandbox, "chat.postMessage", #"{"channel":"C1","text":"INC1 is down"}"#)
        let ts = try #require(first["ts"]?.string)
        _ = try await call(sandbox, "chat.postMessage", #"{"channel":"C1","text":"INC2 is down"}"#)
        _ = try await call(sandbox, "chat.postMessage", "{\"channel\":\"C1\",\"text\":\"looking\",\"thread_ts\":\"\(ts)\"}")
        _ = try await call(sandbox, "chat.update", "{\"channel\":\"C1\",\"text\":\"INC1 is over\",\"ts\":\"\(ts)\"}")
        _ = try await call(
            sandbox, "chat.postMessage", "{\"channel\":\"C1\",\"text\":\"over\",\"thread_ts\":\"\(ts)\",\"reply_broadcast\":true}")
        let threads = sandbox.inbox.slackThreads()
        #expect(threads.map(\.latest.text) == ["INC1 is over", "INC2 is down"])
        #expect(threads.map(\.updates) == [1, 0])
        #expect(threads[0].replies.map(\.text) == ["looking", "over"])
        #expect(threads[0].replies.map(\.isShown) == [false, true])
        let card = threads[0].card(width: 80)
        #expect(card.contains("INC1 is over") && card.contains("2 replies, edited once") && card.contains("looking"))
        #expect(!card.contains("INC1 is down"))
        await sandbox.stop()
    }

    @Test func aThreadNeedsItsParent() async throws {
        let sandbox = try await Sandbox.plain()
        let answer = try await call(sandbox, "chat.postMessage", #"{"channel":"C1","text":"x","thread_ts":"1503435956.000247"}"#)
        #expect(answer["error"] == "thread_not_found")
        await sandbox.stop()
    }

    @Test func faultsAreOfOneMethod() async throws {
        let sandbox = try await Sandbox.plain()
        #expect(!sandbox.setFault(.slackError("x"), on: .teams))
        let wish = #"{"receiver":"slack_api","channel":"chat.update","fault":"error","error":"edit_window_closed","times":1}"#
        #expect(try await sandbox.post("/_faults", json: wish).status == 204)
        let posted = try await call(sandbox, "chat.postMessage", #"{"channel":"C1","text":"x"}"#)
        let ts = try #require(posted["ts"]?.string)
        let update = "{\"channel\":\"C1\",\"text\":\"y\",\"ts\":\"\(ts)\"}"
        #expect(try await call(sandbox, "chat.update", update)["error"] == "edit_window_closed")
        #expect(try await call(sandbox, "chat.update", update)["ok"] == true)
        #expect(sandbox.inbox.refusals().map(\.refused) == ["edit_window_closed (a fault)"])
        await sandbox.stop()
    }

    @Test func channelsAreFoundPageByPageAndJoined() async throws {
        let sandbox = try await Sandbox.plain()
        for number in 1...5 { sandbox.makeSlackChannel("room-\(number)") }
        var names: [String] = []
        var cursor = ""
        repeat {
            let reply = try await sandbox.post(
                "/slack/api/conversations.list", form: ["limit": "2", "cursor": cursor], ["Authorization": "Bearer xoxb-1"])
            let answer = try JSONValue.parse(reply.body.utf8)
            names += answer["channels"]?.array?.compactMap { $0["name"]?.string } ?? []
            cursor = answer["response_metadata"]?["next_cursor"]?.string ?? ""
        } while !cursor.isEmpty
        #expect(names == (1...5).map { "room-\($0)" })
        let id = try #require(sandbox.slackChannels.first?.id)
        let topic = "{\"channel\":\"\(id)\",\"topic\":\"t\"}"
        #expect(try await call(sandbox, "conversations.setTopic", topic)["error"] == "not_in_channel")
        #expect(try await call(sandbox, "conversations.join", "{\"channel\":\"\(id)\"}")["ok"] == true)
        #expect(try await call(sandbox, "conversations.setTopic", topic)["ok"] == true)
        #expect(try await call(sandbox, "chat.postMessage", ##"{"channel":"#room-1","text":"x"}"##)["channel"]?.string == id)
        #expect(try await call(sandbox, "conversations.unarchive", "{\"channel\":\"\(id)\"}")["error"] == "not_archived")
        #expect(try await call(sandbox, "conversations.archive", "{\"channel\":\"\(id)\"}")["ok"] == true)
        #expect(try await call(sandbox, "conversations.create", #"{"name":"room-1"}"#)["error"] == "name_taken")
        #expect(try await call(sandbox, "conversations.unarchive", "{\"channel\":\"\(id)\"}")["ok"] == true)
        await sandbox.stop()
    }

    @Test func invitesGoByForce() async throws {
        let sandbox = try await Sandbox.plain { $0.slackUnknownMembers = ["U404"] }
        let made = try await call(sandbox, "conversations.create", #"{"name":"inc-1"}"#)
        let id = try #require(made["channel"]?["id"]?.string)
        #expect(
            try await call(sandbox, "conversations.invite", "{\"channel\":\"\(id)\",\"users\":\"U1,U404\"}")["error"] == "user_not_found")
        let force = "{\"channel\":\"\(id)\",\"users\":\"U1,U404,U2\",\"force\":true}"
        #expect(try await call(sandbox, "conversations.invite", force)["ok"] == true)
        #expect(sandbox.slackChannels.first?.members == ["U1", "U2"])
        #expect(try await call(sandbox, "conversations.invite", force)["error"] == "already_in_channel")
        await sandbox.stop()
    }
}
