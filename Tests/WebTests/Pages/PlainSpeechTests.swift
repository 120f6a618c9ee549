// What a page leaves out or shows twice, it says: links that are their reader's own, and the time between due and done.

import Foundation
import Hummingbird
import HummingbirdTesting
import Incidents
import JSON
import Testing

@testable import Web

@Suite struct PlainSpeechTests {
    private static let escalation: JSONValue = [
        "type": "escalation", "id": "e1", "source": "monitor",
        "incident": ["id": "INC1", "title": "Payments fail", "severity": "critical"],
    ]

    @Test func aMessageIsShownWithLinksThatOpenNothing() async throws {
        let fixture = try PageFixture(router: ", public_url: \"https://tocsin.example.com\"")
        try await fixture.accept(Self.escalation)
        // Behind `https` its name says so.
        let cookie = try fixture.cookie("reader").replacing("tocsin=", with: "\(Sessions.cookieName(fixture.house))=")
        try await fixture.test { client in
            let page = try await client.page("/deliveries/1", cookie)
            #expect(page.status == .ok && page.text.contains("are not the real ones: those are for its reader alone"))
            let link = try #require(page.text.firstMatch(of: /tocsin\.example\.com(\/a\/[A-Za-z0-9_-]+)/)?.1)
            #expect(try await client.page(String(link), cookie).status != .ok)
            #expect(try await client.page("/deliveries/1?lang=de", cookie).text.contains("nur der Empfänger"))
        }
        await fixture.house.ledger.close()
    }

    @Test func withoutLinksNothingIsSaidOfThem() async throws {
        let fixture = try PageFixture()
        try await fixture.accept(Self.escalation)
        let cookie = try fixture.cookie("reader")
        try await fixture.test { client in
            let page = try await client.page("/deliveries/1", cookie)
            #expect(page.status == .ok && !page.text.contains("not the real ones"))
        }
        await fixture.house.ledger.close()
    }

    @Test func aStorySaysWhatCameLate() async throws {
        let fixture = try PageFixture()
        func update(_ id: String, _ ago: TimeInterval) -> JSONValue {
            [
                "type": "update", "id": .string(id), "source": "monitor", "message": .string(id), "incident": ["id": "INC1"],
                "time": .string(Timestamp.format(Date().addingTimeInterval(-ago))),
            ]
        }
        try await fixture.accept(update("slow", 600))
        try await fixture.accept(update("quick", 20))
        let cookie = try fixture.cookie("reader")
        try await fixture.test { client in
            let text = try await client.page("/incidents/INC1", cookie).text
            let events = text.components(separatedBy: "class=\"event").dropFirst()
            #expect(events.count == 2)
            #expect(events.first?.contains("received") == false, "20 s are worth no word")
            #expect(events.last?.contains("said to be of <time") == true && events.last?.contains(", received <time") == true)
        }
        await fixture.house.ledger.close()
    }
}
