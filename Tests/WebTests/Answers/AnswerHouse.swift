// A router's state without a router: what is dropped into the queue is taken into the ledger when a test says so, by a clock that
// only the test moves.

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

final class AnswerHouse: Sendable {
    static let start = Timestamp.parse("2026-11-24T10:00:00Z") ?? .distantPast

    let directory: URL
    let house: House
    let ledger: LedgerStore
    let log = TestLog()
    private let time = TestClock(start)
    private let http = HTTPClient()
    private let smtp = SMTPClient()

    static let usual = """
        router: {public_url: "https://tocsin.example.com/x", timezone: Europe/London}
        http: {listen: "127.0.0.1:0", slack_signing_secret: shh, acknowledge_within: 2h}
        channels:
          ops: {type: slack, webhook: "http://127.0.0.1:9/ops"}
          mail: {type: email, server: "smtp://127.0.0.1:9", tls: off, from: ops@example.com}
          sms: {type: sms, gateway: twilio, account: AC0123456789abcdef0123456789abcdef, token: "12345", from: "+15557654321", base_url: "http://127.0.0.1:9"}
          kannel: {type: sms, gateway: http, answers: true, request: {method: GET, url: "http://127.0.0.1:9/send", query: {to: "{{address}}", text: "{{text}}", dlr-url: "{{receipt}}?status=%d"}}}
        people:
          ana: {name: Ana Example, email: ana@example.com, sms: "+447700900123", slack: U0123ANA, via: [kannel, mail]}
          ben: {name: Ben, email: ben@example.com, sms: "+447700900456", via: [sms, mail], language: de}
        routes:
          - {name: all, match: {severity: ">=high"}, to: [ana, ben]}
        """

    init(_ routes: String = AnswerHouse.usual) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "tocsin-answers-\(UUID().uuidString)")
        for name in ["queue", "state"] {
            try FileManager.default.createDirectory(at: directory.appending(path: name), withIntermediateDirectories: true)
        }
        let file = directory.appending(path: "routes.yaml")
        try Data("version: 1\n\(routes)\n".utf8).write(to: file)
        let loaded = SetupLoader(path: file.path, http: http, smtp: smtp).load()
        let setup = try #require(loaded.setup, "\(loaded.diagnostics)")
        ledger = try LedgerStore(directory: setup.configuration.router.state)
        try ledger.prepareSubscriptions(scale: setup.configuration.scale)
        house = House(
            setup: CurrentSetup(setup), ledger: ledger, logger: Logger(label: "test") { [log] _ in log }, clock: { [time] in time.now })
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    var setup: Setup { house.setup.value }
    var links: Links { setup.links }
    var now: Date { time.now }

    func pass(_ seconds: TimeInterval) { time.pass(seconds) }

    /// Takes an event into the ledger.
    @discardableResult
    func accept(_ json: String) async throws -> [Receipt] { try await accept(bytes: Array(json.utf8)) }

    @discardableResult
    private func accept(bytes: [UInt8]) async throws -> [Receipt] {
        let event = try setup.parser.parse(bytes, origin: EventOrigin(file: "x.json", modified: now, size: bytes.count))
        return try await ledger.accept([Pipeline.arrival(event, file: nil, setup: setup, now: now)])
    }

    /// The events that lie in the queue, by their files.
    private func waiting() throws -> [(file: URL, events: [JSONValue])] {
        let queue = directory.appending(path: "queue")
        let names = try FileManager.default.contentsOfDirectory(atPath: queue.path).filter { $0.hasSuffix("json") && !$0.hasPrefix(".") }
        return try names.sorted().map { name in
            let file = queue.appending(path: name)
            let lines = try Data(contentsOf: file).split(separator: UInt8(ascii: "\n"))
            return (file, try lines.map { try JSONValue.parse(bytes: Array($0)) })
        }
    }

    /// What lies in the queue.
    func dropped() throws -> [JSONValue] { try waiting().flatMap(\.events) }

    /// Takes what lies in the queue into the ledger.
    @discardableResult
    func work() async throws -> [Receipt] {
        var receipts: [Receipt] = []
        for (file, events) in try waiting() {
            for event in events { receipts += try await accept(bytes: event.bytes) }
            try FileManager.default.removeItem(at: file)
        }
        return receipts
    }

    /// An open incident of which Ana and Ben are told, and its deliveries, all sent.
    @discardableResult
    func open(_ id: String = "INC1", title: String = "Payments API failing") async throws -> [DeliveryRow] {
        let event: JSONValue = [
            "type": "status_change", "id": .string(UUID().uuidString),
            "incident": ["id": .string(id), "title": .string(title), "severity": "critical", "status": "open"],
        ]
        try await accept(event.text)
        let rows = try await ledger.deliveries(DeliveryFilter(incident: id))
        for row in rows where row.state == .pending {
            _ = try await ledger.record([AttemptRecord(delivery: row.id, at: now, outcome: "accepted", next: .delivered)])
        }
        return try await ledger.deliveries(DeliveryFilter(incident: id))
    }

    func token(_ incident: String = "INC1", to by: String = "ana", delivery: Int64 = 1) -> String {
        let expires = now.addingTimeInterval(7_200)
        return links.token(.acknowledge(Links.Acknowledge(incident: incident, by: by, delivery: delivery, expires: expires)))
    }

    /// Runs requests against the answers alone; `identity` is whoever the access part would have found.
    func ask<Value: Sendable>(
        as identity: Identity? = nil, _ body: @escaping @Sendable (any TestClientProtocol) async throws -> Value
    ) async throws -> Value {
        let router = Hummingbird.Router(context: WebContext.self)
        if let identity { router.add(middleware: FixedIdentity(identity: identity)) }
        WebServer.addAnswers(to: router, house)
        return try await Application(router: router).test(.router, body)
    }
}

private struct FixedIdentity: RouterMiddleware {
    typealias Context = WebContext
    let identity: Identity

    func handle(_ request: Request, context: WebContext, next: (Request, WebContext) async throws -> Response) async throws -> Response {
        var context = context
        context.identity = identity
        return try await next(request, context)
    }
}

final class TestClock: Sendable {
    private let time: Mutex<Date>

    init(_ start: Date) { time = Mutex(start) }

    var now: Date { time.withLock { $0 } }
    func pass(_ seconds: TimeInterval) { time.withLock { $0 += seconds } }
}

/// Keeps what is logged.
struct TestLog: LogHandler {
    private final class Lines: Sendable { let all = Mutex<[String]>([]) }
    private let kept = Lines()
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    var lines: [String] { kept.all.withLock { $0 } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let line = "\(event.level): \(event.message) \(event.metadata ?? [:])"
        kept.all.withLock { $0.append(line) }
    }
}

/// A form as browsers send it.
func formText(_ fields: KeyValuePairs<String, String>) -> String {
    let plain = CharacterSet.alphanumerics
    func encoded(_ text: String) -> String { text.addingPercentEncoding(withAllowedCharacters: plain) ?? "" }
    return fields.map { "\(encoded($0.key))=\(encoded($0.value))" }.joined(separator: "&")
}
