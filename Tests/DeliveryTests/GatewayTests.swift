import Foundation
import JSON
import Rendering
import Settings
import Testing
import Transport

@testable import Delivery

@Suite("An HTTP gateway for SMS")
struct GatewayTests {
    private func sent(_ settings: GatewaySettings, text: String = "db down & \"out\" ü") async throws -> HTTPRequest {
        let http = ScriptedHTTP([answer(200)])
        let channel = try GatewayChannel(name: "sms", settings: settings, options: ChannelOptions(), http: http)
        _ = await channel.deliver(
            Parcel(
                token: "d-1", address: "+447700900123", message: Message(content: .sms(text)), incident: nil, isFirst: false, date: .now))
        return try #require(http.requests.first)
    }

    private func fields(_ pairs: KeyValuePairs<String, String>) -> [GatewaySettings.Field] {
        pairs.map { GatewaySettings.Field(name: $0.key, value: Secret($0.value)) }
    }

    @Test("gets a query with everything encoded")
    func query() async throws {
        let request = try await sent(
            GatewaySettings(
                url: Secret("http://127.0.0.1:13013/cgi-bin/sendsms"),
                query: fields(["password": "p&w=d", "to": "{{address}}", "text": "[{{text}}]", "coding": "{{coding}}", "x y": "{{ id }}"])))
        #expect(request.method == "GET")
        #expect(request.body.isEmpty)
        #expect(
            request.url == "http://127.0.0.1:13013/cgi-bin/sendsms?password=p%26w%3Dd&to=%2B447700900123"
                + "&text=%5Bdb%20down%20%26%20%22out%22%20%C3%BC%5D&coding=0&x%20y=d-1")
    }

    @Test(
        "gets a URL with placeholders in it",
        arguments: [
            ("https://g.example/send/{{address}}", "https://g.example/send/%2B447700900123?k=v"),
            ("https://g.example/send?a=b", "https://g.example/send?a=b&k=v"), ("https://g.example/send?", "https://g.example/send?k=v"),
            ("https://g.example/#f", "https://g.example/?k=v"),
        ])
    func url(template: String, expected: String) async throws {
        let request = try await sent(GatewaySettings(url: Secret(template), query: fields(["k": "v"])))
        #expect(request.url == expected)
    }

    @Test("gets where to report back, encoded for where it stands")
    func receipt() async throws {
        let http = ScriptedHTTP([answer(200), answer(200)])
        let settings = GatewaySettings(
            url: Secret("https://g.example/"), query: fields(["dlr-mask": "3", "dlr-url": "{{receipt}}?status=%d"]))
        let channel = try GatewayChannel(name: "sms", settings: settings, options: ChannelOptions(), http: http)
        var parcel = Parcel(
            token: "d-1", address: "+447700900123", message: Message(content: .sms("x")), incident: nil, isFirst: false, date: .now)
        parcel.receipt = Secret("https://t.example/r/AQ-_x")
        _ = await channel.deliver(parcel)
        parcel.receipt = nil
        _ = await channel.deliver(parcel)
        #expect(
            http.requests.map(\.url) == [
                "https://g.example/?dlr-mask=3&dlr-url=https%3A%2F%2Ft.example%2Fr%2FAQ-_x%3Fstatus%3D%25d",
                "https://g.example/?dlr-mask=3&dlr-url=%3Fstatus%3D%25d",
            ])
    }

    @Test("gets a form")
    func form() async throws {
        let request = try await sent(
            GatewaySettings(
                method: "POST", url: Secret("https://g.example/"), body: .form(fields(["to": "{{address}}", "text": "{{text}}"]))))
        #expect(
            String(decoding: request.body, as: UTF8.self) == "to=%2B447700900123&text=db%20down%20%26%20%22out%22%20%C3%BC")
        #expect(request.headers.contains { $0 == ("Content-Type", "application/x-www-form-urlencoded") })
    }

    @Test("gets JSON that no text can break")
    func json() async throws {
        let text = "quote \" backslash \\ newline \n {{address}} \u{1}"
        let request = try await sent(
            GatewaySettings(
                method: "POST", url: Secret("https://g.example/"),
                body: .json(Secret(#"{"to":["{{address}}"],"text":"{{text}}","coding":{{coding}},"id":"{{id}}"}"#))), text: text)
        let document = try JSONValue.parse(bytes: request.body)
        #expect(document["text"]?.string == text)
        #expect(document["to"]?.array == ["+447700900123"])
        #expect(document["coding"]?.integer == 2)
        #expect(request.headers.contains { $0 == ("Content-Type", "application/json; charset=utf-8") })
    }

    @Test("gets headers that no text can break, and plain text with the operator's type")
    func headers() async throws {
        let request = try await sent(
            GatewaySettings(
                method: "PUT", url: Secret("https://g.example/"),
                headers: fields(["X-Text": "{{text}}", "content-type": "text/xml", "Authorization": "Bearer s3cret"]),
                body: .text(Secret("<sms>{{text}}</sms>"))), text: "a\r\nX-Evil: 1\0")
        #expect(request.headers.contains { $0 == ("X-Text", "a  X-Evil: 1 ") })
        #expect(request.headers.filter { $0.name.lowercased() == "content-type" }.count == 1)
        #expect(String(decoding: request.body, as: UTF8.self).hasPrefix("<sms>a"))
    }

    @Test("says 2 for what GSM-7 cannot write, and shortens")
    func coding() async throws {
        let settings = GatewaySettings(
            url: Secret("https://g.example/"), query: fields(["c": "{{coding}}", "t": "{{text}}"]), maximumSegments: 1)
        #expect(try await sent(settings, text: "ą").url.hasSuffix("?c=2&t=%C4%85"))
        #expect(try await sent(settings, text: String(repeating: "a", count: 400)).url.count < 200)
    }

    @Test("is accepted by status and body, as configured")
    func patterns() async throws {
        let settings = GatewaySettings(
            url: Secret("https://g.example/"), successStatuses: [200], successBody: "(?i)^accepted", idPattern: "ref=([a-z]+)",
            retryStatuses: [409])
        for (said, outcome) in [
            (answer(200, "Accepted ref=abc"), Outcome.accepted(remoteID: "abc")), (answer(200, "ACCEPTED"), .accepted(remoteID: nil)),
            (answer(200, "queue full"), .unknown(.unexpectedAnswer)), (answer(201, "accepted"), .unknown(.unexpectedAnswer)),
            (answer(409), .deferred(.unavailable)), (answer(500), .unknown(.serverError)), (answer(503), .deferred(.unavailable)),
        ] {
            let channel = try GatewayChannel(name: "sms", settings: settings, options: ChannelOptions(), http: ScriptedHTTP([said]))
            #expect(await channel.deliver(ContractSubject.gateway.parcel()).outcome == outcome, "\(said)")
        }
    }

    @Test("is not held up by what it answers", arguments: ["(a+)+$", "(a|aa)+(b|$)", "(.*a){12}$"])
    func explodingPatterns(pattern: String) async throws {
        let settings = GatewaySettings(
            url: Secret("https://g.example/"), successBody: pattern, idPattern: "(" + pattern.replacing("(", with: "(?:") + ")")
        let body = String(repeating: "a", count: HTTPClient.maximumAnswer - 1) + "!"
        let channel = try GatewayChannel(
            name: "sms", settings: settings, options: ChannelOptions(), http: ScriptedHTTP([answer(200, body)]))
        let report = await channel.deliver(ContractSubject.gateway.parcel())
        // That it returns is the proof: a backtracking matcher would not, in this life.
        #expect(report.outcome == .unknown(.unexpectedAnswer))
    }

    @Test(
        "stays at its host, whatever the text and the id hold",
        arguments: ["@evil.example/", "#", "?x", "/../..", "\\@evil.example", "%2e%2e", "\r\nHost: evil.example", "{{address}}", "::1"])
    func host(text: String) async throws {
        let request = try await sent(
            GatewaySettings(url: Secret("https://g.example/{{text}}/{{id}}?t={{text}}"), query: fields(["q": "{{text}}"])), text: text)
        let components = try #require(URLComponents(string: request.url))
        #expect(components.host == "g.example" && components.user == nil && components.port == nil && components.fragment == nil)
        #expect(components.percentEncodedPath.split(separator: "/", omittingEmptySubsequences: false).count == 3)
        #expect(components.queryItems?.map(\.name) == ["t", "q"])
        #expect(components.queryItems?.map(\.value) == [text, text])
    }

    @Test(
        "refuses what is no number", arguments: ["447700900123", "+0447700900123", "+44", "+44 7700 900123", "duty", "+4477009001231234"])
    func numbers(address: String) async {
        for subject in [ContractSubject.gateway, .twilio] {
            let report = await subject.channel(.http([subject.acceptance])).deliver(subject.parcel(address: address))
            #expect(report.outcome == .refused(.badAddress))
        }
    }

    @Test("gets nothing of an empty text")
    func empty() async {
        for subject in [ContractSubject.gateway, .twilio] {
            let report = await subject.channel(.http([subject.acceptance])).deliver(subject.parcel(content: .sms("")))
            #expect(report.outcome == .refused(.badContent))
        }
    }
}

/// `http` without its last parameter.
private func answer(_ status: Int, _ body: String = "") -> HTTPResult { http(status, body) }
