// A server with a ledger and a queue of its own, and somebody who looks at its pages.

import Foundation
import Hummingbird
import HummingbirdTesting
import Incidents
import JSON
import Ledger
import Logging
import Settings
import Synchronization
import Testing
import Transport

@testable import Router
@testable import Web

/// Tokens that are known: `reader`, `operator`, `dropper`; each can be revoked.
final class PageFixture: Sendable {
    let directory: String
    let house: House
    let setup: Setup
    let log = TestLog()
    private let revoked: RevokedTokens

    static let hostile = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> \u{202E}evil & {{title}} <!channel>"

    /// - Parameters:
    ///   - http: more lines of its section, and after it.
    ///   - router: more members of its section.
    init(http: String = "", router: String = "") throws {
        directory = NSTemporaryDirectory() + "pages-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory + "/queue", withIntermediateDirectories: true)
        let yaml = """
            version: 1
            router: {timezone: Europe/Berlin\(router)}
            http:
              listen: "127.0.0.1:0"
            \(http)
            sla: {critical: {acknowledge: 5m, resolve: 4h}}
            channels:
              ops-slack: {type: slack, webhook: "https://hooks.example.com/services/T/B/x"}
              ops-teams: {type: teams, webhook: "https://hooks.example.com/teams/x"}
              mail: {type: email, server: "smtp://mail.example.com:587", from: "Incidents <incidents@example.com>"}
              sms: {type: sms, gateway: twilio, account: AC00000000000000000000000000000000, token: x, from: "+15557654321"}
            people:
              ana: {name: Ana, email: ana@example.com, sms: "+447700900123", via: [sms, mail]}
            routes:
              - {name: all, match: {severity: ">=low"}, to: [ops-slack, ops-teams, ana, ana via mail]}
            """
        let file = directory + "/routes.yaml"
        try yaml.write(toFile: file, atomically: true, encoding: .utf8)
        let loaded = SetupLoader(path: file, http: HTTPClient(), smtp: SMTPClient()).load()
        setup = try #require(loaded.setup, "\(loaded.diagnostics)")
        let ledger = try LedgerStore(directory: setup.configuration.router.state)
        let revoked = RevokedTokens()
        self.revoked = revoked
        var house = House(setup: CurrentSetup(setup), ledger: ledger, logger: Logger(label: "test") { [log] _ in log })
        house.sessions = SessionStore(check: { text, _ in revoked.token(text) }, known: { id, _ in revoked.token(id) })
        self.house = house
    }

    deinit { try? FileManager.default.removeItem(atPath: directory) }

    func revoke(_ text: String) { revoked.revoke(text) }

    /// As the router would take it.
    @discardableResult
    func accept(_ document: JSONValue) async throws -> [Receipt] {
        let now = Date()
        let event = try setup.parser.event(from: document, origin: EventOrigin(file: "x.json", modified: now, size: 10))
        return try await house.ledger.accept([Pipeline.arrival(event, file: nil, setup: setup, now: now)])
    }

    /// An incident in which everything is hostile.
    func acceptHostile() async throws {
        let text = JSONValue.string(Self.hostile)
        try await accept([
            "type": "status_change", "id": "e1", "source": text, "message": text,
            "incident": [
                "id": "INC/1 <b>", "title": text, "severity": "critical", "status": "open", "service": text, "description": text,
                "impact": text, "next_steps": text, "url": "javascript:alert(1)", "runbook": "https://example.org/\"><script>",
                "team": text,
                "labels": ["<i>": text], "checklist": [text],
            ],
            "change": ["reason": text, "by": text],
        ])
    }

    /// What has been dropped into the queue.
    func dropped() throws -> [JSONValue] {
        let names = try FileManager.default.contentsOfDirectory(atPath: directory + "/queue").sorted()
        return try names.filter { $0.hasSuffix("json") }.flatMap { name in
            let bytes = Array(FileManager.default.contents(atPath: "\(directory)/queue/\(name)") ?? Data())
            return try bytes.split(separator: UInt8(ascii: "\n")).map { try JSONValue.parse(bytes: Array($0)) }
        }
    }

    func test(live: Bool = false, _ body: @escaping @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        let app = Application(
            responder: WebServer.router(house).buildResponder(), logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        try await app.test(live ? .live : .router) { client in try await body(client) }
    }

    /// A session that somebody has begun.
    func cookie(_ token: String) throws -> String {
        guard case .done(let id) = house.sessions.signIn(token, from: nil, lasts: 3_600, now: Date()) else {
            throw PageFault(.forbidden, "no session")
        }
        return "tocsin=\(id)"
    }
}

/// The tokens of the tests.
final class RevokedTokens: Sendable {
    private let revoked = Mutex<Set<String>>([])

    func revoke(_ text: String) { revoked.withLock { _ = $0.insert(text) } }

    func token(_ text: String) -> AccessToken? {
        if revoked.withLock({ $0.contains(text) }) { return nil }
        let scopes: [String: Set<Scope>] = ["reader": [.read], "operator": [.operate], "dropper": [.intake]]
        return scopes[text].map { AccessToken(id: text, name: "the \(text)", scopes: $0, createdAt: Date(), expiresAt: nil) }
    }
}

extension TestClientProtocol {
    func page(_ path: String, _ cookie: String? = nil, headers: HTTPFields = [:]) async throws -> TestResponse {
        var headers = headers
        headers[.accept] = "text/html"
        if let cookie { headers[.cookie] = cookie }
        return try await execute(uri: path, method: .get, headers: headers)
    }

    func send(_ path: String, _ cookie: String?, _ fields: [String: String], headers: HTTPFields = [:]) async throws -> TestResponse {
        var headers = headers
        headers[.accept] = "text/html"
        headers[.contentType] = "application/x-www-form-urlencoded"
        if let cookie { headers[.cookie] = cookie }
        let body = fields.map { "\(Page.encoded($0.key))=\(Page.encoded($0.value))" }.joined(separator: "&")
        return try await execute(uri: path, method: .post, headers: headers, body: ByteBuffer(string: body))
    }
}

extension TestResponse {
    var text: String { String(buffer: body) }

    /// The token in the first form of the page.
    var formToken: String? {
        text.firstMatch(of: /name="form_token" value="([0-9a-f]+\.[0-9a-z]+)"/).map { String($0.1) }
    }
}
