// What pages show, to whom, and what they never do.

import Foundation
import Hummingbird
import HummingbirdTesting
import JSON
import Testing

@testable import Web

@Suite struct PageTests {
    private static let pages = [
        "/", "/incidents", "/incidents?show=all&q=alert", "/incidents/INC%2F1%20%3Cb%3E", "/deliveries", "/deliveries?q=alert",
        "/deliveries/1", "/deliveries/2", "/deliveries/3", "/deliveries/4", "/incidents/unknown", "/nowhere",
        "/deliveries?q=%3Cscript%3E&recipient=%22%3E", "/sign-in?next=%22%3E%3Cscript%3E",
    ]

    @Test(arguments: ["en", "de"])
    func nothingOfAnEventIsMarkupAndNothingComesFromElsewhere(_ language: String) async throws {
        let fixture = try PageFixture()
        try await fixture.acceptHostile()
        let cookie = try fixture.cookie("operator")
        try await fixture.test { client in
            for path in Self.pages {
                let separator = path.contains("?") ? "&" : "?"
                let answer = try await client.page("\(path)\(separator)lang=\(language)", path.hasPrefix("/sign-in") ? nil : cookie)
                let text = answer.text
                #expect([.ok, .notFound].contains(answer.status), "\(path): \(answer.status)")
                for forbidden in ["<script>", "<img", "onerror=alert(2)>", "<i>", "\u{202E}", "href=\"javascript", "href=\"//"] {
                    #expect(!text.contains(forbidden), "\(forbidden) in \(path)")
                }
                // Scripts, styles and pictures are our own; no attribute runs or styles anything.
                for source in text.matches(of: /src="([^"]*)"/) { #expect(source.1.hasPrefix("/assets/"), "\(path): \(source.1)") }
                for link in text.matches(of: /<link[^>]*href="([^"]*)"/) { #expect(link.1.hasPrefix("/assets/"), "\(path): \(link.1)") }
                #expect(text.firstMatch(of: /<[^>]* (on[a-z]+|style|srcdoc)="/) == nil, "\(path)")
                #expect(!text.contains(FormToken.placeholder), "\(path)")
                #expect(text.contains("<html lang=\"\(language)\">"), "\(path)")
                Self.checkHeaders(answer, path)
            }
        }
        await fixture.house.ledger.close()
    }

    private static func checkHeaders(_ answer: TestResponse, _ path: String) {
        let policy = answer.headers[.contentSecurityPolicy] ?? ""
        for part in ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'"] {
            #expect(policy.contains(part), "\(path)")
        }
        #expect(!policy.contains("unsafe"), "\(path)")
        #expect(answer.headers[.xContentTypeOptions] == "nosniff", "\(path)")
        #expect(answer.headers[.cacheControl] == "no-store", "\(path)")
    }

    /// The story calls people by their names, and says whom an assignment named in vain.
    @Test func anAssignmentToNobodyStandsInTheStory() async throws {
        let fixture = try PageFixture()
        let opened: JSONValue = ["type": "status_change", "id": "e1", "incident": ["id": "INC1", "severity": "low", "status": "open"]]
        try await fixture.accept(opened)
        try await fixture.accept(
            ["type": "assignment", "id": "e2", "incident": ["id": "INC1", "assignee": "anna"], "change": ["by": "ANA@example.com"]])
        let cookie = try fixture.cookie("operator")
        try await fixture.test { client in
            let english = try await client.page("/incidents/INC1?lang=en", cookie).text
            #expect(english.contains("Nobody is called anna in the configuration") && english.contains("Did you mean ana?"))
            #expect(english.contains("by Ana<"))
            let german = try await client.page("/incidents/INC1?lang=de", cookie).text
            #expect(german.contains("Niemand heißt in der Konfiguration anna") && german.contains("Meinten Sie ana?"))
        }
        await fixture.house.ledger.close()
    }

    @Test func theAssetsAreKeptAndTheirAddressesAreTheirContents() async throws {
        let fixture = try PageFixture()
        try await fixture.test { client in
            for asset in [Assets.style, Assets.script, Assets.icon] {
                let answer = try await client.page(asset.path)
                #expect(answer.status == .ok)
                #expect(answer.headers[.cacheControl]?.contains("immutable") == true)
                #expect(answer.text.count > 100)
                #expect(answer.text.firstMatch(of: /https?:\/\/(?!www\.w3\.org)/) == nil)
            }
        }
        await fixture.house.ledger.close()
    }

    @Test func whoIsNobodyIsAskedToSignInAndLedBack() async throws {
        let fixture = try PageFixture()
        try await fixture.test { client in
            let answer = try await client.page("/incidents?q=a%20b")
            #expect(answer.status == .seeOther)
            #expect(answer.headers[.location] == "/sign-in?next=%2Fincidents%3Fq%3Da%2520b")
            let wrong = try await client.send("/sign-in", nil, ["token": "nobody's", "next": "/incidents"])
            #expect(wrong.status == .forbidden)
            #expect(wrong.headers[.setCookie] == nil)
            let dropper = try await client.send("/sign-in", nil, ["token": "dropper"])
            #expect(dropper.status == .forbidden)
            let right = try await client.send("/sign-in", nil, ["token": " reader\n", "next": "/incidents?q=a"])
            #expect(right.status == .seeOther)
            #expect(right.headers[.location] == "/incidents?q=a")
            let cookie = right.headers[.setCookie] ?? ""
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"))
            let session = String(cookie.prefix { $0 != ";" })
            #expect(try await client.page("/", session).status == .ok)
            let token = try await client.page("/", session).formToken
            let out = try await client.send("/sign-out", session, ["form_token": token ?? ""])
            #expect(out.headers[.location] == "/sign-in")
            #expect(try await client.page("/", session).status == .seeOther)
        }
        await fixture.house.ledger.close()
    }

    @Test func aRevokedTokenEndsItsSessions() async throws {
        let fixture = try PageFixture()
        let cookie = try fixture.cookie("reader")
        try await fixture.test { client in
            let before = try await client.page("/", cookie)
            #expect(before.status == .ok)
            fixture.revoke("reader")
            let after = try await client.page("/", cookie)
            #expect(after.status == .seeOther)
        }
        await fixture.house.ledger.close()
    }

    @Test func manyFailedSignInsHaveToWait() {
        let store = SessionStore(check: { text, _ in RevokedTokens().token(text) }, known: { id, _ in RevokedTokens().token(id) })
        let now = Date()
        for _ in 0..<5 { #expect(store.signIn("x", from: "192.0.2.1", lasts: 60, now: now) == .wrongToken) }
        #expect(store.signIn("x", from: "192.0.2.1", lasts: 60, now: now) == .later(300))
        #expect(store.signIn("x", from: "192.0.2.2", lasts: 60, now: now) == .wrongToken, "another address need not wait")
        #expect(store.signIn("x", from: "192.0.2.1", lasts: 60, now: now.addingTimeInterval(301)) == .wrongToken)
        for _ in 0..<5 { _ = store.signIn("x", from: "192.0.2.1", lasts: 60, now: now.addingTimeInterval(302)) }
        guard case .done(let id) = store.signIn("reader", from: "192.0.2.1", lasts: 60, now: now.addingTimeInterval(302)) else {
            Issue.record("a good token is good, whatever others tried from there")
            return
        }
        #expect(store.identity(id, now: now.addingTimeInterval(303))?.name == "the reader")
        #expect(store.identity(id, now: now.addingTimeInterval(363)) == nil)
        // Of IPv6, who has one address has its whole network.
        for number in 0..<5 { _ = store.signIn("x", from: "2001:db8::\(number)", lasts: 60, now: now) }
        #expect(store.signIn("x", from: "2001:db8::ff", lasts: 60, now: now) == .later(300))
    }

    @Test func theLanguageIsChosenOrUnderstood() {
        #expect(Words.language(chosen: nil, accepted: "fr, de;q=0.8, en;q=0.5") == "de")
        #expect(Words.language(chosen: nil, accepted: "en-GB, de;q=0.9") == "en")
        #expect(Words.language(chosen: "de", accepted: "en") == "de")
        #expect(Words.language(chosen: "<x>", accepted: nil) == "en")
        #expect(Words.language(chosen: nil, accepted: "de;q=0") == "en")
    }
}
