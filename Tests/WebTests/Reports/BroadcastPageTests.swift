// Broadcasts on the page: seen before they are sent, and decided by those who may.

import Foundation
import Hummingbird
import HummingbirdTesting
import JSON
import Ledger
import Testing

@testable import Web

@Suite struct BroadcastPageTests {
    private static let http = "  trusted_proxies: [127.0.0.0/8]\n  operators: [\"*\"]\nbroadcasts: {approve_over: 0, approvers: [ana]}"

    private static func user(_ name: String) -> HTTPFields {
        var headers = HTTPFields()
        if let header = HeaderField.Name("X-Forwarded-User") { headers[header] = name }
        return headers
    }

    @Test func itIsSeenBeforeItIsSent() async throws {
        let fixture = try PageFixture()
        let cookie = try fixture.cookie("operator")
        try await fixture.test { client in
            let token = try await client.page("/broadcasts/new", cookie).formToken ?? ""
            var fields = [
                "form_token": token, "audience": "ana, ops-slack\nnobody-here", "subject": "<i>Payments", "message": "We know why.",
            ]
            let unknown = try await client.send("/broadcasts/preview", cookie, fields)
            #expect([.ok, .unprocessableContent].contains(unknown.status))
            #expect(unknown.text.contains("nobody-here"))
            fields["audience"] = "ana, ops-slack"
            let preview = try await client.send("/broadcasts/preview", cookie, fields)
            #expect(preview.status == .ok)
            #expect(preview.text.contains("One person, 2 addresses"))
            #expect(preview.text.contains("Send it to 2 addresses"))
            #expect(preview.text.contains("We know why.") && !preview.text.contains("<i>"))
            #expect(try fixture.dropped().isEmpty)
            let sent = try await client.send("/broadcasts/send", cookie, fields)
            #expect(sent.status == .seeOther)
            let event = try #require(try fixture.dropped().first)
            #expect(event["type"]?.string == "broadcast")
            #expect(event["broadcast"]?["audience"] == ["ana", "ops-slack"])
            #expect(event["broadcast"]?["by"]?.string == "the operator")
            fields["message"] = ""
            #expect(try await client.send("/broadcasts/send", cookie, fields).status == .unprocessableContent)
        }
        await fixture.house.ledger.close()
    }

    @Test func onlyAnApproverApproves() async throws {
        let fixture = try PageFixture(http: Self.http)
        try await fixture.accept([
            "type": "broadcast", "id": "e1", "source": "x",
            "broadcast": ["id": "b1", "audience": ["ops-slack"], "message": "We know why.", "by": "somebody"],
        ])
        #expect(try await fixture.house.ledger.broadcast("b1")?.broadcast.state == .waiting)
        try await fixture.test(live: true) { client in
            let page = try await client.page("/broadcasts/b1", headers: Self.user("eve@example.com"))
            #expect(page.text.contains("It waits for an approval by ana."))
            #expect(!page.text.contains("value=\"approve\"") && !page.text.contains("value=\"refuse\""))
            #expect(page.text.contains("signed in as eve@example.com; it is for ana to approve or refuse it"))
            let form = try await client.page("/broadcasts/new", headers: Self.user("eve@example.com")).formToken ?? ""
            let eve = ["form_token": form, "decision": "approve"]
            let refused = try await client.send("/broadcasts/b1/decide", nil, eve, headers: Self.user("eve@example.com"))
            #expect(refused.status == .forbidden)
            #expect(refused.text.contains("eve@example.com") && refused.text.contains("broadcasts.approvers"))
            let own = try await client.page("/broadcasts/b1", headers: Self.user("ana@example.com"))
            #expect(own.text.contains("value=\"approve\"") && own.text.contains("value=\"refuse\""))
            // Live, each sees their own.
            for (name, isAsked) in [("ana", true), ("eve", false)] {
                let key = LiveKey(path: "/broadcasts/b1", query: "", language: "en", mayOperate: true, by: name)
                let live = try await fixture.house.pages.page(PageRequest(key, fixture.house)).content
                #expect(live.markup.contains("value=\"approve\"") == isAsked, "\(name)")
            }
            let token = own.formToken ?? ""
            let silent = ["form_token": token, "decision": "refuse"]
            #expect(
                try await client.send("/broadcasts/b1/decide", nil, silent, headers: Self.user("ana@example.com")).status
                    == .unprocessableContent)
            #expect(try fixture.dropped().isEmpty)
            let ana = ["form_token": token, "decision": "approve"]
            #expect(
                try await client.send("/broadcasts/b1/decide", nil, ana, headers: Self.user("ana@example.com")).status == .seeOther)
            let event = try #require(try fixture.dropped().first)
            #expect(event["approval"]?["by"]?.string == "ana")
            #expect(event["approval"]?["decision"]?.string == "approve")
        }
        await fixture.house.ledger.close()
    }

    @Test func theAuthorIsNotAskedToDecide() async throws {
        let fixture = try PageFixture(http: Self.http)
        try await fixture.accept([
            "type": "broadcast", "id": "e1", "source": "x",
            "broadcast": ["id": "b1", "audience": ["ops-slack"], "message": "We know why.", "by": "ana"],
        ])
        try await fixture.test(live: true) { client in
            let page = try await client.page("/broadcasts/b1", headers: Self.user("ana@example.com"))
            #expect(page.text.contains("You wrote it") && !page.text.contains("value=\"approve\""))
        }
        await fixture.house.ledger.close()
    }
}
