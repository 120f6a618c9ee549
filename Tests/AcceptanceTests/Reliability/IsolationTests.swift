// One destination's outage is nobody else's: four that fail, each in its own way, and one that is well.

import Foundation
import Glibc
import Sandbox
import Testing

@Suite(.serialized) struct IsolationTests {
    static let failing = ["hanging", "limited", "resetting", "refusing"]

    /// Milliseconds below which a difference says nothing: the noise of this machine.
    static let floor: Double = 10

    @Test(.timeLimit(.minutes(10))) func fourThatFailDelayNobodyElse() async throws {
        let alone = try await Self.measure(["healthy"]) { _, _ in }
        let beside = try await Self.measure(["healthy"] + Self.failing, judge: Self.judge)
        let rate = "\(Reliability.rate) events/s for \(Reliability.seconds) s"
        Reliability.report(
            "isolation \(rate): healthy alone p50 \(alone.text(50)), p99 \(alone.text(99)); beside four that fail p50 \(beside.text(50)), "
                + "p99 \(beside.text(99))")
        // Beside all the other tests a latency says nothing: it is held to its bound where nothing else runs (`make crash`).
        if Reliability.isLong { #expect(beside.percentile(99) <= 2 * max(alone.percentile(99), Self.floor)) }
    }

    /// How long each event took from its file to the healthy receiver, in milliseconds, sorted.
    struct Latencies {
        var sorted: [Double]

        func percentile(_ percent: Int) -> Double {
            sorted.isEmpty ? .infinity : sorted[min(sorted.count * percent / 100, sorted.count - 1)]
        }
        func text(_ percent: Int) -> String { String(format: "%.1f ms", percentile(percent)) }
    }

    private static func measure(
        _ channels: [String], judge: (Workspace, Sandbox) async throws -> Void
    ) async throws -> Latencies {
        let sandbox = try await Sandbox.forTests {
            $0.checksStrictly = false
            $0.maximumKept = 1_000_000
            $0.maximumKeptBytes = 2 << 30
        }
        sandbox.setFault(.hang, on: .slack, channel: "hanging")
        sandbox.setFault(.status(429, retryAfter: .seconds(3_600)), on: .slack, channel: "limited")
        sandbox.setFault(.resetAfterBody, on: .slack, channel: "resetting")
        sandbox.setFault(.status(404, body: "no_service"), on: .slack, channel: "refusing")
        let lines = channels.map {
            #"  \#($0): {type: slack, webhook: "\#(sandbox.endpoints.slackWebhook)/\#($0)", rate: unlimited, timeout: 2s, unknown_resends: 1}"#
        }
        let workspace = try Workspace(
            """
            version: 1
            channels:
            \(lines.joined(separator: "\n"))
            routes: [{name: all, match: {}, to: [\(channels.joined(separator: ", "))]}]
            """)
        let router = try await workspace.router()
        // The first connections and pages are not what is measured.
        for number in 1...20 { try drop(-number, workspace) }
        try await eventually("it is warm") { sandbox.inbox.all().count { $0.channel == "healthy" } == 20 }

        let count = Reliability.rate * Reliability.seconds
        var dropped: [Date] = []
        dropped.reserveCapacity(count)
        let start = ContinuousClock.now
        for number in 0..<count {
            let due = start + .microseconds(number * 1_000_000 / Reliability.rate)
            if due > .now { try await Task.sleep(until: due, tolerance: .zero) }
            dropped.append(try drop(number, workspace))
        }
        try await eventually("the healthy one has all", within: 120) { sandbox.inbox.count(.slack) >= count }
        var arrived: [Int: Date] = [:]
        try await eventually("the healthy one has all", within: 120) {
            arrived = [:]
            for message in sandbox.inbox.all() where message.channel == "healthy" {
                guard let number = message.text.firstMatch(of: /news (-?\d+)/).flatMap({ Int($0.output.1) }) else { continue }
                #expect(arrived.updateValue(message.at, forKey: number) == nil, "event \(number) came twice")
            }
            return arrived.count == count + 20
        }
        try await judge(workspace, sandbox)
        #expect(await router.stop() == 0)
        #expect(try await workspace.run("verify").status == 0)
        await sandbox.stop()
        return Latencies(sorted: dropped.indices.compactMap { arrived[$0]?.timeIntervalSince(dropped[$0]) }.map { $0 * 1000 }.sorted())
    }

    @discardableResult
    private static func drop(_ number: Int, _ workspace: Workspace) throws -> Date {
        let text = """
            {"id": "e\(number)", "type": "update", "incident": {"id": "INC\(number)", "severity": "high", "service": "payments"}, \
            "message": "news \(number) of it"}
            """
        let name = "e\(number).json"
        try text.write(toFile: "\(workspace.path)/.staged-\(name)", atomically: false, encoding: .utf8)
        let time = Date()
        guard rename("\(workspace.path)/.staged-\(name)", "\(workspace.path)/queue/\(name)") == 0 else { throw POSIXError(.EIO) }
        return time
    }

    /// Each of the others ends as its policy says.
    private static func judge(_ workspace: Workspace, _ sandbox: Sandbox) async throws {
        var states: [String: [String: Int]] = [:]
        try await eventually("what is refused is dead: \(states["refusing"] ?? [:])", within: 120) {
            states = [:]
            for row in try await workspace.query("SELECT channel, state, count(*) FROM deliveries GROUP BY 1, 2") {
                states[row[0], default: [:]][row[1]] = Int(row[2])
            }
            return states["refusing"]?.keys.sorted() == ["dead"]
        }
        for channel in failing { Reliability.report("isolation \(channel): \(states[channel]?.sorted { $0.key < $1.key } ?? [])") }
        func only(_ channel: String, _ allowed: Set<String>) {
            #expect(Set(states[channel, default: [:]].keys).isSubset(of: allowed), "\(channel)")
        }
        only("healthy", ["delivered"])
        only("limited", ["pending", "retrying"])
        only("hanging", ["pending", "retrying", "unknown"])
        only("resetting", ["pending", "retrying", "unknown"])
        let limited = try await workspace.query(
            "SELECT count(*) FROM attempts a JOIN deliveries d ON d.id = a.delivery WHERE channel = 'limited'")
        #expect((limited.first?.first).flatMap { Int($0) } ?? 0 <= 4, "an hour's pause is kept: only what was on its way was tried")
        // Sent again once, as `unknown_resends` allows, and then left as unknown.
        let resent = try await workspace.query(
            "SELECT state, unknowns, count(*) FROM deliveries WHERE channel IN ('resetting', 'hanging') GROUP BY 1, 2")
        for row in resent {
            #expect(row[0] == "unknown" ? row[1] == "2" : (Int(row[1]) ?? 9) <= 1, "\(row)")
        }
        // Their breakers are open: a handful was tried, then one at a time.
        let tried = try await workspace.query(
            "SELECT channel, count(*) FROM attempts a JOIN deliveries d ON d.id = a.delivery GROUP BY 1")
        for row in tried where ["resetting", "hanging"].contains(row[0]) { #expect(Int(row[1]) ?? 999 <= 40, "\(row)") }
        let status = try await workspace.run("status").output
        for channel in ["resetting", "hanging"] {
            let line = status.split(separator: "\n").first { $0.contains(channel) && $0.contains("open") }
            #expect(line != nil, "\(status)")
        }
    }
}
