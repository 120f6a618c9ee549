// Buttons in Slack: signed, not too old, each once; and the message without its button.

import Foundation
import Hummingbird
import HummingbirdTesting
import JSON
import Ledger
import Settings
import Testing

@testable import Router
@testable import Web

@Suite struct SlackActionTests {
    /// The example of docs.slack.dev, "Verifying requests from Slack".
    @Test func theSignatureIsSlacks() {
        let body =
            "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar"
            + "&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com"
            + "%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10"
            + "d2c447fce8b6703c"
        let secret = Secret("8f742231b10e8888abcd99yyyzzz85a5")
        let signature = "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503"
        #expect(SlackSignature.code(Array(body.utf8), timestamp: "1531420618", secret: secret) == signature)
        func fault(_ text: String, at now: TimeInterval, _ signature: String?) -> String? {
            SlackSignature.fault(
                Array(text.utf8), timestamp: "1531420618", signature: signature, secret: secret, now: Date(timeIntervalSince1970: now))
        }
        #expect(fault(body, at: 1_531_420_618, signature) == nil)
        #expect(fault(body, at: 1_531_420_918, signature) == nil)
        #expect(fault(body, at: 1_531_420_919, signature) != nil)
        #expect(fault(body, at: 1_531_420_317, signature) != nil)
        #expect(fault(body + "&", at: 1_531_420_618, signature) != nil)
        #expect(fault(body, at: 1_531_420_618, nil) != nil)
        #expect(fault(body, at: 1_531_420_618, "v0=") != nil)
    }

    static func payload(_ token: String, user: String = "U0123ANA", name: String = "ana", responseURL: String? = nil) -> JSONValue {
        var payload: [String: JSONValue] = [
            "type": "block_actions", "user": ["id": .string(user), "username": .string(name), "name": .string(name)],
            "trigger_id": "1.2.3", "container": ["type": "message", "message_ts": "1.2"],
            "message": [
                "text": "INC1",
                "blocks": [
                    ["type": "header", "text": ["type": "plain_text", "text": "INC1"]],
                    [
                        "type": "actions",
                        "elements": [
                            ["type": "button", "action_id": "ack", "value": .string(token)],
                            ["type": "button", "action_id": "x", "url": "https://incidents.example.com"],
                        ],
                    ],
                ],
            ],
            "actions": [["action_id": "ack", "type": "button", "value": .string(token), "action_ts": "1.3"]],
        ]
        payload["response_url"] = responseURL.map(JSONValue.string)
        return .object(payload)
    }

