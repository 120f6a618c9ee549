// Reports of gateways: sealed, of Twilio signed, and understood.

import Foundation
import Hummingbird
import HummingbirdTesting
import JSON
import Ledger
import Settings
import Testing

@testable import Router
@testable import Web

@Suite struct ReceiptLinkTests {
    private func address(_ row: DeliveryRow, _ house: AnswerHouse) -> String {
        "/r/" + house.links.token(.receipt(Links.Receipt(delivery: row.id, token: row.token)))
    }

    private func row(_ channel: String, _ house: AnswerHouse) async throws -> DeliveryRow {
        try #require(try await house.open().first { $0.channel == channel })
    }

    private func receipt(_ row: DeliveryRow, _ house: AnswerHouse) async throws -> String? {
        try await house.ledger.delivery(row.id)?.receipt
    }

    @Test func kannelReports() async throws {
        let house = try AnswerHouse()
        let row = try await row("kannel", house)
        let address = address(row, house)
        try await house.ask { (client) async throws in
            for waiting in ["4", "8", "", "x", "%d"] {
                #expect(try await client.execute(uri: "\(address)?status=\(waiting)", method: .get).status == .ok)
            }
            #expect(try await client.execute(uri: address, method: .post).status == .ok)
            #expect(try await receipt(row, house) == nil)
            #expect(try await client.execute(uri: "\(address)?status=2", method: .get).status == .ok)
            #expect(try await receipt(row, house) == "failed")
            let now = try #require(try await house.ledger.delivery(row.id))
            #expect(now.state == .delivered && now.reason == "its gateway reports that it did not arrive")
            #expect(try await house.ledger.undelivered(now: house.now, limit: 5).map(\.delivery.id) == [row.id])
            // It has arrived after all; and nothing unsays that.
            #expect(try await client.execute(uri: "\(address)?status=1", method: .get).status == .ok)
            #expect(try await client.execute(uri: "\(address)?status=2", method: .get).status == .ok)
            #expect(try await receipt(row, house) == "confirmed")
            #expect(try await house.ledger.undelivered(now: house.now, limit: 5).isEmpty)
        }
        #expect(try await house.ledger.verify().isEmpty)
    }

    @Test func twilioReportsAndSignsIt() async throws {
        let house = try AnswerHouse()
        let row = try await row("sms", house)
        let address = address(row, house)
        @Sendable func report(_ client: any TestClientProtocol, _ fields: KeyValuePairs<String, String>, token: String = "12345")
            async throws
            -> HTTPResponse.Status
        {
            let text = formText(fields)
            let code = TwilioSignature.code(url: "https://tocsin.example.com/x\(address)", FormFields(text), token: Secret(token))
            var headers: HTTPFields = [:]
            if let name = FieldName("X-Twilio-Signature") { headers[name] = code }
            return try await client.execute(uri: address, method: .post, headers: headers, body: ByteBuffer(string: text)).status
        }
        try await house.ask { (client) async throws in
            #expect(try await report(client, ["MessageStatus": "delivered"], token: "wrong") == .forbidden)
            #expect(try await client.execute(uri: "\(address)?status=1", method: .get).status == .forbidden)
            #expect(try await report(client, ["MessageStatus": "sent"]) == .ok)
            #expect(try await receipt(row, house) == nil)
            #expect(try await report(client, ["MessageStatus": "undelivered", "ErrorCode": "30005", "MessageSid": "SM1"]) == .ok)
        }
        let now = try #require(try await house.ledger.delivery(row.id))
        #expect(now.receipt == "failed")
        #expect(now.reason == "its gateway reports that it did not arrive (30005: the number is not in service)")
        #expect(house.log.lines.contains { $0.contains("a report on a text message was refused") })
    }

    @Test func whatIsForgedIsRefusedAndWhatIsForgottenIgnored() async throws {
        let house = try AnswerHouse()
        let row = try await row("kannel", house)
        try await house.ask { (client) async throws in
            for forged in ["x", house.token(), house.links.token(.leave(subscription: "1"))] {
                #expect(try await client.execute(uri: "/r/\(forged)?status=1", method: .get).status == .notFound)
            }
            // Its history has gone; or its number is another's since a backup was put back.
            let gone = house.links.token(.receipt(Links.Receipt(delivery: 9_999, token: row.token)))
            #expect(try await client.execute(uri: "/r/\(gone)?status=1", method: .get).status == .ok)
            let other = house.links.token(.receipt(Links.Receipt(delivery: row.id, token: "ffffffffffffffff")))
            #expect(try await client.execute(uri: "/r/\(other)?status=2", method: .post).status == .ok)
        }
        #expect(try await receipt(row, house) == nil)
    }

    @Test(arguments: [
        ("status=DELIVRD", "confirmed"), ("MessageStatus=read", "confirmed"), ("status=failed&error=%0D%0AX", "failed"),
        ("status=16", "failed"), ("status=queued", nil), ("nothing=1", nil),
    ])
    func understood(form: String, outcome: String?) {
        let report = ReportedStatus(FormFields(form))
        #expect(report?.outcome.rawValue == outcome)
        #expect(report?.reason?.contains("\r") != true)
    }
}
