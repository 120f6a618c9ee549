// Text messages that come back, and what they may do.

import Foundation
import Hummingbird
import HummingbirdTesting
import JSON
import Ledger
import Settings
import Testing

@testable import Router
@testable import Web

@Suite struct TextAnswerTests {
    static let gateway = Identity(name: "kannel", scopes: [.intake], way: .token(id: "t1"))

    /// The example of twilio.com/docs/usage/security.
    @Test func theSignatureIsTwilios() {
        let form = FormFields(
            "Digits=1234&To=%2B18005551212&From=%2B14158675309&Caller=%2B14158675309&CallSid=CA1234567890ABCDE")
        let url = "https://mycompany.com/myapp.php?foo=1&bar=2"
        #expect(TwilioSignature.code(url: url, form, token: Secret("12345")) == "RSOYDt4T1cUTdK1PDd93/VVr8B8=")
    }

    @Test(arguments: [
        ("ACK INC1", TextCommand.acknowledge("INC1")), ("  ack   inc1 thanks", .acknowledge("inc1")), ("Ack: INC1.", .acknowledge("INC1")),
        ("ack", .acknowledge(nil)), ("\u{201C}ACK\u{201D}", .acknowledge(nil)), ("STOP", .stop), ("stop.", .stop), ("Unsubscribe", .stop),
        ("stop it please", .other), ("START", .start), ("yes", .start), ("HELP", .help), ("info", .help), ("", .other),
        ("\u{0}\r\n", .other),
        ("ABCD-EFGH", .confirm("ABCD-EFGH")), ("abcd efgh", .confirm("ABCD-EFGH")), ("hello there my friend", .other),
    ])
    func words(text: String, command: TextCommand) { #expect(TextCommand(text) == command) }

    @Test(arguments: [
        ("+447700900123", "+447700900123"), ("447700900123", "+447700900123"), ("00447700900123", "+447700900123"),
        (" 447700900123", "+447700900123"), ("+44 (7700) 900-123", "+447700900123"), ("100", nil), ("", nil), ("x", nil), ("+44x", nil),
        ("+4477009001234567", nil),
    ])
    func numbers(text: String, number: String?) { #expect(TextNumber.plain(text) == number) }

    private func twilio(
        _ client: any TestClientProtocol, _ body: String, from: String = "+447700900123", sid: String = "SM1", token: String = "12345",
        account: String = "AC0123456789abcdef0123456789abcdef", more: KeyValuePairs<String, String> = [:]
    ) async throws -> TestResponse {
        var text = formText(["AccountSid": account, "From": from, "To": "+15557654321", "Body": body, "MessageSid": sid])
        if !more.isEmpty { text += "&" + formText(more) }
        let url = "https://tocsin.example.com/x/v1/sms/twilio"
        var headers: HTTPFields = [.contentType: "application/x-www-form-urlencoded"]
        let code = TwilioSignature.code(url: url, FormFields(text), token: Secret(token))
        if let name = FieldName("X-Twilio-Signature") { headers[name] = code }
        return try await client.execute(uri: "/v1/sms/twilio", method: .post, headers: headers, body: ByteBuffer(string: text))
    }

    @Test func anAnswerAtTwilioAcknowledges() async throws {
        let house = try AnswerHouse()
        try await house.open()
        try await house.ask { (client) async throws in
            let answer = try await twilio(client, "ack inc1")
            #expect(answer.status == .ok && answer.headers[.contentType] == "text/xml; charset=utf-8")
            #expect(answer.text.hasSuffix("<Response><Message>You have INC1. Escalation stops.</Message></Response>"))
            let event = try #require(try house.dropped().first)
            #expect(event["change"]?["by"] == "ana" && event["incident"]?["id"] == "INC1")
            // The same message again, before and after the ledger knows it.
            #expect(try await twilio(client, "ack inc1").status == .conflict)
            try await house.work()
            #expect(try await house.ledger.incident("INC1")?.acknowledgedBy == "ana")
            let late = try await twilio(client, "ACK INC1", from: "+447700900456", sid: "SM2")
            #expect(late.text.contains("Ana Example hat INC1 seit 10:00 (Europe/London)."))
        }
        try await house.ask { (client) async throws in
            try await house.accept(#"{"type": "escalation", "id": "x", "incident": {"id": "INC1"}}"#)
            #expect(try await twilio(client, "ack inc1").status == .conflict, "after a new start, too")
        }
        #expect(try house.dropped().isEmpty)
        #expect(house.log.lines.contains { $0.contains("this very message came before") })
    }

    @Test func whatIsForgedIsRefused() async throws {
        let house = try AnswerHouse()
        try await house.open()
        try await house.ask { (client) async throws in
            #expect(try await twilio(client, "ACK INC1", token: "54321").status == .forbidden)
            #expect(try await twilio(client, "ACK INC1", account: "AC1").status == .forbidden)
            #expect(try await client.execute(uri: "/v1/sms/twilio", method: .post).status == .forbidden)
            let own = formText(["from": "+447700900123", "text": "ACK INC1"])
            #expect(try await client.execute(uri: "/v1/sms/inbound/kannel?\(own)", method: .get).status == .unauthorized)
            #expect(try await client.execute(uri: "/v1/sms/inbound/kannel?\(own)&token=guess", method: .get).status == .unauthorized)
        }
        let reader = Identity(name: "x", scopes: [.read], way: .token(id: "t2"))
        let status = try await house.ask(as: reader) { client in
            try await client.execute(uri: "/v1/sms/inbound/kannel?from=1&text=x", method: .get).status
        }
        #expect(status == .forbidden)
        #expect(try house.dropped().isEmpty)
        #expect(!house.log.lines.contains { $0.contains("guess") })
        let refused = house.log.lines.filter { $0.contains("a text message was refused") }
        #expect(refused.count == 3, "each reason once a minute")
    }

    private func kannel(_ client: any TestClientProtocol, _ fields: KeyValuePairs<String, String>, post: Bool = false) async throws
        -> TestResponse
    {
        let text = formText(fields)
        return post
            ? try await client.execute(uri: "/v1/sms/inbound/kannel", method: .post, body: ByteBuffer(string: text))
            : try await client.execute(uri: "/v1/sms/inbound/kannel?\(text)", method: .get)
    }

    /// `ACK` alone is for the latest that they were told of and that nobody has.
    @Test func theLatestIsAcknowledged() async throws {
        let house = try AnswerHouse()
        try await house.open("INC1")
        house.pass(10)
        try await house.open("INC2")
        house.pass(10)
        try await house.accept(#"{"type": "status_change", "id": "low", "incident": {"id": "INC3", "severity": "low", "status": "open"}}"#)
        try await house.ask(as: Self.gateway) { (client) async throws in
            let answer = try await kannel(client, ["from": "447700900123", "text": "ack", "id": "k1"])
            #expect(answer.status == .ok && answer.text == "You have INC2. Escalation stops.")
            #expect(answer.headers[.contentType]?.hasPrefix("text/plain") == true)
            try await house.work()
            #expect(try await kannel(client, ["sender": "00447700900123", "message": "Ack"], post: true).text.contains("INC1"))
            try await house.work()
            #expect(try await kannel(client, ["from": "447700900123", "text": "ack"]).text.hasPrefix("Nothing that you were told of"))
            #expect(try await kannel(client, ["from": "447700900123", "text": "ack INC404"]).text.contains("Nobody knows INC404"))
            #expect(try await kannel(client, ["from": "447700900123", "text": "ACK INC1", "id": "k1"]).status == .conflict)
        }
        #expect(try house.dropped().isEmpty)
    }

    @Test func anybodyMayLeaveAndOnlyPeopleAcknowledge() async throws {
        let house = try AnswerHouse()
        try await house.open()
        try await house.ask(as: Self.gateway) { (client) async throws in
            #expect(try await kannel(client, ["from": "+15005550000", "text": "ACK INC1"]).text.contains("cannot acknowledge"))
            #expect(try house.dropped().isEmpty)
            #expect(try await kannel(client, ["from": "15005550000", "text": "Stop"]).text.contains("no more messages"))
            try await house.work()
            var blocks = try await house.ledger.blocks()
            #expect(blocks.map(\.address) == ["+15005550000"] && blocks[0].isSuppressed && blocks[0].reason == "texted STOP")
            #expect(try await kannel(client, ["from": "15005550000", "text": "START"]).status == .ok)
            try await house.work()
            blocks = try await house.ledger.blocks()
            #expect(!blocks.contains { $0.isSuppressed })
            #expect(try await kannel(client, ["from": "15005550000", "text": "what is this"]).text.contains("STOP: no more messages"))
            for fields: KeyValuePairs<String, String> in [["text": "x"], ["from": "abc", "text": "x"], ["from": "+447700900123"]] {
                #expect(try await kannel(client, fields).status == .badRequest)
            }
            #expect(try await client.execute(uri: "/v1/sms/inbound/mail?from=1&text=x", method: .get).status == .notFound)
            #expect(try await client.execute(uri: "/v1/sms/inbound/..%2Fkannel?from=1&text=x", method: .get).status == .notFound)
        }
        #expect(house.log.lines.contains { $0.contains("nobody has its number") })
    }

    /// Twilio says goodbye itself.
    @Test func stopAtTwilioIsNotAnsweredTwice() async throws {
        let house = try AnswerHouse()
        try await house.ask { (client) async throws in
            let answer = try await twilio(client, "STOP", more: ["OptOutType": "STOP"])
            #expect(answer.text.hasSuffix("<Response></Response>"))
            let help = try await twilio(client, "HELP", sid: "SM3")
            #expect(help.text.contains("<Message>Tocsin sends"))
        }
        try await house.work()
        #expect(try await house.ledger.blocks().map(\.address) == ["+447700900123"])
    }

    @Test func aCodeConfirms() async throws {
        let house = try AnswerHouse()
        try await house.accept(
            #"{"type": "subscription", "id": "e", "subscription": {"action": "subscribe", "id": "s9", "who": {"sms": "+15005550000"}, "match": {}, "via": "kannel"}}"#
        )
        let code = house.links.code(confirming: "s9", to: "+15005550000")
        try await house.ask(as: Self.gateway) { (client) async throws in
            // Somebody else's code is nothing to others.
            #expect(try await kannel(client, ["from": "15005550001", "text": code]).text.contains("Tocsin sends"))
            #expect(try house.dropped().isEmpty)
            #expect(try await kannel(client, ["from": "15005550000", "text": code.lowercased()]).text.contains("Confirmed"))
        }
        try await house.work()
        #expect(try await house.ledger.subscription("s9")?.isConfirmed == true)
    }

    @Test func aTokenInTheQueryIsBoundByTheRateAndAFullQueueRefuses() async throws {
        let limited = try AnswerHouse(AnswerHouse.usual.replacing("acknowledge_within: 2h", with: "rate: 1/h, max_queue: 1"))
        try await limited.open()
        let tokens = try (1...2).map { number in
            try limited.house.tokens.create(name: "kannel \(number)", scopes: [.intake], now: limited.now).1
        }
        try await limited.ask { (client) async throws in
            func ask(_ token: String) async throws -> HTTPResponse.Status {
                let fields = formText(["from": "+447700900123", "text": "ACK INC1", "token": token])
                return try await client.execute(uri: "/v1/sms/inbound/kannel?\(fields)", method: .get).status
            }
            #expect(try await ask(tokens[0]) == .ok)
            #expect(try await ask(tokens[0]) == .tooManyRequests)
            // Another token's rate is not used up, but one event waits already.
            #expect(try await ask(tokens[1]) == .tooManyRequests)
        }
        #expect(try limited.dropped().count == 1)
    }
}
