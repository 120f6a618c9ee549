// What a trusted proxy says counts, and what anybody else says does not.

import Foundation
import Hummingbird
import HummingbirdTesting
import JSON
import Testing

@testable import Web

@Suite struct ProxyTests {
    private static func user(_ names: String...) -> HTTPFields {
        var headers = HTTPFields()
        for name in names { headers.append(.init(name: HeaderField.name("X-Forwarded-User"), value: name)) }
        return headers
    }

    @Test func aTrustedProxySaysWhoItIs() async throws {
        let fixture = try PageFixture(http: "  trusted_proxies: [127.0.0.0/8]\n  operators: [ana@example.com]")
        try await fixture.accept([
            "type": "status_change", "id": "e1", "source": "test", "incident": ["id": "INC1", "severity": "critical", "status": "open"],
        ])
        try await fixture.test(live: true) { client in
            let reader = try await client.page("/incidents/INC1", headers: Self.user("ben@example.com"))
            #expect(reader.status == .ok)
            #expect(!reader.text.contains("/acknowledge"))
            let operating = try await client.page("/incidents/INC1", headers: Self.user("Ana@example.com"))
            #expect(operating.text.contains("/acknowledge"))
            // Forged requests are no less forged for having been signed in by a proxy.
            let path = "/incidents/INC1/acknowledge"
            #expect(try await client.send(path, nil, [:], headers: Self.user("ana@example.com")).status == .forbidden)
            let others = ["form_token": reader.formToken ?? "x"]
            #expect(try await client.send(path, nil, others, headers: Self.user("ana@example.com")).status == .forbidden)
            #expect(try await client.page("/", headers: Self.user("ana@example.com", "eve@example.com")).status == .seeOther)
            #expect(try await client.page("/", headers: Self.user("")).status == .seeOther)
            #expect(try await client.page("/").status == .seeOther)
            #expect(try fixture.dropped().isEmpty)
        }
        await fixture.house.ledger.close()
    }

    @Test func aHeaderFromAnybodyElseIsIgnored() async throws {
        let fixture = try PageFixture(http: "  trusted_proxies: [192.0.2.0/24]\n  operators: [\"*\"]")
        try await fixture.test(live: true) { client in
            let answer = try await client.page("/", headers: Self.user("ana@example.com"))
            #expect(answer.status == .seeOther)
        }
        await fixture.house.ledger.close()
    }

    @Test func whereTheProxySignsNobodyInItSaysNothing() async throws {
        let fixture = try PageFixture(http: "  trusted_proxies: [127.0.0.0/8]\n  operators: [\"*\"]")
        try await fixture.test(live: true) { (client) async throws in
            for path in ["/v1/incidents", "//v1/incidents", "/v1//incidents"] {
                #expect(try await client.page(path, headers: Self.user("ana@example.com")).status != .ok, "\(path)")
            }
            #expect(try await client.page("/incidents", headers: Self.user("ana@example.com")).status == .ok)
        }
        for path in ["/a/x", "/u/x", "/s/x", "/r/x", "/v1", "///v1/x"] { #expect(PageAccess.isExempt(path), "\(path)") }
        for path in ["/", "", "/incidents/v1", "/static/x", "/v1x"] { #expect(!PageAccess.isExempt(path), "\(path)") }
        await fixture.house.ledger.close()
    }

    @Test func whatTheyDoIsSaidByThePersonTheyAre() async throws {
        let fixture = try PageFixture(http: "  trusted_proxies: [127.0.0.0/8]\n  operators: [\"*\"]")
        try await fixture.accept([
            "type": "status_change", "id": "e1", "source": "test", "incident": ["id": "INC1", "severity": "critical", "status": "open"],
        ])
        try await fixture.test(live: true) { client in
            let user = Self.user("Ana@example.com")
            let token = try await client.page("/incidents/INC1", headers: user).formToken ?? ""
            #expect(try await client.send("/incidents/INC1/acknowledge", nil, ["form_token": token], headers: user).status == .seeOther)
            let away = ["form_token": token, "who": "ana", "until": "4h"]
            #expect(try await client.send("/absences/away", nil, away, headers: user).status == .seeOther)
            let events = try fixture.dropped()
            #expect(events.contains { $0["change"]?["by"]?.string == "ana" } && events.contains { $0["absence"]?["by"]?.string == "ana" })
        }
        await fixture.house.ledger.close()
    }

    @Test func theClientIsTheLastThatNoProxyOfOursIs() {
        let proxies = Networks(["127.0.0.0/8", "10.0.0.0/8"])
        func client(_ passed: String) -> String? {
            var headers = HTTPFields()
            headers[HeaderField.name("X-Forwarded-For")] = passed
            let request = Request(
                head: .init(method: .get, scheme: nil, authority: nil, path: "/", headerFields: headers), body: .init(buffer: ByteBuffer()))
            return ClientAddress.client(request, behind: proxies)
        }
        #expect(client("203.0.113.9, 10.0.0.1") == "203.0.113.9")
        // What the client itself put there does not count.
        #expect(client("1.1.1.1, 203.0.113.9, 10.0.0.1, 127.0.0.1") == "203.0.113.9")
        #expect(client("10.0.0.1") == nil)
        #expect(client("nonsense") == nil)
    }

    @Test func aProxysOwnTokenKeepsNobodyOutAndAStrangersIsRefused() async throws {
        var headers = Self.user("ana@example.com")
        headers[.authorization] = "Bearer eyJhbGciOiJSUzI1NiJ9.e30.x"
        let sent = headers
        let behind = try PageFixture(http: "  trusted_proxies: [127.0.0.0/8, \"::1/128\"]")
        try await behind.test(live: true) { (client) async throws in
            #expect(try await client.page("/", headers: sent).status == .ok)
            var ours = sent
            ours[.authorization] = "Bearer tocsin_guess"
            #expect(try await client.page("/", headers: ours).status == .unauthorized)
        }
        await behind.house.ledger.close()
        let open = try PageFixture()
        try await open.test(live: true) { (client) async throws in
            #expect(try await client.page("/", headers: sent).status == .unauthorized)
        }
        await open.house.ledger.close()
    }

    @Test func aRefusedTokenIsLoggedWithTheClientsAddress() async throws {
        let house = try IntakeHouse(http: "{trusted_proxies: [127.0.0.0/8, \"::1/128\"]}")
        let app = Application(responder: WebServer.router(house.house).buildResponder())
        try await app.test(.live) { (client) async throws in
            let headers: HTTPFields = [.authorization: "Bearer tocsin_guess", HeaderField.forwardedFor: "203.0.113.9"]
            #expect(try await client.execute(uri: "/v1/status", method: .get, headers: headers).status == .unauthorized)
        }
        #expect(house.log.all.contains { $0.contains("a token was refused") && $0.contains("from=203.0.113.9") })
    }
}
