// What goes over the wire to Slack, Teams and Twilio, beside the outcomes.

import Foundation
import JSON
import Rendering
import Settings
import Testing
import Transport

@testable import Delivery

@Suite("What is sent")
struct ChannelPayloadTests {
    private func requests(_ subject: ContractSubject, _ answers: [HTTPResult], _ content: Message.Content? = nil) async -> (
        [HTTPRequest], AttemptReport
    ) {
        let http = ScriptedHTTP(answers)
        let report = await subject.channel(timeout: 4, http: http, mail: ScriptedMail(.accepted(reply: "")))
            .deliver(subject.parcel(content: content))
        return (http.requests, report)
    }

    private func header(_ request: HTTPRequest?, _ name: String) -> String? { request?.headers.first { $0.name == name }?.value }

    @Test("to a Slack webhook is the payload itself")
    func slackWebhook() async throws {
        let (requests, _) = await requests(.slackWebhook, [http(200, "ok")])
        let request = try #require(requests.first)
        #expect(request.method == "POST" && request.timeout == 4)
        #expect(header(request, "Content-Type") == "application/json; charset=utf-8")
        #expect(.slack(try JSONValue.parse(bytes: request.body)) == ContractSubject.slackWebhook.content)
    }

    @Test("to chat.postMessage names the channel, and unfurls nothing")
    func slackBot() async throws {
        let (requests, _) = await requests(.slackBot, [http(200, #"{"ok":true}"#)])
        let request = try #require(requests.first)
        #expect(request.url == "https://peer.example/api/chat.postMessage")
        #expect(header(request, "Authorization") == "Bearer xoxb-1234-verysecret")
        let document = try JSONValue.parse(bytes: request.body)
        #expect(document["channel"] == "C0123456" && document["unfurl_links"] == false && document["unfurl_media"] == false)
        #expect(document["blocks"]?.array?.count == 1)
    }

    @Test("after declined blocks is the text alone, once, and said so")
    func slackSimplified() async throws {
        for (subject, declined) in [
            (ContractSubject.slackWebhook, http(400, "invalid_blocks")),
            (.slackBot, http(200, #"{"ok":false,"error":"invalid_blocks"}"#)),
        ] {
            let (sent, report) = await requests(subject, [declined, subject.acceptance])
            try #require(sent.count == 2)
            let second = try JSONValue.parse(bytes: try #require(sent.last).body)
            #expect(second["text"] == "INC-1 critical: db down" && second["blocks"] == nil)
            #expect(sent[1].timeout <= 4)
            #expect(report.degraded?.contains("text only") == true)
            let (thrice, _) = await requests(subject, [declined])
            #expect(thrice.count == 2, "not again and again")
            let (once, _) = await requests(subject, [declined], .slack(["blocks": []]))
            #expect(once.count == 1, "no text, nothing to simplify to")
        }
    }

    @Test("to Teams is made smaller once where it is too large")
    func teamsShrinks() async throws {
        let (sent, report) = await requests(.teams, [http(413), http(202)])
        try #require(sent.count == 2)
        #expect(sent[1].body.count <= sent[0].body.count / 2 + 1)
        _ = try JSONValue.parse(bytes: sent[1].body)
        #expect(report.degraded?.contains("too large") == true)
        let (twice, _) = await requests(.teams, [http(413)])
        #expect(twice.count == 2)
    }

    @Test(
        "to Teams keeps the title, and never cuts JSON",
        arguments: [
            (1, 100_000), (1, 30), (3, 19_000), (500, 100), (2_000, 10),
        ])
    func teamsFits(blocks: Int, length: Int) throws {
        let text = String(repeating: "\"ä\\", count: length / 3)
        let card = try #require(TeamsCard.fitted(ContractSubject.card(blocks, text: text), bytes: TeamsCard.maximumBytes))
        #expect(card.bytes.count <= TeamsCard.maximumBytes)
        let body = try #require(card["attachments"]?.array?.first?["content"]?["body"]?.array)
        #expect(text.hasPrefix(body[0]["text"]?.string?.dropLast(2) ?? "missing"))
        #expect(TeamsCard.fitted(["type": "message", "x": .string(String(repeating: "y", count: 30_000))], bytes: 20_000) == nil)
    }

    @Test(
        "to Twilio is a form with the sender as configured",
        arguments: [
            (TwilioSettings.Sender.number("+15557654321"), "From=%2B15557654321"), (.messagingService("MG1"), "MessagingServiceSid=MG1"),
        ])
    func twilio(sender: TwilioSettings.Sender, expected: String) async throws {
        let http = ScriptedHTTP([http(201, "{}")])
        let settings = TwilioSettings(account: "AC1", token: Secret("tok-secret"), sender: sender)
        let channel = TwilioChannel(name: "sms", settings: settings, options: ChannelOptions(), http: http)
        _ = await channel.deliver(ContractSubject.twilio.parcel())
        let request = try #require(http.requests.first)
        #expect(request.url == "https://api.twilio.com/2010-04-01/Accounts/AC1/Messages.json")
        #expect(header(request, "Authorization") == "Basic " + Data("AC1:tok-secret".utf8).base64EncodedString())
        #expect(String(decoding: request.body, as: UTF8.self) == "To=%2B447700900123&\(expected)&Body=INC-1%20db%20down")
        #expect(channel.destination == "twilio:https://api.twilio.com:AC1")
    }

    /// The message matters more than the report on it.
    @Test func aCallbackThatTwilioRefusesIsLeftOut() async {
        let sid = "SM" + String(repeating: "0", count: 32)
        let http = ScriptedHTTP([http(400, "{\"code\": 21609}"), http(201, "{\"sid\": \"\(sid)\"}")])
        let settings = TwilioSettings(account: "AC1", token: Secret("tok-secret"), sender: .number("+15557654321"))
        let channel = TwilioChannel(name: "sms", settings: settings, options: ChannelOptions(), http: http)
        var parcel = ContractSubject.twilio.parcel()
        parcel.receipt = Secret("https://t.example/r/x")
        let report = await channel.deliver(parcel)
        #expect(http.requests.map { String(decoding: $0.body, as: UTF8.self).contains("StatusCallback=") } == [true, false])
        #expect(report.outcome == .accepted(remoteID: sid))
    }
}
