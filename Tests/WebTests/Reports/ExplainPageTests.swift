// Explain as a form: the same verdicts as the command's, and clear words for what is no event.

import Foundation
import Hummingbird
import HummingbirdTesting
import JSON
import Testing

@testable import Web

@Suite struct ExplainPageTests {
    private func explain(
        _ event: String, at: String = "", language: String = "en", _ check: @escaping @Sendable (TestResponse) throws -> Void
    ) async throws {
        let fixture = try PageFixture()
        // Whoever may look may ask.
        let cookie = try fixture.cookie("reader")
        try await fixture.test { client in
            let token = try await client.page("/explain", cookie).formToken ?? ""
            let fields = ["form_token": token, "event": event, "at": at]
            try check(try await client.send("/explain", cookie, fields, headers: [.acceptLanguage: language]))
            #expect(try fixture.dropped().isEmpty)
            #expect(try await fixture.house.ledger.deliveries().isEmpty)
        }
        await fixture.house.ledger.close()
    }

    @Test func whoIsToldAndWhy() async throws {
        let event = """
            {"type": "escalation", "incident": {"id": "INC1", "title": "<b>Payments</b>", "severity": "critical"}}
            """
        try await explain(event, at: "2026-11-24T03:58:00Z") { answer in
            #expect(answer.status == .ok)
            for word in ["ops-slack", "ops-teams", "+447700900123", "ana@example.com", "2026-11-24T03:58:00Z", "critical"] {
                #expect(answer.text.contains(word), "\(word)")
            }
            #expect(answer.text.contains("href=\"/routes#route-all\""))
            #expect(answer.text.contains("&lt;b&gt;Payments&lt;/b&gt;"))
            #expect(!answer.text.contains("services/T/B"), "a webhook's path is a secret")
        }
    }

    /// As elsewhere on the page: times in the router's zone, types and states in the reader's words.
    @Test func timesAndWordsAreThePages() async throws {
        let event = #"{"type": "escalation", "incident": {"id": "INC1", "severity": "critical"}}"#
        try await explain(event, at: "2026-11-24T03:58:00Z", language: "de") { answer in
            let text = answer.text.split(separator: "id=\"explanation\"").last ?? ""
            #expect(text.contains("2026-11-24 04:58:00 UTC+01:00") && text.contains("2026-11-24 05:03:00 UTC+01:00"))
            for word in ["Eskalation", "verletzt", "Bestätigen"] { #expect(text.contains(word), "\(word)") }
            for word in ["<dd>escalation<", "acknowledge by", "breach", ">open<"] { #expect(!text.contains(word), "\(word)") }
        }
    }

    @Test func aRouteThatDoesNotCountSaysWhy() async throws {
        try await explain("{\"type\": \"operations\", \"message\": \"x\"}") { #expect($0.status == .ok) }
    }

    @Test(arguments: [
        ("{\"type\": \"update\",\n  \"message\": }", "not_json", "line 2, column 14"), ("", "not_json", "line 1, column 1"),
        ("{\"type\": \"update\", \"type\": \"update\"}", "duplicate_member", "line 1"), ("[]", "wrong_type", "the whole document"),
        ("{\"type\": \"update\", \"incident\": {\"id\": 5}}", "wrong_type", "/incident/id"),
        ("{\"type\": \"escalation\", \"incident\": {\"id\": \"I\", \"severity\": \"<script>\"}}", "unknown_severity", "/incident/severity"),
    ])
    func whatIsNoEventIsNamed(_ text: String, _ code: String, _ place: String) async throws {
        try await explain(text) { answer in
            #expect(answer.status == .unprocessableContent)
            #expect(answer.text.contains(code) && answer.text.contains(place), "\(answer.text.suffix(1_500))")
            #expect(!answer.text.contains("<script>"))
        }
    }

    @Test func tooMuchIsRefusedAndTooDeepIsNamed() async throws {
        try await explain(String(repeating: "x", count: (1 << 20) + 1)) { #expect($0.status == .contentTooLarge) }
        try await explain(String(repeating: "[", count: 100_000)) { answer in
            #expect(answer.status == .unprocessableContent)
            #expect(answer.text.contains("too_deep"))
        }
        try await explain("{\"type\": \"update\"}", at: "tomorrow") { #expect($0.status == .unprocessableContent) }
    }
}
