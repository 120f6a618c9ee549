// Links that leave, confirm, and lead to somebody's own page.

import Foundation
import Hummingbird
import HummingbirdTesting
import Incidents
import JSON
import Ledger
import Routing
import Testing

@testable import Router
@testable import Web

@Suite struct SubscriptionLinkTests {
    private func subscribe(_ house: AnswerHouse, _ id: String, who: String = "\"ana\"") async throws {
        try await house.accept(
            """
            {"type": "subscription", "id": "e-\(id)", "subscription": {"action": "subscribe", "id": "\(id)", "who": \(who), "match": {"service": "pay*"}}}
            """)
    }

    /// RFC 8058: the POST of a mail program ends it, opening the link does not.
    @Test func oneClickLeavesAndLookingDoesNot() async throws {
        let house = try AnswerHouse()
        try await subscribe(house, "s1")
        let token = house.links.token(.leave(subscription: "s1"))
        try await house.ask { (client) async throws in
            let looked = try await client.execute(uri: "/u/\(token)", method: .get)
            #expect(looked.status == .ok && looked.text.contains("Stop these messages?") && looked.text.contains("service: pay*"))
            _ = try await client.execute(uri: "/u/\(token)", method: .head)
            #expect(try house.dropped().isEmpty)
            let left = try await client.execute(
                uri: "/u/\(token)", method: .post, headers: [.contentType: "application/x-www-form-urlencoded"],
                body: ByteBuffer(string: "List-Unsubscribe=One-Click"))
            #expect(left.status == .ok && left.text.contains("You hear no more of this"))
            try await house.work()
            #expect(try await house.ledger.subscription("s1") == nil)
            let again = try await client.execute(uri: "/u/\(token)", method: .post)
            #expect(again.status == .ok && again.text.contains("has ended already"), "it may come again")
            for wrong in [house.token(), "AQ", token + "A"] {
                #expect(try await client.execute(uri: "/u/\(wrong)", method: .post).status == .notFound)
            }
            #expect(try house.dropped().isEmpty)
        }
    }

    @Test func anAddressConfirms() async throws {
        let house = try AnswerHouse()
        try await subscribe(house, "s2", who: #"{"email": "visitor@example.com"}"#)
        let token = house.links.token(.confirm(subscription: "s2"))
        try await house.ask { (client) async throws in
            let looked = try await client.execute(uri: "/u/\(token)", method: .get)
            #expect(looked.text.contains("Do you want these messages?") && looked.text.contains("visitor@example.com"))
            #expect(try await house.ledger.subscription("s2")?.isConfirmed == false)
            #expect(try await client.execute(uri: "/u/\(token)", method: .post).status == .ok)
            try await house.work()
            #expect(try await house.ledger.subscription("s2")?.isConfirmed == true)
            let again = try await client.execute(uri: "/u/\(token)", method: .post)
            #expect(again.status == .ok && again.text.contains("confirmed already"))
        }
    }

    @Test func onesOwnPageChangesWhatIsTheirs() async throws {
        let house = try AnswerHouse()
        try await subscribe(house, "mine")
        try await subscribe(house, "bens", who: "\"ben\"")
        let page = try #require(house.setup.ownPage(of: .person("ana"), now: house.now))
        #expect(page.hasPrefix("https://tocsin.example.com/x/s/"))
        let address = "/s/" + Links.token(in: page)
        try await house.ask { (client) async throws in
            func post(_ fields: KeyValuePairs<String, String>) async throws -> TestResponse {
                try await client.execute(uri: address, method: .post, body: ByteBuffer(string: formText(fields)))
            }
            let looked = try await client.execute(uri: address, method: .get)
            #expect(looked.text.contains("Ana Example") && looked.text.contains("service: pay*") && !looked.text.contains("bens"))
            #expect(looked.text.contains("<option value=\"kannel\">") && !looked.text.contains("<option value=\"ops\">"))
            #expect(try await post(["action": "change", "id": "mine", "deliver": "daily 08:00", "via": "mail"]).status == .ok)
            try await house.work()
            var wish = try #require(try await house.ledger.subscription("mine"))
            #expect(wish.cadence == .daily(at: 480) && wish.via == "mail" && wish.match == ["service": "pay*"] && wish.isConfirmed)
            // Nothing of somebody else's, and nothing that is not offered.
            for fields: KeyValuePairs<String, String> in [
                ["action": "leave", "id": "bens"], ["action": "change", "id": "bens", "deliver": "hourly", "via": ""],
                ["action": "change", "id": "mine", "deliver": "never", "via": ""],
                ["action": "change", "id": "mine", "deliver": "hourly", "via": "ops"],
                ["action": "snooze", "until": "2099-01-01"], ["action": "drop table"], [:],
            ] {
                #expect(try await post(fields).status == .badRequest, "\(fields)")
            }
            #expect(try house.dropped().isEmpty)
            #expect(try await post(["action": "snooze", "until": "tomorrow"]).text.contains("2026-11-25 08:00 (Europe/London)"))
            try await house.work()
            #expect(try await house.ledger.snoozes().first?.until == Timestamp.parse("2026-11-25T08:00:00Z"))
            #expect(try await client.execute(uri: address, method: .get).text.contains("End the pause"))
            #expect(try await post(["action": "wake"]).status == .ok)
            #expect(try await post(["action": "leave", "id": "mine"]).status == .ok)
            try await house.work()
            #expect(try await house.ledger.subscription("mine") == nil)
            #expect(try await house.ledger.subscription("bens") != nil)
            wish.cadence = .hourly
            #expect(wish.document["deliver"] == "hourly")
        }
    }

    @Test func theLinkToOnesOwnPageEnds() async throws {
        let house = try AnswerHouse()
        let page = try #require(house.setup.ownPage(of: .email("x@example.com"), now: house.now))
        #expect(page == house.setup.ownPage(of: .email("x@example.com"), now: house.now + 3_600), "the same all day")
        try await house.ask { (client) async throws in
            let address = "/s/" + Links.token(in: page)
            #expect(try await client.execute(uri: address, method: .get).status == .ok)
            #expect(try await client.execute(uri: "/s/" + house.token(), method: .get).status == .notFound)
            house.pass(32 * 86_400)
            #expect(try await client.execute(uri: address, method: .get).status == .gone)
            #expect(try await client.execute(uri: address, method: .post, body: ByteBuffer(string: "action=wake")).status == .gone)
        }
        #expect(try house.dropped().isEmpty)
    }
}
