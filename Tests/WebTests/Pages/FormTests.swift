// Forms: who may send them, from where, and what they say to the router.

import Foundation
import Hummingbird
import HummingbirdTesting
import JSON
import Ledger
import Testing

@testable import Web

@Suite struct FormTests {
    private static let incident: JSONValue = [
        "type": "status_change", "id": "e1", "source": "test",
        "incident": ["id": "INC1", "title": "Payments fail", "severity": "critical", "status": "open"],
    ]

    @Test func whoMayOnlyLookSeesNoButtonsAndIsRefused() async throws {
        let fixture = try PageFixture()
        try await fixture.accept(Self.incident)
        let cookie = try fixture.cookie("reader")
        try await fixture.test { client in
            let page = try await client.page("/incidents/INC1", cookie)
            #expect(!page.text.contains("/incidents/INC1/acknowledge"))
            let answer = try await client.send("/incidents/INC1/acknowledge", cookie, ["form_token": page.formToken ?? ""])
            #expect(answer.status == .forbidden)
            #expect(try await client.send("/incidents/INC1/acknowledge", nil, [:]).status == .unauthorized)
            #expect(try fixture.dropped().isEmpty)
        }
        await fixture.house.ledger.close()
    }

    @Test func aFormThatIsSentTwiceActsOnce() async throws {
        let fixture = try PageFixture()
        try await fixture.accept(Self.incident)
        let cookie = try fixture.cookie("operator")
        try await fixture.test { client in
            let path = "/incidents/INC1/update"
            let token = try await client.page("/incidents/INC1", cookie).formToken ?? ""
            let fields = ["form_token": token, "message": "half of it works again"]
            async let first = client.send(path, cookie, fields)
            async let second = client.send(path, cookie, fields)
            let answers = try await [first, second, client.send(path, cookie, fields)]
            #expect(answers.allSatisfy { $0.status == .seeOther })
            #expect(Set(answers.map { $0.headers[.location] }).count == 1, "whoever repeats it sees what the first one did")
            #expect(try fixture.dropped().count == 1)
            // Meant once more: from a new copy of the page, or with other words.
            _ = try await client.send(path, cookie, fields.merging(["message": "all of it works again"]) { $1 })
            let anew = try await client.page("/incidents/INC1", cookie).formToken ?? ""
            #expect(anew != token)
            _ = try await client.send(path, cookie, fields.merging(["form_token": anew]) { $1 })
            #expect(try fixture.dropped().count == 3)
            // What could not be done is no reason not to try again.
            let unknown = "/incidents/INC2/update"
            #expect(try await client.send(unknown, cookie, fields).status == .notFound)
            #expect(try await client.send(unknown, cookie, fields).status == .notFound)
        }
        await fixture.house.ledger.close()
    }

    @Test func aFormFromElsewhereDoesNothing() async throws {
        let fixture = try PageFixture()
        try await fixture.accept(Self.incident)
        let (cookie, other) = (try fixture.cookie("operator"), try fixture.cookie("operator"))
        try await fixture.test { client in
            let token = try await client.page("/incidents/INC1", cookie).formToken ?? ""
            let others = try await client.page("/incidents/INC1", other).formToken ?? ""
            #expect(token != others && FormToken.bare(token).count == 64)
            let path = "/incidents/INC1/acknowledge"
            #expect(try await client.send(path, cookie, [:]).status == .forbidden)
            #expect(try await client.send(path, cookie, ["form_token": others]).status == .forbidden)
            for headers: HTTPFields in [
                [.origin: "https://evil.example"], [.origin: "null"], [HeaderField.name("Sec-Fetch-Site"): "cross-site"],
                [HeaderField.name("Sec-Fetch-Site"): "same-site"],
            ] {
                #expect(try await client.send(path, cookie, ["form_token": token], headers: headers).status == .forbidden, "\(headers)")
            }
            var headers: HTTPFields = [.contentType: "text/plain", .cookie: cookie]
            headers[.accept] = "text/html"
            let plain = try await client.execute(
                uri: path, method: .post, headers: headers, body: ByteBuffer(string: "form_token=\(token)"))
            #expect(plain.status == .unsupportedMediaType)
            #expect(try fixture.dropped().isEmpty)
        }
        await fixture.house.ledger.close()
    }

