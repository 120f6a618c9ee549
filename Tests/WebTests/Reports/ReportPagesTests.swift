// The pages that sum up: what is hostile stays text, whoever may only look changes nothing.

import Foundation
import Hummingbird
import HummingbirdTesting
import Incidents
import JSON
import Ledger
import Testing

@testable import Web

@Suite struct ReportPagesTests {
    private static let pages = [
        "/charts", "/charts?period=month&channel=%3Cscript%3E", "/channels", "/routes", "/explain", "/mending",
        "/mending/rejected/%3Cb%3E.json", "/broadcasts", "/broadcasts/b1", "/broadcasts/new", "/broadcasts/new?corrects=b1",
        "/broadcasts/%3Cscript%3E", "/subscriptions", "/subscriptions?who=%3Cscript%3E", "/subscriptions?who=ana", "/subscriptions/w1",
        "/silences", "/silences?all=1",
    ]

    /// Everything that these pages show, each with a text that would like to be markup.
    private func fixture() async throws -> PageFixture {
        let fixture = try PageFixture()
        try await fixture.acceptHostile()
        let text = JSONValue.string(PageFixture.hostile)
        try await fixture.accept([
            "type": "broadcast", "id": "e2", "source": "x",
            "broadcast": ["id": "b1", "audience": ["ana"], "subject": text, "message": text, "by": text],
        ])
        try await fixture.accept([
            "type": "subscription", "id": "e3", "source": "x",
            "subscription": ["action": "subscribe", "id": "w1", "who": "ana", "match": ["labels.x": text, "service": "<script>"]],
        ])
        try await fixture.accept([
            "type": "silence", "id": "e4", "source": "x",
            "silence": [
                "id": "<script>", "match": ["service": text], "until": .string(Timestamp.format(Date().addingTimeInterval(86_400))),
                "reason": text, "by": text,
            ],
        ])
        try await fixture.accept([
            "type": "subscription", "id": "e5", "source": "x",
            "subscription": ["action": "stop", "who": ["email": "x@example.com"], "reason": text, "by": text],
        ])
        let ids = try await fixture.house.ledger.deliveries().map(\.id)
        _ = try await fixture.house.ledger.record(
            ids.map {
                AttemptRecord(
                    delivery: $0, at: Date(), milliseconds: 20, outcome: "refused", code: "<b>", reason: "refused",
                    detail: PageFixture.hostile, next: .dead("<script>alert(3)</script>"))
            })
        try fixture.reject("<b>.json", "{\"<script>\": \"</textarea><script>alert(4)</script>", reason: PageFixture.hostile)
        return fixture
    }

    @Test(arguments: ["en", "de"])
    func nothingOfWhatIsShownIsMarkup(_ language: String) async throws {
        let fixture = try await fixture()
        let cookie = try fixture.cookie("operator")
        try await fixture.test { client in
            for path in Self.pages {
                let answer = try await client.page("\(path)\(path.contains("?") ? "&" : "?")lang=\(language)", cookie)
                let text = answer.text
                #expect([.ok, .notFound, .badRequest].contains(answer.status), "\(path): \(answer.status)")
                for forbidden in ["<script>", "<img", "<b>", "\u{202E}", "href=\"javascript", "href=\"//", "</textarea><script"] {
                    #expect(!text.contains(forbidden), "\(forbidden) in \(path)")
                }
                #expect(text.firstMatch(of: /<[^>]* (on[a-z]+|style|srcdoc)="/) == nil, "\(path)")
                #expect(text.firstMatch(of: /(?:src|href)="https?:/) == nil, "\(path)")
                #expect(!text.contains(FormToken.placeholder), "\(path)")
            }
        }
        await fixture.house.ledger.close()
    }

