// Mending on the page: as the commands do it.

import Foundation
import Glibc
import Hummingbird
import HummingbirdTesting
import Incidents
import JSON
import Ledger
import Testing

@testable import Web

@Suite struct MendingPageTests {
    @Test func aRejectedFileIsMendedAndDroppedAsNew() async throws {
        let fixture = try PageFixture()
        try fixture.reject("x.json", "{\"type\": \"update\",\n oops}", line: 2)
        let cookie = try fixture.cookie("operator")
        try await fixture.test { client in
            let page = try await client.page("/mending/rejected/x.json", cookie)
            #expect(page.text.contains("2 |  oops}"))
            let token = page.formToken ?? ""
            // Still wrong: the place is said, the text is kept, and nothing is done.
            let wrong = try await client.send(
                "/mending/rejected/x.json", cookie, ["form_token": token, "text": "{\"type\": \"update\",\n still}"])
            #expect(wrong.status == .unprocessableContent)
            #expect(wrong.text.contains("not_json") && wrong.text.contains("line 2, column 2") && wrong.text.contains("still}</textarea>"))
            let unknown = try await client.send(
                "/mending/rejected/x.json", cookie, ["form_token": token, "text": "{\"type\": \"nonsense\"}"])
            #expect(unknown.text.contains("unknown_type") && unknown.text.contains("/type"))
            #expect(try fixture.dropped().isEmpty)
            #expect(try fixture.rejected() == ["x.json"])
            let right = "{\"type\": \"update\", \"message\": \"We know.\", \"incident\": {\"id\": \"INC1\"}}"
            let answer = try await client.send("/mending/rejected/x.json", cookie, ["form_token": token, "text": right])
            #expect(answer.status == .seeOther)
            #expect(try fixture.dropped().map { $0["message"]?.string } == ["We know."])
            #expect(try fixture.rejected().isEmpty)
            #expect(try await client.page("/mending/rejected/x.json", cookie).status == .notFound)
        }
        await fixture.house.ledger.close()
    }

    /// A file whose id is taken stays what it is until somebody mends it: putting it back would only reject it again.
    @Test func whatWouldConflictAgainIsNotOffered() async throws {
        let fixture = try PageFixture()
        try fixture.reject("x.json", "{}", code: "id_conflict")
        try fixture.reject("y.json", "{}")
        let place = fixture.directory + "/queue/rejected/x.json"
        let before = try #require(Timestamp.parse("2026-11-24T03:57:00Z"))
        try FileManager.default.setAttributes([.modificationDate: before], ofItemAtPath: place)
        let cookie = try fixture.cookie("operator")
        try await fixture.test { client in
            let list = try await client.page("/mending", cookie)
            #expect(list.text.contains("its id is taken"))
            #expect(!list.text.contains("name=\"name\" value=\"x.json\"") && list.text.contains("name=\"name\" value=\"y.json\""))
            let page = try await client.page("/mending/rejected/x.json", cookie)
            #expect(page.text.contains("it would be rejected again") && !page.text.contains("Requeue as it is"))
            #expect(try await client.page("/mending/rejected/y.json", cookie).text.contains("Requeue as it is"))
            let token = page.formToken ?? ""
            let refused = try await client.send("/mending/requeue", cookie, ["form_token": token, "name": "x.json"])
            #expect(refused.status == .conflict && refused.text.contains("it would be rejected again"))
            let all = try await client.send("/mending/requeue", cookie, ["form_token": token, "all": "yes"])
            #expect(all.headers[.location] == "/mending?said=requeued-some")
            #expect(try fixture.rejected() == ["x.json"])
            // Mended on the disk, it may go.
            try FileManager.default.setAttributes([.modificationDate: Date()], ofItemAtPath: place)
            let mended = try await client.send("/mending/requeue", cookie, ["form_token": token, "name": "x.json"])
            #expect(mended.headers[.location] == "/mending?said=requeued")
            #expect(try fixture.rejected().isEmpty)
        }
        await fixture.house.ledger.close()
    }

