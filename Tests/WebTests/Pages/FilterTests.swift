// A filter that a page does not know is said on the page, and nothing is shown as if it had been filtered.

import Foundation
import Hummingbird
import HummingbirdTesting
import Testing

@testable import Web

@Suite struct FilterTests {
    @Test(arguments: [
        ("/incidents?state=bogus", "state", "show, severity"), ("/incidents?severity=hihg", "hihg", "Did you mean “high”?"),
        ("/incidents?show=some", "some", "open, all"), ("/incidents?after=x", "after", "so nothing is shown"),
        ("/deliveries?state=bogus", "bogus", "held, pending"), ("/deliveries?type=updat", "updat", "Did you mean “update”?"),
        ("/deliveries?since=yesterday", "yesterday", "1h, 1d"), ("/deliveries?stat=dead", "stat", "Did you mean “state”?"),
        ("/deliveries?before=x", "before", "so nothing is shown"), ("/charts?period=year", "year", "day, week, month"),
        ("/charts?channel=nowhere", "nowhere", "ops-slack"), ("/silences?everything=1", "everything", "all"),
        ("/subscriptions?whom=ana", "whom", "Did you mean “who”?"),
    ])
    func whatIsNotKnownIsSaid(_ path: String, _ named: String, _ known: String) async throws {
        let fixture = try PageFixture()
        try await fixture.acceptHostile()
        let cookie = try fixture.cookie("reader")
        try await fixture.test { client in
            for language in ["en", "de"] {
                let answer = try await client.page("\(path)&lang=\(language)", cookie)
                #expect(answer.status == .badRequest, "\(path)")
                #expect(answer.text.contains(named) && !answer.text.contains("INC/1"), "\(path)")
                #expect(answer.text.contains("href=\"\(path.prefix { $0 != "?" })\""), "a way on")
                if language == "en" { #expect(answer.text.contains(known), "\(path)") }
            }
        }
        await fixture.house.ledger.close()
    }

    @Test func whatIsKnownFilters() async throws {
        let fixture = try PageFixture()
        try await fixture.acceptHostile()
        let cookie = try fixture.cookie("reader")
        try await fixture.test { client in
            for path in [
                "/incidents?severity=P1&show=ALL&service=&q=", "/deliveries?state=PENDING", "/deliveries?since=2h&type=status_change",
                "/deliveries?since=2026-01-01T00:00:00Z&channel=ops-slack", "/charts?period=week&channel=mail", "/silences?all=1",
            ] {
                let answer = try await client.page(path, cookie)
                #expect(answer.status == .ok, "\(path)")
                if !path.hasPrefix("/charts"), !path.hasPrefix("/silences") { #expect(answer.text.contains("INC/1"), "\(path)") }
            }
            let old = try await client.page("/deliveries?channel=gone-since", cookie)
            #expect(old.status == .ok && old.text.contains("<option value=\"gone-since\" selected"), "what it is filtered by is shown")
        }
        await fixture.house.ledger.close()
    }
}