    @Test func aStepSaysWhenForEachSeverity() async throws {
        let escalation = """
            escalation:
              night:
                steps:
                  - {after: {critical: 5m, low: 1h}, to: [ana]}
                  - {after: 2h, to: [mail:boss@example.com]}
            """
        let fixture = try PageFixture(http: escalation)
        let cookie = try fixture.cookie("reader")
        try await fixture.test { client in
            let text = try await client.page("/routes", cookie).text
            #expect(text.contains("1. critical 5m, low 1h: ana"))
            #expect(text.contains("2. 2h: mail:boss@example.com"))
        }
        await fixture.house.ledger.close()
    }

    @Test func whoMayOnlyLookSeesNoButtonsAndChangesNothing() async throws {
        let fixture = try await fixture()
        let reader = try fixture.cookie("reader")
        try await fixture.test { client in
            for path in Self.pages where !path.contains("/new") && path != "/subscriptions/w1" {
                let answer = try await client.page(path, reader)
                let forms = answer.text.matches(of: /<form method="post" action="([^"]*)"/).map { String($0.1) }
                #expect(forms.allSatisfy { $0 == "/explain" || $0 == "/sign-out" }, "\(path): \(forms)")
            }
            #expect(try await client.page("/broadcasts/new", reader).status == .forbidden)
            #expect(try await client.page("/subscriptions/w1", reader).status == .forbidden)
            let token = try await client.page("/explain", reader).formToken ?? ""
            for (path, fields) in [
                ("/channels/pause", ["channel": "mail"]), ("/channels/resume", [:]), ("/mending/requeue", ["all": "yes"]),
                ("/mending/deliveries", ["all": "yes", "do": "retry"]), ("/mending/rejected/%3Cb%3E.json", ["text": "{}"]),
                ("/mending/discard", ["name": "<b>.json"]), ("/broadcasts/send", ["audience": "ana", "message": "x"]),
                ("/broadcasts/preview", ["audience": "ana", "message": "x"]), ("/broadcasts/b1/decide", ["decision": "stop"]),
                ("/subscriptions/leave", ["id": "w1"]), ("/subscriptions/change", ["id": "w1", "deliver": "hourly"]),
                ("/subscriptions/snooze", ["who": "ana", "until": "4h"]), ("/subscriptions/wake", ["who": "ana"]),
                ("/suppressions/lift", ["address": "x@example.com", "reason": "x"]),
                ("/suppressions/add", ["address": "y@example.com", "reason": "x"]),
                ("/silences/start", ["match": "service=x", "until": "2h", "reason": "x"]), ("/silences/end", ["id": "<script>"]),
                ("/absences/away", ["who": "ana", "until": "4h"]), ("/absences/back", ["who": "ana"]),
            ] as [(String, [String: String])] {
                let answer = try await client.send(path, reader, fields.merging(["form_token": token]) { $1 })
                #expect(answer.status == .forbidden, "\(path): \(answer.status)")
            }
            #expect(try fixture.dropped().isEmpty)
            #expect(try fixture.rejected() == ["<b>.json"])
            #expect(try await fixture.house.ledger.pauses().isEmpty)
        }
        await fixture.house.ledger.close()
    }
}

extension PageFixture {
    /// Puts a file where rejected ones lie.
    func reject(_ name: String, _ content: String, code: String = "not_json", reason: String = "bad", line: Int? = 1) throws {
        let place = directory + "/queue/rejected"
        try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
        try content.write(toFile: "\(place)/\(name)", atomically: true, encoding: .utf8)
        var members: [String: JSONValue] = [
            "file": .string(name), "code": .string(code), "message": .string(reason), "at": "2026-11-24T03:58:00Z",
        ]
        if let line { (members["line"], members["column"]) = (.integer(line), 2) }
        try JSONValue.object(members).text.write(toFile: "\(place)/\(name).reason.json", atomically: true, encoding: .utf8)
    }

    /// Rejected files, without their reasons.
    func rejected() throws -> [String] {
        let place = directory + "/queue/rejected"
        guard FileManager.default.fileExists(atPath: place) else { return [] }
        return try FileManager.default.contentsOfDirectory(atPath: place).filter { !$0.contains(".reason.") }.sorted()
    }
}
