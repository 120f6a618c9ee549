// Subscriptions, suppressions, silences and absences: each form becomes the event that the command makes.

import Foundation
import Hummingbird
import HummingbirdTesting
import Incidents
import JSON
import Ledger
import Testing

@testable import Web

@Suite struct StandingPageTests {
    /// Sends one form and returns the payload of the event that it became.
    private func event(
        _ path: String, _ fields: [String: String], from page: String, _ member: String, in fixture: PageFixture
    ) async throws -> JSONValue {
        let cookie = try fixture.cookie("operator")
        let before = try fixture.dropped().count
        try await fixture.test { client in
            let token = try await client.page(page, cookie).formToken ?? ""
            let answer = try await client.send(path, cookie, fields.merging(["form_token": token]) { $1 })
            #expect(answer.status == .seeOther, "\(path): \(answer.status)")
        }
        let events = try fixture.dropped()
        #expect(events.count == before + 1)
        return try #require(events.compactMap { $0[member] }.last { !$0.isNull })
    }

    @Test func aSubscriptionIsFoundChangedAndLeft() async throws {
        let fixture = try PageFixture()
        try await fixture.accept([
            "type": "subscription", "id": "e3", "source": "x",
            "subscription": [
                "action": "subscribe", "id": "w1", "who": "ana", "match": ["service": "pay*"], "via": "mail", "deliver": "hourly",
            ],
        ])
        let cookie = try fixture.cookie("reader")
        try await fixture.test { client in
            for who in ["ana", "Ana", "ana%40example.com"] {
                let text = try await client.page("/subscriptions?who=\(who)", cookie).text
                #expect(text.contains("service=pay*"), "\(who)")
            }
            let ben = try await client.page("/subscriptions?who=ben", cookie).text
            #expect(!ben.contains("service=pay*"))
        }
        let changed = try await event(
            "/subscriptions/change", ["id": "w1", "match": "service=pay* severity>=high", "via": "", "deliver": "Daily 08:00"],
            from: "/subscriptions/w1", "subscription", in: fixture)
        #expect(changed["action"]?.string == "subscribe" && changed["id"]?.string == "w1" && changed["who"]?.string == "ana")
        #expect(changed["deliver"]?.string == "daily 08:00" && changed["via"] == nil)
        #expect(changed["match"] == ["service": "pay*", "severity": ">=high"])
        try fixture.forget()
        let left = try await event("/subscriptions/leave", ["id": "w1"], from: "/subscriptions", "subscription", in: fixture)
        #expect(left["action"]?.string == "unsubscribe" && left["by"]?.string == "the operator")
        await fixture.house.ledger.close()
    }

    @Test func aSnoozeAndASuppression() async throws {
        let fixture = try PageFixture()
        let snooze = try await event(
            "/subscriptions/snooze", ["who": "ana", "until": "4h"], from: "/subscriptions?who=ana", "subscription", in: fixture)
        #expect(snooze["action"]?.string == "snooze" && snooze["who"]?.string == "ana")
        try fixture.forget()
        let stop = try await event(
            "/suppressions/add", ["address": "+44 7700 900123", "reason": "left"], from: "/subscriptions", "subscription", in: fixture)
        #expect(stop["action"]?.string == "stop" && stop["who"]?["sms"]?.string == "+447700900123")
        try fixture.forget()
        let start = try await event(
            "/suppressions/lift", ["address": "x@example.com", "reason": "asked"], from: "/subscriptions", "subscription", in: fixture)
        #expect(start["action"]?.string == "start" && start["reason"]?.string == "asked")
        await fixture.house.ledger.close()
    }

    @Test func aSilenceStartsAndEnds() async throws {
        let fixture = try PageFixture()
        let begun = try await event(
            "/silences/start", ["match": "service=search severity=<=medium", "until": "2h", "reason": "maintenance"], from: "/silences",
            "silence", in: fixture)
        #expect(begun["action"]?.string == "start" && begun["match"] == ["service": "search", "severity": "<=medium"])
        #expect(begun["by"]?.string == "the operator")
        try fixture.forget()
        try await fixture.accept([
            "type": "silence", "id": "e4", "source": "x",
            "silence": [
                "id": "x1", "match": ["service": "search"], "until": .string(Timestamp.format(Date().addingTimeInterval(86_400))),
                "reason": "r",
            ],
        ])
        let ended = try await event("/silences/end", ["id": "x1"], from: "/silences", "silence", in: fixture)
        #expect(ended["action"]?.string == "end" && ended["id"]?.string == "x1")
        await fixture.house.ledger.close()
    }

    @Test func whatCannotBeMeantIsSaid() async throws {
        let fixture = try PageFixture()
        let cookie = try fixture.cookie("operator")
        try await fixture.test { client in
            let token = try await client.page("/silences", cookie).formToken ?? ""
            for (path, fields) in [
                ("/silences/start", ["match": "", "until": "2h", "reason": "x"]),
                ("/silences/start", ["match": "service", "until": "2h", "reason": "x"]),
                ("/silences/start", ["match": "nonsense=x", "until": "2h", "reason": "x"]),
                ("/silences/start", ["match": "service=x", "until": "yesterday", "reason": "x"]),
                ("/silences/start", ["match": "service=x", "until": "2h", "reason": " "]),
                ("/suppressions/add", ["address": "nonsense", "reason": "x"]),
                ("/subscriptions/snooze", ["who": "ana", "until": "2020-01-01T00:00:00Z"]),
                ("/absences/away", ["who": "ana", "until": "4h", "deputy": "ana"]),
            ] as [(String, [String: String])] {
                let answer = try await client.send(path, cookie, fields.merging(["form_token": token]) { $1 })
                #expect(answer.status == .unprocessableContent, "\(path) \(fields): \(answer.status)")
            }
            #expect(try fixture.dropped().isEmpty)
        }
        await fixture.house.ledger.close()
    }
}

extension PageFixture {
    /// Takes away what has been dropped.
    func forget() throws {
        for name in try FileManager.default.contentsOfDirectory(atPath: directory + "/queue") where name.hasSuffix(".json") {
            try FileManager.default.removeItem(atPath: "\(directory)/queue/\(name)")
        }
    }
}