    @Test func theWholeOfALongListCanBeTicked() {
        let body = (0..<600).map { "id-\($0)=on" }.joined(separator: "&")
        #expect(FormText.members(body).count == 600)
        #expect(FormText.members((0..<5_000).map { "\($0)=" }.joined(separator: "&")).count == 1_000)
    }

    @Test func whatIsNoEventIsInTheLogWithAName() async throws {
        let fixture = try PageFixture()
        try await fixture.acceptHostile()
        let ids = try await fixture.house.ledger.deliveries().map(\.id)
        _ = try await fixture.house.ledger.record(
            ids.map { AttemptRecord(delivery: $0, at: Date(), outcome: "refused", next: .dead("refused")) })
        try fixture.reject("a.json", "{}")
        let cookie = try fixture.cookie("operator")
        try await fixture.test { client in
            let token = try await client.page("/mending", cookie).formToken ?? ""
            for (path, fields) in [
                ("/channels/pause", ["channel": "mail"]), ("/channels/resume", ["channel": "mail"]),
                ("/mending/requeue", ["name": "a.json"]), ("/mending/deliveries", ["do": "retry", "id-\(ids[0])": "on"]),
                ("/mending/deliveries", ["do": "drop", "id-\(ids[1])": "on", "reason": "told"]),
            ] {
                let before = fixture.log.lines.count
                let answer = try await client.send(path, cookie, fields.merging(["form_token": token]) { $1 })
                #expect(answer.status == .seeOther, "\(path)")
                let lines = fixture.log.lines.dropFirst(before)
                #expect(lines.contains { $0.hasPrefix("notice") && $0.contains("the operator") }, "\(path)")
            }
        }
        await fixture.house.ledger.close()
    }

    @Test func whatIsSaidIsAnEventOfWhoeverSaidIt() async throws {
        let fixture = try PageFixture()
        try await fixture.accept(Self.incident)
        let cookie = try fixture.cookie("operator")
        try await fixture.test { client in
            let token = try await client.page("/incidents/INC1", cookie).formToken ?? ""
            let answer = try await client.send("/incidents/INC1/acknowledge", cookie, ["form_token": token])
            #expect(answer.status == .seeOther)
            #expect(answer.headers[.location]?.hasPrefix("/incidents/INC1?said=") == true)
            let update = ["form_token": token, "message": "We <b>restart</b>\r\nit.", "next_steps": "wait"]
            #expect(try await client.send("/incidents/INC1/update", cookie, update).status == .seeOther)
            #expect(try await client.send("/incidents/INC1/update", cookie, ["form_token": token]).status == .badRequest)
            let severity = ["form_token": token, "severity": "worst of all"]
            #expect(try await client.send("/incidents/INC1/severity", cookie, severity).status == .badRequest)
            #expect(try await client.send("/incidents/NONE/resolve", cookie, ["form_token": token]).status == .notFound)
            #expect(try await client.send("/incidents/INC1/reopen", cookie, ["form_token": token, "reason": "x"]).status == .conflict)
            let events = try fixture.dropped()
            let acknowledgement = events.first { $0["type"]?.string == "acknowledgement" }
            #expect(acknowledgement?["incident"]?["id"]?.string == "INC1")
            #expect(acknowledgement?["change"]?["by"]?.string == "the operator")
            let told = events.first { $0["type"]?.string == "update" }
            #expect(told?["message"]?.string == "We <b>restart</b>\nit.")
            #expect(told?["incident"]?["next_steps"]?.string == "wait")
            #expect(events.count == 2)
        }
        await fixture.house.ledger.close()
    }
}
