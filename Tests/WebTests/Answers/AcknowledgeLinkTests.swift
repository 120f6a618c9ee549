// The link that acknowledges: only pressing its button does, and only once.

import Foundation
import Hummingbird
import HummingbirdTesting
import Incidents
import JSON
import Ledger
import Testing

@testable import Router
@testable import Web

@Suite struct AcknowledgeLinkTests {
    @Test func scannersChangeNothingAndTheButtonAcknowledges() async throws {
        let house = try AnswerHouse()
        try await house.open(title: "<script>alert(1)</script> \"db\" & more")
        let token = house.token()
        try await house.ask { (client) async throws in
            for method in [HTTPRequest.Method.get, .head, .get] {
                let page = try await client.execute(uri: "/a/\(token)", method: method)
                #expect(page.status == .ok)
                #expect(page.headers[.contentType] == "text/html; charset=utf-8")
                #expect(page.headers[.cacheControl] == "no-store")
                if method == .head { continue }
                #expect(page.text.contains("&lt;script&gt;alert(1)&lt;/script&gt; &quot;db&quot; &amp; more"))
                #expect(!page.text.contains("<script>") && !page.text.contains("http") && page.text.contains("<form method=\"post\">"))
                #expect(page.text.contains("critical") && page.text.contains("Acknowledge"))
                let policy = page.headers.first { $0.name.canonicalName == "content-security-policy" }?.value ?? ""
                #expect(policy.hasPrefix("default-src 'none'") && !policy.contains("unsafe"))
                #expect(page.headers.first { $0.name.canonicalName == "referrer-policy" }?.value == "no-referrer")
                #expect(page.headers.first { $0.name.canonicalName == "x-robots-tag" }?.value.contains("noindex") == true)
            }
            #expect(try house.dropped().isEmpty, "looking did something")
            let pressed = try await client.execute(uri: "/a/\(token)", method: .post)
            #expect(pressed.status == .ok && pressed.text.contains("You have INC1") && pressed.text.contains("Ana Example"))
        }
        let event = try #require(try house.dropped().first)
        #expect(event["type"] == "acknowledgement" && event["incident"]?["id"] == "INC1" && event["change"]?["by"] == "ana")
        try await house.work()
        let incident = try #require(try await house.ledger.incident("INC1"))
        #expect(incident.acknowledged && incident.acknowledgedBy == "ana")
    }

