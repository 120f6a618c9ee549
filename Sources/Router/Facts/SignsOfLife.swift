// Where the HTTP side is, and the monitors that must be heard of.

import Foundation
import Incidents
import JSON
import Ledger
import Routing
import Settings

/// Signs of life, and how to get one.
public struct SignsOfLife: Sendable {
    public let http: HTTPSettings?
    /// Where the running router listens, or listened last.
    private let listening: String?
    public let monitors: [Monitor]
    public let rules: [String: DeadManRule]
    public let isRunning: Bool
    public let now: Date

    public init(_ configuration: RouterConfiguration, _ ledger: LedgerStore?, isRunning: Bool, now: Date) async throws {
        self.now = now
        self.isRunning = isRunning
        http = configuration.http
        let rules = configuration.table.deadMen.rules
        self.rules = rules
        let known = rules.isEmpty ? [] : try await ledger?.monitors() ?? []
        monitors = known.filter { rules[$0.name] != nil }
        listening = http == nil ? nil : try await ledger?.listening()
    }

    /// Where it can be reached: what the running router says, for port 0 is any.
    public var address: String? { isRunning ? listening ?? http?.address : http?.address }

    // MARK: For programs

    /// `http` (`address`, `tls`) and `monitors` (`name`, `heard_at`, `watched_since`, `silent`, `due_at`).
    func add(to line: inout JSONLine) {
        func time(_ date: Date?) -> JSONValue { date.map { .string(Timestamp.format($0)) } ?? .null }
        if let http, let address { line.add("http", ["address": .string(address), "tls": .bool(http.tls != nil)]) }
        let monitors = monitors.map { monitor -> JSONValue in
            [
                "name": .string(monitor.name), "heard_at": time(monitor.heard), "watched_since": time(monitor.since),
                "silent": .bool(monitor.isSilent), "due_at": time(rules[monitor.name].map { monitor.last.addingTimeInterval($0.after) }),
            ]
        }
        line.add("monitors", .array(monitors))
    }
}
