import JSON
import Testing

@testable import Sandbox

@Suite struct SlackAPITests {
    let bearer = ["Authorization": "Bearer xoxb-1"]

    private func call(_ sandbox: Sandbox, _ method: String, _ json: String, _ headers: [String: String]? = nil) async throws -> JSONValue {
        let reply = try await sandbox.post("/slack/api/\(method)", json: json, headers ?? bearer)
        #expect(reply.status == 200)
        return try JSONValue.parse(reply.body.utf8)
    }

    @Test func postsThreadsAndUpdates() async throws {
        let sandbox = try await Sandbox.plain()
        let first = try await call(sandbox, "chat.postMessage", #"{"channel":"C123","text":"down"}"#)
        #expect(first["ok"] == true)
        #expect(first["channel"] == "C123")
        let ts = try #require(first["ts"]?.string)
        let second = try await call(sandbox, "chat.postMessage", "{\"channel\":\"C123\",\"text\":\"more\",\"thread_ts\":\"\(ts)\"}")
        #expect(second["ok"] == true && second["ts"]?.string != ts)
        let update = try await call(sandbox, "chat.update", "{\"channel\":\"C123\",\"text\":\"up\",\"ts\":\"\(ts)\"}")
        #expect(update["ok"] == true && update["ts"]?.string == ts)
        let all = sandbox.inbox.all()
        #expect(all.map(\.text) == ["down", "more", "up"])
        #expect(all.map(\.thread) == [nil, ts, nil])
        #expect(all.map(\.replaces) == [nil, nil, ts])
        #expect(all[0].id == ts)
        await sandbox.stop()
    }

    static let errors: [(String, String, String)] = [
        ("chat.postMessage", #"{"channel":"C1"}"#, "no_text"), ("chat.postMessage", #"{"text":"x"}"#, "channel_not_found"),
        ("chat.postMessage", #"{"channel":"C1","text":"x","blocks":[{"type":"header"}]}"#, "invalid_blocks"),
        ("chat.postMessage", #"{"channel":"C1","text":"x","blocks":3}"#, "invalid_blocks_format"),
        ("chat.postMessage", #"{"channel":"C1","text":"x","thread_ts":"1"}"#, "invalid_arguments"),
        ("chat.postMessage", "{", "invalid_json"), ("chat.postMessage", "[]", "json_not_object"),
        ("chat.update", #"{"channel":"C1","text":"x","ts":"1503435956.000247"}"#, "message_not_found"),
        ("chat.shout", "{}", "unknown_method"), ("conversations.create", "{}", "invalid_name_required"),
        ("conversations.create", #"{"name":"Big Room"}"#, "invalid_name_specials"),
        ("conversations.archive", #"{"channel":"C404"}"#, "channel_not_found"),
    ]

    @Test(arguments: errors)
    func answersErrors(method: String, json: String, code: String) async throws {
        let sandbox = try await Sandbox.plain()
        let answer = try await call(sandbox, method, json)
        #expect(answer["ok"] == false)
        #expect(answer["error"]?.string == code)
        #expect(sandbox.inbox.count == 0)
        await sandbox.stop()
    }

    @Test func wantsAToken() async throws {
        let sandbox = try await Sandbox.plain { $0.slackTokens = ["xoxb-right"] }
        let message = #"{"channel":"C1","text":"x"}"#
        #expect(try await call(sandbox, "chat.postMessage", message, [:])["error"] == "not_authed")
        #expect(try await call(sandbox, "chat.postMessage", message, ["Authorization": "Bearer xoxb-1"])["error"] == "invalid_auth")
        #expect(try await call(sandbox, "chat.postMessage", message, ["Authorization": "Bearer xoxb-right"])["ok"] == true)
        await sandbox.stop()
    }

    @Test func makesAndClosesRooms() async throws {
        let sandbox = try await Sandbox.plain()
        let made = try await call(sandbox, "conversations.create", #"{"name":"inc-1"}"#)
        let id = try #require(made["channel"]?["id"]?.string)
        #expect(try await call(sandbox, "conversations.create", #"{"name":"inc-1"}"#)["error"] == "name_taken")
        #expect(try await call(sandbox, "conversations.invite", "{\"channel\":\"\(id)\",\"users\":\"U1,U2\"}")["ok"] == true)
        #expect(try await call(sandbox, "conversations.invite", "{\"channel\":\"\(id)\"}")["error"] == "no_user")
        #expect(try await call(sandbox, "conversations.setTopic", "{\"channel\":\"\(id)\",\"topic\":\"db\"}")["ok"] == true)
        #expect(try await call(sandbox, "conversations.archive", "{\"channel\":\"\(id)\"}")["ok"] == true)
        #expect(try await call(sandbox, "conversations.archive", "{\"channel\":\"\(id)\"}")["error"] == "already_archived")
        #expect(try await call(sandbox, "chat.postMessage", "{\"channel\":\"\(id)\",\"text\":\"x\"}")["error"] == "is_archived")
        await sandbox.stop()
    }

    @Test func limitsTheRateOfEachChannel() async throws {
        let sandbox = try await Sandbox.plain { $0.enforceRates = true }
        _ = try await call(sandbox, "chat.postMessage", #"{"channel":"C1","text":"x"}"#)
        let reply = try await sandbox.post("/slack/api/chat.postMessage", json: #"{"channel":"C1","text":"x"}"#, bearer)
        #expect(reply.status == 429)
        #expect(reply.headers["retry-after"] == "1")
        #expect(try JSONValue.parse(reply.body.utf8)["error"] == "ratelimited")
        await sandbox.stop()
    }
}