    /// What counts by who says it is said on its own page, by whoever may.
    @Test func nobodySpeaksForAnother() async throws {
        let fixture = try PageFixture()
        try fixture.reject("x.json", "{}")
        let cookie = try fixture.cookie("operator")
        try await fixture.test { client in
            let token = try await client.page("/mending/rejected/x.json", cookie).formToken ?? ""
            func put(_ text: String) async throws -> TestResponse {
                try await client.send("/mending/rejected/x.json", cookie, ["form_token": token, "text": text])
            }
            for text in [
                #"{"type": "approval", "approval": {"broadcast": "b1", "by": "the operator", "decision": "approve"}}"#,
                #"{"type": "broadcast", "broadcast": {"id": "b1", "audience": ["ana"], "message": "x"}}"#,
                #"{"type": "acknowledgement", "incident": {"id": "INC1"}, "change": {"by": "the operator"}}"#,
                #"{"type": "update", "message": "x", "incident": {"id": "INC1"}, "change": {"by": "ana"}}"#,
                #"{"type": "update", "message": "x", "incident": {"id": "INC1"}, "change": {"by": "Ana"}}"#,
            ] {
                let answer = try await put(text)
                #expect(answer.status == .unprocessableContent && answer.text.contains("not_allowed"), "\(text)")
            }
            #expect(try fixture.dropped().isEmpty)
            let mine = #"{"type": "update", "id": "u-7", "message": "x", "incident": {"id": "INC1"}, "change": {"by": "The Operator"}}"#
            let own = try await put(mine)
            #expect(own.status == .seeOther)
            #expect(fixture.log.lines.contains { $0.contains("x.json") && $0.contains("u-7") && $0.contains("the operator") })
        }
        await fixture.house.ledger.close()
    }