    static func press(
        _ client: any TestClientProtocol, _ house: AnswerHouse, _ payload: JSONValue, age: TimeInterval = 0, secret: String = "shh"
    ) async throws -> TestResponse {
        let body = "payload=" + (payload.text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
        let timestamp = String(Int(house.now.timeIntervalSince1970 - age))
        let signature = SlackSignature.code(Array(body.utf8), timestamp: timestamp, secret: Secret(secret))
        var headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        if let name = FieldName("X-Slack-Request-Timestamp") { headers[name] = timestamp }
        if let name = FieldName("X-Slack-Signature") { headers[name] = signature }
        return try await client.execute(uri: "/v1/slack/actions", method: .post, headers: headers, body: ByteBuffer(string: body))
    }

    @Test func aPressAcknowledgesOnce() async throws {
        let house = try AnswerHouse()
        try await house.open()
        let payload = Self.payload(house.token())
        try await house.ask { (client) async throws in
            let pressed = try await Self.press(client, house, payload)
            #expect(pressed.status == .ok && pressed.text.isEmpty)
            let event = try #require(try house.dropped().first)
            #expect(event["change"]?["by"] == "ana" && event["incident"]?["id"] == "INC1" && event["answer"]?["by"] == "slack")
            try await house.work()
            #expect(try await house.ledger.incident("INC1")?.acknowledgedBy == "ana")
            // The very same request again.
            #expect(try await Self.press(client, house, payload).status == .conflict)
            // The same button, pressed by another.
            house.pass(1)
            #expect(try await Self.press(client, house, Self.payload(house.token(), user: "U9")).status == .ok)
            #expect(try house.dropped().isEmpty)
        }
        #expect(house.log.lines.contains { $0.contains("this very request came before") })
        #expect(house.log.lines.contains { $0.contains("a press of a button in Slack was refused") && $0.contains("somebody has") })
    }

    @Test func whoIsNotListedIsNamedAllTheSame() async throws {
        let house = try AnswerHouse()
        try await house.open()
        let payload = Self.payload(house.token(), user: "U0999", name: "eve\r\n<!channel>\u{202E}")
        _ = try await house.ask { client in try await Self.press(client, house, payload) }
        #expect(try house.dropped().first?["change"]?["by"] == "slack:U0999 (eve<!channel>)")
    }

    @Test func whatIsForgedOldOrNotOursDoesNothing() async throws {
        let house = try AnswerHouse()
        try await house.open()
        let token = house.token()
        try await house.ask { (client) async throws in
            #expect(try await Self.press(client, house, Self.payload(token), secret: "other").status == .unauthorized)
            #expect(try await Self.press(client, house, Self.payload(token), age: 301).status == .unauthorized)
            #expect(try await client.execute(uri: "/v1/slack/actions", method: .post).status == .unauthorized)
            // The incident in the value is sealed: what anybody could write is nothing.
            for forged in ["INC1", "", house.links.token(.leave(subscription: "INC1")), String(token.dropLast(3))] {
                #expect(try await Self.press(client, house, Self.payload(forged)).status == .ok)
            }
            house.pass(7_300)
            #expect(try await Self.press(client, house, Self.payload(token)).status == .ok)
            let link: JSONValue = [
                "type": "block_actions", "user": ["id": "U1"], "actions": [["action_id": "x", "type": "button", "value": .string(token)]],
            ]
            #expect(try await Self.press(client, house, link).status == .ok)
            #expect(try await Self.press(client, house, ["type": "view_submission"]).status == .ok)
        }
        #expect(try house.dropped().isEmpty)
        for why in ["signature is wrong", "too old", "not signed", "was not made here", "it has expired"] {
            #expect(house.log.lines.contains { $0.contains(why) }, "\(why)")
        }
    }

    @Test func withoutASecretThereAreNoButtons() async throws {
        let house = try AnswerHouse(AnswerHouse.usual.replacing("slack_signing_secret: shh, ", with: ""))
        let status = try await house.ask { try await Self.press($0, house, Self.payload(house.token())).status }
        #expect(status == .notFound)
    }

    @Test func theMessageLosesItsButtonAndKeepsTheRest() throws {
        let press = try #require(SlackPress(Self.payload("T")))
        let shown = press.replaced(with: "✅ Ana has it")
        #expect(shown["replace_original"] == true)
        let blocks = try #require(shown["blocks"]?.array)
        #expect(blocks.map { $0["type"] } == ["header", "actions", "context"])
        #expect(blocks[1]["elements"]?.array?.count == 1 && !shown.text.contains("\"ack\""))
        #expect(SlackPress.escaped("<!channel> & co") == "&lt;!channel&gt; &amp; co")
    }

    /// Whatever a payload says, only Slack is called, or what stands for it in tests.
    @Test func onlySlackIsCalled() throws {
        let house = try AnswerHouse()
        let answers = house.setup.channels.slackAnswers
        for url in ["https://hooks.slack.com/actions/T1/2/3", "HTTPS://HOOKS.SLACK.COM/x", "http://127.0.0.1:9/actions"] {
            #expect(answers.mayCall(url), "\(url)")
        }
        for url in [
            "http://hooks.slack.com/x", "https://hooks.slack.com.evil.example/x", "https://hooks.slack.com@evil.example/",
            "https://evil.example/https://hooks.slack.com/", "https://hooks.slack.com:8443/x", "http://127.0.0.1:10/x",
            "file:///etc/passwd",
            "http://169.254.169.254/", "https://hooks.slack.com\\@evil.example/", "", "https://hooks.slack.com/a b",
        ] {
            #expect(!answers.mayCall(url), "\(url)")
        }
    }
}
