// Channels: held back and let go as by the commands; and charts of what was sent.

import Foundation
import Hummingbird
import HummingbirdTesting
import JSON
import Ledger
import Testing

@testable import Web

@Suite struct ChannelPageTests {
    @Test func aChannelIsPausedAndGoesOn() async throws {
        let fixture = try PageFixture()
        let cookie = try fixture.cookie("operator")
        let ledger = fixture.house.ledger
        try await fixture.test { client in
            let token = try await client.page("/channels", cookie).formToken ?? ""
            func send(_ path: String, _ channel: String?) async throws -> HTTPResponse.Status {
                var fields = ["form_token": token]
                fields["channel"] = channel
                return try await client.send(path, cookie, fields).status
            }
            #expect(try await send("/channels/pause", "mail") == .seeOther)
            #expect(try await ledger.pauses().map(\.channel) == ["mail"])
            #expect(try await client.page("/channels", cookie).text.contains("action=\"/channels/resume\""))
            #expect(try await send("/channels/pause", "nothing <b>") == .notFound)
            #expect(try await send("/channels/resume", "mail") == .seeOther)
            #expect(try await ledger.pauses().isEmpty)
            #expect(try await send("/channels/pause", nil) == .seeOther)
            #expect(try await ledger.pauses().map(\.channel) == [nil])
            #expect(try await send("/channels/resume", nil) == .seeOther)
        }
        await ledger.close()
    }

    @Test func whatWasSentIsSeen() async throws {
        let fixture = try PageFixture()
        try await fixture.acceptHostile()
        let ledger = fixture.house.ledger
        let deliveries = try await ledger.deliveries()
        _ = try await ledger.record(
            deliveries.map { delivery in
                delivery.channel == "mail"
                    ? AttemptRecord(
                        delivery: delivery.id, at: Date(), milliseconds: 900, outcome: "refused", code: "550", detail: "no such mailbox",
                        next: .dead("refused"))
                    : AttemptRecord(delivery: delivery.id, at: Date(), milliseconds: 120, outcome: "accepted", next: .delivered)
            })
        let cookie = try fixture.cookie("reader")
        try await fixture.test { client in
            let channels = try await client.page("/channels", cookie).text
            #expect(channels.contains("mean 120 ms, longest 120 ms"))
            #expect(channels.contains("no such mailbox"))
            for period in ["day", "week", "month"] {
                let charts = try await client.page("/charts?period=\(period)", cookie).text
                #expect(charts.contains("3 delivered, 1 failed or expired"), "\(period)")
                #expect(charts.contains("<svg class=\"chart\"") && charts.contains("<desc"))
            }
            let one = try await client.page("/charts?channel=mail", cookie).text
            #expect(one.contains("0 delivered, 1 failed or expired"))
        }
        await ledger.close()
    }
}
