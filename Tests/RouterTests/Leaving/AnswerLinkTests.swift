// Which messages bring a link, and what is sealed in it.

import Delivery
import Foundation
import Incidents
import Ledger
import Rendering
import Routing
import Settings
import Testing
import Transport

@testable import Router

@Suite struct AnswerLinkTests {
    static let now = Timestamp.parse("2026-11-24T10:00:00Z") ?? .distantPast

    @Test func deedsComeBackAsTheyWere() throws {
        let links = Links(key: Array(1..<33), publicURL: "https://t.example")
        let deeds: [Links.Deed] = [
            .acknowledge(Links.Acknowledge(incident: "INC1", by: "ana", delivery: 17, expires: Self.now)),
            .acknowledge(
                Links.Acknowledge(
                    incident: String(repeating: "Ü", count: 200), by: "x@example.com", delivery: .max,
                    expires: .init(timeIntervalSince1970: 0))),
            .manage(who: .person("ana"), expires: Self.now), .manage(who: .email("x@example.com"), expires: Self.now),
            .manage(who: .sms("+447700900123"), expires: Self.now),
            .receipt(Links.Receipt(delivery: 1, token: "0123456789abcdef")),
        ]
        for deed in deeds {
            #expect(links.deed(links.token(deed)) == deed)
            #expect(Links.fixed.deed(links.token(deed)) == nil)
        }
        #expect(Set(deeds.map(links.token)).count == deeds.count)
        let short = try #require(links.url(deeds[0]))
        #expect(short.hasPrefix("https://t.example/a/") && short.count < 75, "\(short)")
        #expect(links.url(deeds[5], at: "http://127.0.0.1:1").hasPrefix("http://127.0.0.1:1/r/"))
    }

    static func setup(_ http: String?, publicURL: Bool = true) throws -> Setup {
        let directory = FileManager.default.temporaryDirectory.appending(path: "tocsin-links-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: directory) }
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let file = directory.appending(path: "routes.yaml")
        let text = """
            version: 1
            \(publicURL ? "router: {public_url: \"https://t.example/\"}" : "")
            \(http ?? "")
            channels:
              ops: {type: slack, webhook: "http://127.0.0.1:9/ops"}
              mail: {type: email, server: "smtp://127.0.0.1:9", tls: off, from: ops@example.com}
              sms: {type: sms, gateway: http, answers: true, request: {method: GET, url: "http://127.0.0.1:9/", query: {to: "{{address}}", text: "{{text}}"}}}
            people:
              ana: {email: ana@example.com, via: mail}
            routes: [{name: all, to: [ana, ops, "sms:+447700900123"]}]

            """
        try Data(text.utf8).write(to: file)
        let check = ConfigurationCheck.run(path: file.path)
        let configuration = try #require(check.configuration, "\(check.diagnostics)")
        let templates = try #require(check.templates)
        return Setup(
            configuration: configuration, templates: templates,
            channels: ChannelSet(configuration.channels, http: HTTPClient(), smtp: SMTPClient(), hostName: "localhost"),
            links: .preview(publicURL: configuration.router.publicURL))
    }

    private func messages(_ setup: Setup, _ json: String, known: Incident? = nil) throws -> [Message] {
        let event = try setup.parser.parse(Array(json.utf8), origin: EventOrigin(file: "x", modified: Self.now, size: 1))
        return try Explanation(event, known: known, setup: setup, now: Self.now, renders: true).messages
    }

    private static let escalation =
        #"{"type": "escalation", "id": "1", "incident": {"id": "INC1", "title": "Down", "severity": "critical", "status": "open"}}"#

    @Test func everyMessageOfAnOpenIncidentBringsOne() throws {
        let setup = try Self.setup("http: {slack_signing_secret: x}")
        let messages = try messages(setup, Self.escalation)
        #expect(messages.count == 3)
        for message in messages {
            switch message.content {
            case .email(_, let text, let html):
                #expect(text.contains("Acknowledge: https://t.example/a/") && html.contains("href=\"https://t.example/a/"))
            case .slack(let payload):
                let text = payload.text
                #expect(text.contains("\"action_id\":\"ack\"") && !text.contains("t.example/a/"))
            case .sms(let text): #expect(text.contains("Answer ACK INC1") && !text.contains("t.example"))
            case .teams: Issue.record("there is no such channel")
            }
        }
    }

    /// Twilio calls from outside, whatever a gateway on this machine is told.
    @Test func whereGatewaysReportBack() throws {
        var configuration = try Self.setup("http: {callback_url: \"http://127.0.0.1:8080\"}").configuration
        #expect(configuration.callbackURL(of: "sms") == "http://127.0.0.1:8080")
        #expect(configuration.callbackURL(of: "mail") == nil && configuration.callbackURL(of: "gone") == nil)
        let index = try #require(configuration.channels.firstIndex { $0.name == "sms" })
        configuration.channels[index].way = .twilio(TwilioSettings(account: "AC1", token: Secret("t"), sender: .number("+15557654321")))
        #expect(configuration.callbackURL(of: "sms") == "https://t.example")
        for url in ["http://t.example", "https://localhost:1", "https://127.0.0.1", "https://[::1]:1", nil] {
            configuration.router.publicURL = url
            #expect(configuration.callbackURL(of: "sms") == nil)
        }
    }

    /// Without a signing secret nobody answers the button, so it opens the link.
    @Test func withoutTheSecretTheButtonIsALink() throws {
        let setup = try Self.setup("http: {listen: \"127.0.0.1:0\"}")
        let slack = try messages(setup, Self.escalation).compactMap { message in
            if case .slack(let payload) = message.content { return payload.text }
            return nil
        }
        #expect(slack.count == 1 && slack[0].contains("https://t.example/a/") && !slack[0].contains("\"ack\""))
    }

    @Test func nothingIsThereThatNobodyAnswers() throws {
        for setup in [try Self.setup(nil), try Self.setup("http: {listen: \"127.0.0.1:0\"}", publicURL: false)] {
            for message in try messages(setup, Self.escalation) { #expect(!message.preview.contains("/a/")) }
        }
        let setup = try Self.setup("http: {slack_signing_secret: x}")
        for json in [
            #"{"type": "status_change", "id": "2", "incident": {"id": "INC1", "severity": "critical", "status": "resolved"}}"#,
            #"{"type": "status_change", "id": "3", "incident": {"id": "INC1", "severity": "critical", "status": "acknowledged"}}"#,
        ] {
            for message in try messages(setup, json) {
                #expect(!message.preview.contains("/a/") && !message.preview.contains("Answer ACK"), "\(message.preview)")
            }
        }
    }

    /// What is sent is small beside rendering: measured, so that it stays so.
    @Test func aLinkCostsLittle() throws {
        let setup = try Self.setup("http: {slack_signing_secret: x}")
        let clock = ContinuousClock()
        let count = 2_000
        let spent = clock.measure {
            for id in 1...Int64(count) {
                let deed = Links.Acknowledge(incident: "INC0012345", by: "ana", delivery: id, expires: Self.now)
                _ = setup.links.url(.acknowledge(deed))
            }
        }
        #expect(spent / count < .milliseconds(2), "\(spent / count)")
    }
}