    @Test func aSecondTimeIsRefusedBeforeAndAfterTheLedgerKnows() async throws {
        let house = try AnswerHouse()
        try await house.open()
        let token = house.token()
        try await house.ask { (client) async throws in
            #expect(try await client.execute(uri: "/a/\(token)", method: .post).status == .ok)
            #expect(try await client.execute(uri: "/a/\(token)", method: .post).status == .gone)
            try await house.work()
            let again = try await client.execute(uri: "/a/\(token)", method: .post)
            #expect(again.status == .gone && again.text.contains("This link has been used") && again.text.contains("Ana Example"))
        }
        // After a new start only the ledger knows.
        try await house.ask { (client) async throws in
            #expect(try await client.execute(uri: "/a/\(token)", method: .post).status == .gone)
            #expect(try await client.execute(uri: "/a/\(token)", method: .get).status == .gone)
        }
        #expect(try house.dropped().isEmpty)
        #expect(
            house.log.lines.filter { $0.contains("a link to acknowledge was refused") && $0.contains("used") }.count == 2,
            "once after each start")
        #expect(!house.log.lines.contains { $0.contains(token) }, "a token is in the log")
    }

    @Test func whoeverTriesManyLinksFillsNoLog() async throws {
        let house = try AnswerHouse()
        try await house.ask { (client) async throws in
            for number in 0..<20 { #expect(try await client.execute(uri: "/a/x\(number)", method: .get).status == .notFound) }
            #expect(house.log.lines.filter { $0.contains("a link to acknowledge was refused") }.count == 1)
            house.pass(61)
            _ = try await client.execute(uri: "/a/x", method: .get)
            #expect(house.log.lines.contains { $0.contains("a link to acknowledge was refused") && $0.contains("\"again\": 19") })
        }
    }

    /// Through everything that an answer passes on its way out.
    @Test func itsOwnHeadersAreKept() async throws {
        let house = try AnswerHouse()
        try await house.open()
        let token = house.token()
        let app = Application(responder: WebServer.router(house.house).buildResponder())
        try await app.test(.router) { client in
            func headers(_ path: String) async throws -> (policy: String, referrer: String) {
                let answer = try await client.execute(uri: path, method: .get)
                #expect(answer.status == .ok)
                return (answer.headers[.contentSecurityPolicy] ?? "", answer.headers[HeaderField.referrerPolicy] ?? "")
            }
            let link = try await headers("/a/\(token)")
            #expect(link.policy.contains("style-src 'sha256-") && link.referrer == "no-referrer")
            let page = try await headers("/sign-in")
            #expect(page.policy == PageAccess.policy && page.referrer == "same-origin")
        }
    }

    /// Also where the incident has been escalated again since.
    @Test func aUsedLinkDoesNotAcknowledgeAnew() async throws {
        let house = try AnswerHouse()
        try await house.open()
        let token = house.token()
        try await house.ask { (client) async throws in
            _ = try await client.execute(uri: "/a/\(token)", method: .post)
            try await house.work()
            try await house.accept(#"{"type": "escalation", "id": "again", "incident": {"id": "INC1"}}"#)
            #expect(try await house.ledger.incident("INC1")?.acknowledged == false)
            #expect(try await client.execute(uri: "/a/\(token)", method: .post).status == .gone)
            let newer = house.token(delivery: 99)
            #expect(try await client.execute(uri: "/a/\(newer)", method: .post).status == .ok)
        }
    }

    @Test func whatIsForgedExpiredOrForSomethingElseIsRefused() async throws {
        let house = try AnswerHouse()
        try await house.open()
        let token = house.token()
        let other = Links(key: [UInt8](repeating: 9, count: 32), publicURL: nil)
        let forged = [
            String(token.dropLast()) + (token.hasSuffix("A") ? "B" : "A"), String(token.prefix(20)), "x", "..%2F..%2Fetc%2Fpasswd",
            other.token(.acknowledge(Links.Acknowledge(incident: "INC1", by: "ana", delivery: 1, expires: house.now + 3_600))),
            house.links.token(.leave(subscription: "s1")),
            house.links.token(.receipt(Links.Receipt(delivery: 1, token: "0123456789abcdef"))),
        ]
        try await house.ask { (client) async throws in
            for token in forged {
                for method in [HTTPRequest.Method.get, .post] {
                    let answer = try await client.execute(uri: "/a/\(token)", method: method)
                    #expect(answer.status == .notFound, "\(token)")
                }
            }
            house.pass(7_300)
            for method in [HTTPRequest.Method.get, .post] {
                let answer = try await client.execute(uri: "/a/\(token)", method: method)
                #expect(answer.status == .gone && answer.text.contains("This link has expired"))
            }
        }
        #expect(try house.dropped().isEmpty)
        #expect(
            house.log.lines.contains { $0.contains("it was not made here") } && house.log.lines.contains { $0.contains("it has expired") })
    }

    @Test func whoIsTooLateHearsWhoHasIt() async throws {
        let house = try AnswerHouse()
        try await house.open()
        try await house.accept(#"{"type": "acknowledgement", "id": "a", "incident": {"id": "INC1"}, "change": {"by": "ana"}}"#)
        let token = house.token(to: "ben")
        try await house.ask { (client) async throws in
            let looked = try await client.execute(uri: "/a/\(token)", method: .get)
            #expect(looked.status == .ok && !looked.text.contains("<form"))
            let pressed = try await client.execute(uri: "/a/\(token)", method: .post)
            #expect(pressed.status == .conflict)
            // Ben reads German.
            for page in [looked, pressed] { #expect(page.text.contains("Ana Example kümmert sich seit 10:00 (Europe/London).")) }
            #expect(pressed.text.contains("<html lang=\"de\">"))
            try await house.accept(#"{"type": "status_change", "id": "r", "incident": {"id": "INC1", "status": "resolved"}}"#)
            let over = try await client.execute(uri: "/a/\(token)", method: .post)
            #expect(over.status == .gone && over.text.contains("INC1 ist vorbei"))
            let unknown = house.token("INC404", to: "nobody")
            let gone = try await client.execute(uri: "/a/\(unknown)", method: .post, headers: [.acceptLanguage: "de-AT, en;q=0.5"])
            #expect(gone.status == .gone && gone.text.contains("Von INC404 ist nichts mehr bekannt"))
        }
        #expect(try house.dropped().isEmpty)
    }

    @Test func twoAtOnceAcknowledgeOnce() async throws {
        let house = try AnswerHouse()
        try await house.open()
        let token = house.token()
        let statuses = try await house.ask { (client) async throws in
            try await withThrowingTaskGroup(of: HTTPResponse.Status.self) { group in
                for _ in 0..<8 { group.addTask { try await client.execute(uri: "/a/\(token)", method: .post).status } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
        }
        #expect(statuses.filter { $0 == .ok }.count == 1 && statuses.filter { $0 == .gone }.count == 7)
        #expect(try house.dropped().count == 1)
    }
}
