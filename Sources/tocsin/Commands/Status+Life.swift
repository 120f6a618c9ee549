// Where the HTTP side is, and the monitors that must be heard of, for `tocsin status`.

import Foundation
import Incidents
import JSON
import Ledger
import Router
import Routing
import Settings

/// Signs of life, and how to get one.
struct SignsOfLife {
    private let http: HTTPSettings?
    /// Where the running router listens, or listened last.
    private let listening: String?
    private let monitors: [Monitor]
    private let rules: [String: DeadManRule]
    private let isRunning: Bool
    private let now: Date

    init(_ configuration: RouterConfiguration, _ ledger: LedgerStore?, isRunning: Bool, now: Date) async throws {
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
    private var address: String? { isRunning ? listening ?? http?.address : http?.address }

    // MARK: For people

    /// Only what there is.
    func show() {
        if let http, let address {
            Terminal.say(
                Self.head("http") + Terminal.clean("\(http.tls == nil ? "http" : "https")://\(address)")
                    + (isRunning ? "" : "  (not running)"))
        }
        for (number, monitor) in monitors.enumerated() {
            let ago = Amount.time(now.timeIntervalSince(monitor.last))
            let heard = monitor.heard == nil ? "not heard since it is watched, \(ago) ago" : "last heard \(ago) ago"
            let rule = rules[monitor.name].map { ", must be at least every \(Amount.time($0.after))" } ?? ""
            let text = Terminal.clean("\(monitor.name): \(heard)\(rule)")
            Terminal.say(
                Self.head(number == 0 ? "dead men" : "")
                    + Terminal.coloured(text + (monitor.isSilent ? ": SILENT" : ""), monitor.isSilent ? .red : nil))
        }
    }

    private static func head(_ name: String) -> String { name.padding(toLength: 13, withPad: " ", startingAt: 0) }

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