    @Test func whatIsMendedIsHeldToTheTrustOfItsOwner() async throws {
        let fixture = try PageFixture(router: ", trust: {\"\(geteuid())\": [update]}")
        for name in ["x.json", "http-1.json"] { try fixture.reject(name, "{}") }
        let cookie = try fixture.cookie("operator")
        try await fixture.test { client in
            let token = try await client.page("/mending/rejected/x.json", cookie).formToken ?? ""
            let status = #"{"type": "status_change", "incident": {"id": "INC1", "status": "open"}}"#
            let refused = try await client.send("/mending/rejected/x.json", cookie, ["form_token": token, "text": status])
            #expect(refused.status == .unprocessableContent && refused.text.contains("forbidden_type"))
            let update = #"{"type": "update", "message": "x", "incident": {"id": "INC1"}}"#
            #expect(
                try await client.send("/mending/rejected/x.json", cookie, ["form_token": token, "text": update]).status == .seeOther)
            // What came by HTTP had a token for its authority.
            #expect(
                try await client.send("/mending/rejected/http-1.json", cookie, ["form_token": token, "text": status]).status == .seeOther)
            #expect(try fixture.dropped().count == 2)
        }
        await fixture.house.ledger.close()
    }

    @Test func ofManyFilesTheFirstAreShown() async throws {
        let fixture = try PageFixture()
        for number in 1_000..<1_205 { try fixture.reject("f\(number).json", "{}") }
        let cookie = try fixture.cookie("operator")
        try await fixture.test { client in
            let text = try await client.page("/mending", cookie).text
            #expect(text.contains("f1199.json") && !text.contains("f1200.json"))
            #expect(text.contains("And 5 more.") && text.contains("Requeue all 205"))
            let token = try await client.page("/mending", cookie).formToken ?? ""
            #expect(try await client.send("/mending/requeue", cookie, ["form_token": token, "all": "yes"]).status == .seeOther)
            #expect(try fixture.rejected().isEmpty)
        }
        await fixture.house.ledger.close()
    }

    @Test func ofLinesAllMustBeRight() async throws {
        let fixture = try PageFixture()
        try fixture.reject("x.ndjson", "bad\nworse\n", line: 7)
        let cookie = try fixture.cookie("operator")
        try await fixture.test { client in
            let token = try await client.page("/mending/rejected/x.ndjson", cookie).formToken ?? ""
            let good = "{\"type\":\"update\",\"message\":\"a\",\"incident\":{\"id\":\"I\"}}"
            let wrong = try await client.send(
                "/mending/rejected/x.ndjson", cookie, ["form_token": token, "text": "\(good)\n\nworse"])
            #expect(wrong.text.contains("line 3"))
            #expect(try fixture.dropped().isEmpty)
            _ = try await client.send("/mending/rejected/x.ndjson", cookie, ["form_token": token, "text": "\(good)\n\n\(good)\n"])
            #expect(try fixture.dropped().count == 2)
        }
        await fixture.house.ledger.close()
    }

    @Test func filesAreRequeuedAndDeletedByTheirNamesAlone() async throws {
        let fixture = try PageFixture()
        for name in ["a.json", "b.json", "c.json"] { try fixture.reject(name, "{}") }
        let cookie = try fixture.cookie("operator")
        try await fixture.test { client in
            let token = try await client.page("/mending", cookie).formToken ?? ""
            for name in ["../routes.yaml", "a.json.reason.json", "none.json", "/etc/passwd"] {
                #expect(try await client.send("/mending/discard", cookie, ["form_token": token, "name": name]).status == .notFound)
                #expect(try await client.send("/mending/requeue", cookie, ["form_token": token, "name": name]).status == .notFound)
                #expect(try await client.page("/mending/rejected/\(Page.encoded(name))", cookie).status == .notFound)
            }
            #expect(try await client.send("/mending/requeue", cookie, ["form_token": token, "name": "a.json"]).status == .seeOther)
            #expect(try await client.send("/mending/discard", cookie, ["form_token": token, "name": "b.json"]).status == .seeOther)
            #expect(try fixture.rejected() == ["c.json"])
            #expect(try await client.send("/mending/requeue", cookie, ["form_token": token, "all": "yes"]).status == .seeOther)
            #expect(try fixture.rejected().isEmpty)
            #expect(try fixture.dropped().count == 2)
        }
        await fixture.house.ledger.close()
    }

    @Test func theDeadAreTriedAgainOrPutAsideWithAReason() async throws {
        let fixture = try PageFixture()
        try await fixture.acceptHostile()
        let ledger = fixture.house.ledger
        let ids = try await ledger.deliveries().map(\.id)
        _ = try await ledger.record(ids.map { AttemptRecord(delivery: $0, at: Date(), outcome: "refused", next: .dead("refused")) })
        let cookie = try fixture.cookie("operator")
        try await fixture.test { client in
            let page = try await client.page("/mending", cookie)
            #expect(ids.allSatisfy { page.text.contains("name=\"id-\($0)\"") })
            let token = page.formToken ?? ""
            let path = "/mending/deliveries"
            #expect(try await client.send(path, cookie, ["form_token": token, "do": "retry"]).status == .unprocessableContent)
            #expect(
                try await client.send(path, cookie, ["form_token": token, "do": "drop", "id-\(ids[0])": "on"]).status
                    == .unprocessableContent)
            _ = try await client.send(
                path, cookie, ["form_token": token, "do": "drop", "id-\(ids[0])": "on", "reason": "told by phone"])
            let dropped = try #require(try await ledger.delivery(ids[0]))
            #expect(dropped.droppedAt != nil && dropped.reason?.contains("told by phone (the operator)") == true)
            _ = try await client.send(path, cookie, ["form_token": token, "do": "retry", "id-\(ids[1])": "on"])
            #expect(try await ledger.deliveryStates([ids[1]])[ids[1]]?.state == .pending)
            _ = try await client.send(path, cookie, ["form_token": token, "do": "retry", "all": "yes"])
            #expect(try await ledger.summary(now: Date()).needsMending == 0)
        }
        await ledger.close()
    }
}
