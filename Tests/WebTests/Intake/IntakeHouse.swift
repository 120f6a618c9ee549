// A house with a ledger and a queue of its own, and requests to it in process.

import Delivery
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import Incidents
import JSON
import Ledger
import Logging
import Rendering
import Routing
import Settings
import Synchronization
import Testing
import Transport

@testable import Router
@testable import Web

/// What one test works with; removed with it.
final class IntakeHouse: Sendable {
    let path: String
    let ledger: LedgerStore
    let current: CurrentSetup
    let house: House
    let log: LogLines
    private let responder: RouterResponder<WebContext>

    /// - Parameter channels: more of them.
    init(http: String = "{}", routes: String = "", channels: String = "", adapters: ToolAdapters = .none) throws {
        path = NSTemporaryDirectory() + "intake-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: path + "/queue", withIntermediateDirectories: true)
        let setup = try Self.setup(path, http, routes, channels)
        ledger = try LedgerStore(directory: setup.configuration.router.state)
        current = CurrentSetup(setup)
        let log = LogLines()
        self.log = log
        house = House(
            setup: current, ledger: ledger, logger: Logger(label: "test") { _ in log.handler }, adapters: adapters)
        responder = WebServer.router(house).buildResponder()
    }

    /// As if the configuration had become another one.
    func setup(http: String = "{}", routes: String, channels: String = "") throws -> Setup { try Self.setup(path, http, routes, channels) }

    private static func setup(_ path: String, _ http: String, _ routes: String, _ channels: String) throws -> Setup {
        let text = """
            version: 1
            http: \(http)
            channels:
              room: {type: slack, webhook: "https://hooks.slack.com/services/T/B/x"}
              \(channels)
            routes: [{name: all, match: {}, to: room}]
            \(routes)
            """
        try text.write(toFile: path + "/routes.yaml", atomically: true, encoding: .utf8)
        let loaded = ConfigurationLoader.load(path: path + "/routes.yaml", placeholderSecrets: true)
        let configuration = try #require(loaded.configuration, "\(loaded.diagnostics)")
        return Setup(
            configuration: configuration, templates: .builtIn,
            channels: ChannelSet([], http: HTTPClient(), smtp: SMTPClient(), hostName: "router.example"),
            links: Links(key: Array(0..<32), publicURL: nil))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    func token(_ scopes: Set<Scope> = [.intake], name: String = "monitoring", expires: Date? = nil) throws -> String {
        try house.tokens.create(name: name, scopes: scopes, expiresAt: expires, now: Date()).1
    }

    /// One request.
    func send(
        _ method: HTTPRequest.Method, _ path: String, token: String? = nil, type: String? = "application/json",
        headers extra: [String: String] = [:], body: String? = nil
    ) async throws -> Answer {
        var headers: HTTPFields = [:]
        if let token { headers[.authorization] = "Bearer \(token)" }
        if let type, body != nil { headers[.contentType] = type }
        for (name, value) in extra { headers[try #require(HTTPField.Name(name))] = value }
        let (application, sent) = (Application(responder: responder), headers)
        return try await application.test(.router) { client in
            try await client.execute(uri: path, method: method, headers: sent, body: body.map { ByteBuffer(string: $0) }) {
                Answer(status: $0.status.code, headers: $0.headers, body: Array($0.body.readableBytesView))
            }
        }
    }

    func post(_ body: String, token: String, type: String? = "application/json", headers: [String: String] = [:]) async throws -> Answer {
        try await send(.post, "/v1/events", token: token, type: type, headers: headers, body: body)
    }

    /// The lines that wait in the queue, in the order of the files' names.
    func queued() throws -> [JSONValue] {
        let names = try FileManager.default.contentsOfDirectory(atPath: path + "/queue").filter { $0.hasSuffix("json") }.sorted()
        return try names.flatMap { name in
            try String(contentsOfFile: "\(path)/queue/\(name)", encoding: .utf8).split(separator: "\n")
                .map { try JSONValue.parse(bytes: Array($0.utf8)) }
        }
    }

    /// Takes what waits, as the router does; what was rejected.
    @discardableResult
    func take() async throws -> [Rejection] {
        let folder = path + "/queue"
        var rejected: [Rejection] = []
        for name in try FileManager.default.contentsOfDirectory(atPath: folder).filter({ $0.hasSuffix("json") }).sorted() {
            let bytes = try Array(Data(contentsOf: URL(fileURLWithPath: "\(folder)/\(name)")))
            for line in bytes.split(separator: 0x0A) {
                let event = try current.value.parser.parse(
                    Array(line), origin: EventOrigin(file: name, modified: Date(), size: bytes.count))
                let receipts = try await ledger.accept([Pipeline.arrival(event, file: name, setup: current.value, now: Date())])
                for case .rejected(let rejection) in receipts { rejected.append(rejection) }
            }
            try FileManager.default.removeItem(atPath: "\(folder)/\(name)")
        }
        return rejected
    }
}

/// An answer with its body.
struct Answer: Sendable {
    var status: Int
    var headers: HTTPFields
    var body: [UInt8]

    var json: JSONValue { (try? JSONValue.parse(bytes: body)) ?? .null }
    var ids: [String] { json["ids"]?.array?.compactMap(\.string) ?? [] }
    var errors: [JSONValue] { json["errors"]?.array ?? [] }
    var codes: [String] { errors.compactMap { $0["code"]?.string } }
}

/// What was logged.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }
    var handler: Handler { Handler(lines: self) }

    struct Handler: LogHandler {
        let lines: LogLines
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.info

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let words = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            lines.lines.withLock { $0.append("\(event.level) \(event.message) \(words.joined(separator: " "))") }
        }
    }
}
