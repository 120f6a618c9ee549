import Foundation
import JSON
import Testing

@testable import Sandbox

@Suite struct SlackWebhookTests {
    @Test func acceptsAndReads() async throws {
        let sandbox = try await Sandbox.plain()
        let payload = """
            {"text":"INC1 critical: db down","blocks":[
             {"type":"header","text":{"type":"plain_text","text":"INC1 & co"}},
             {"type":"section","block_id":"s1","text":{"type":"mrkdwn","text":"*db* down &amp; out <https://x.example/a|Run book> <!here> _soon_ a_b_c 2*3*4"},
              "fields":[{"type":"mrkdwn","text":"*Severity*\\ncritical"},{"type":"mrkdwn","text":"*Since:*\\n03:50"}]},
             {"type":"divider"},
             {"type":"actions","elements":[{"type":"button","action_id":"open","url":"https://x.example/","style":"primary","text":{"type":"plain_text","text":"Open"}}]},
             {"type":"context","elements":[{"type":"mrkdwn","text":"route page"}]}]}
            """
        let reply = try await sandbox.post("/slack/webhook/ops-slack", json: payload)
        #expect(reply.status == 200)
        #expect(reply.body == "ok")
        let message = try #require(sandbox.inbox.all().first)
        #expect(message.receiver == .slack)
        #expect(message.channel == "ops-slack")
        #expect(message.title == "INC1 & co")
        #expect(
            message.text == """
                INC1 & co
                db down & out Run book (https://x.example/a) @here soon a_b_c 2*3*4
                Severity: critical
                Since: 03:50
                ---
                [Open] https://x.example/
                route page
                """)
        #expect(message.raw == Array(payload.utf8))
        #expect(message.header("content-type") == "application/json; charset=utf-8")
        await sandbox.stop()
    }

    @Test(arguments: [
        ("{", "invalid_payload"), ("[]", "invalid_payload"), ("{}", "no_text"), (#"{"text":""}"#, "no_text"),
        (#"{"blocks":[]}"#, "no_text"),
        (#"{"blocks":{}}"#, "invalid_blocks_format"), (#"{"text":"x","text":"y"}"#, "invalid_payload"),
    ])
    func refusesPayloads(payload: String, code: String) async throws {
        let sandbox = try await Sandbox.plain()
        let reply = try await sandbox.post("/slack/webhook/ops", json: payload)
        #expect(reply.status == 400)
        #expect(reply.body == code)
        #expect(sandbox.inbox.count == 0)
        #expect(sandbox.inbox.refusals().first?.refused?.contains(code) == true)
        await sandbox.stop()
    }

    @Test func refusesOtherContentTypesMethodsAndNames() async throws {
        let sandbox = try await Sandbox.plain()
        let typed = try await sandbox.post("/slack/webhook/ops", json: #"{"text":"x"}"#, ["Content-Type": "text/plain"])
        #expect(typed.status == 400 && typed.body == "invalid_payload")
        #expect(try await request(sandbox.httpPort, "GET", "/slack/webhook/ops").status == 405)
        #expect(try await sandbox.post("/slack/webhook/", json: #"{"text":"x"}"#).body == "no_service")
        #expect(try await sandbox.post("/elsewhere", json: "{}").status == 404)
        await sandbox.stop()
    }

    /// Each block just inside and just outside its limit.
    @Test(arguments: [
        ("header", 150, 151), ("section", 3_000, 3_001), ("field", 2_000, 2_001), ("button", 75, 76), ("value", 2_000, 2_001),
        ("url", 3_000, 3_001), ("block_id", 255, 256), ("action_id", 255, 256),
    ])
    func limitsTexts(kind: String, good: Int, bad: Int) throws {
        func payload(_ length: Int) -> JSONValue {
            let x = String(repeating: "x", count: length)
            func button(_ extra: [String: JSONValue], text: String = "t") -> JSONValue {
                let base: [String: JSONValue] = ["type": "button", "text": ["type": "plain_text", "text": .string(text)]]
                return ["type": "actions", "elements": [.object(base.merging(extra) { $1 })]]
            }
            let block: JSONValue
            switch kind {
            case "header": block = ["type": "header", "text": ["type": "plain_text", "text": .string(x)]]
            case "section": block = ["type": "section", "text": ["type": "mrkdwn", "text": .string(x)]]
            case "field": block = ["type": "section", "fields": [["type": "mrkdwn", "text": .string(x)]]]
            case "button": block = button([:], text: x)
            case "value": block = button(["value": .string(x)])
            case "url": block = button(["url": .string("https://x" + x.dropFirst(9))])
            case "block_id": block = ["type": "divider", "block_id": .string(x)]
            default: block = button(["action_id": .string(x)])
            }
            return ["blocks": [block]]
        }
        #expect(throws: Never.self) { try SlackMessageRules.check(payload(good)) }
        let error = try #require(throws: SlackError.self) { try SlackMessageRules.check(payload(bad)) }
        #expect(error.code == "invalid_blocks")
        #expect(error.detail.contains("must be less than \(bad) characters [json-pointer:/blocks/0"))
    }

    @Test(arguments: [("blocks", 50), ("fields", 10), ("context", 10), ("actions", 25)])
    func limitsNumbers(kind: String, most: Int) throws {
        func payload(_ count: Int) -> JSONValue {
            let text: JSONValue = ["type": "mrkdwn", "text": "x"]
            let button: JSONValue = ["type": "button", "text": ["type": "plain_text", "text": "x"]]
            switch kind {
            case "blocks": return ["blocks": .array(Array(repeating: ["type": "divider"], count: count))]
            case "fields": return ["blocks": [["type": "section", "fields": .array(Array(repeating: text, count: count))]]]
            case "context": return ["blocks": [["type": "context", "elements": .array(Array(repeating: text, count: count))]]]
            default: return ["blocks": [["type": "actions", "elements": .array(Array(repeating: button, count: count))]]]
            }
        }
        #expect(throws: Never.self) { try SlackMessageRules.check(payload(most)) }
        let error = try #require(throws: SlackError.self) { try SlackMessageRules.check(payload(most + 1)) }
        #expect(error.code == "invalid_blocks")
    }

    @Test(arguments: [
        #"{"type":"header","text":{"type":"mrkdwn","text":"x"}}"#, #"{"type":"section"}"#,
        #"{"type":"section","text":{"type":"mrkdwn","text":""}}"#, #"{"type":"nonsense"}"#, #"{"type":"divider","colour":"red"}"#,
        #"{"type":"context","elements":[]}"#, #"{"type":"image","image_url":"https://x"}"#, #""divider""#,
        #"{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"x"},"style":"loud"}]}"#,
        #"{"type":"actions","elements":[{"type":"button","text":{"type":"plain_text","text":"x"},"url":"javascript:1"}]}"#,
        #"{"type":"section","text":"plain"}"#,
    ])
    func refusesShapes(block: String) async throws {
        let sandbox = try await Sandbox.plain()
        let reply = try await sandbox.post("/slack/webhook/ops", json: "{\"text\":\"x\",\"blocks\":[\(block)]}")
        #expect(reply.status == 400)
        #expect(reply.body == "invalid_blocks")
        await sandbox.stop()
    }

    @Test func refusesTwinsAndTooMuchText() throws {
        let twins: JSONValue = ["blocks": [["type": "divider", "block_id": "a"], ["type": "divider", "block_id": "a"]]]
        #expect(throws: SlackError.self) { try SlackMessageRules.check(twins) }
        let block: JSONValue = ["type": "section", "text": ["type": "mrkdwn", "text": .string(String(repeating: "x", count: 3_000))]]
        let error = try #require(throws: SlackError.self) {
            try SlackMessageRules.check(["blocks": .array(Array(repeating: block, count: 5))])
        }
        #expect(error.code == "msg_blocks_too_long")
    }

    @Test func enforcesTheRateOnlyWhenAsked() async throws {
        let free = try await Sandbox.plain()
        for _ in 0..<3 { #expect(try await free.post("/slack/webhook/a", json: #"{"text":"x"}"#).status == 200) }
        await free.stop()
        let strict = try await Sandbox.plain { $0.enforceRates = true }
        #expect(try await strict.post("/slack/webhook/a", json: #"{"text":"x"}"#).status == 200)
        let second = try await strict.post("/slack/webhook/a", json: #"{"text":"x"}"#)
        #expect(second.status == 429)
        #expect(second.headers["retry-after"] == "1")
        #expect(try await strict.post("/slack/webhook/b", json: #"{"text":"x"}"#).status == 200)
        await strict.stop()
    }

    @Test func ratesAreWindows() {
        let gate = RateGate()
        let start = Date(timeIntervalSinceReferenceDate: 0)
        for index in 0..<4 { #expect(gate.wait("t", RateGate.teams, now: start + Double(index) * 0.1) == nil) }
        #expect(gate.wait("t", RateGate.teams, now: start + 0.5) == 1)
        #expect(gate.wait("t", RateGate.teams, now: start + 1.05) == nil)
        #expect(gate.wait("other", RateGate.teams, now: start + 0.5) == nil)
    }
}
