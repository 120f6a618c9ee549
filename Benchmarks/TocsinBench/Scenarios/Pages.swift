// The page, with a million deliveries in the ledger: how soon its first byte comes, and what it costs that many look at it live.

import Dispatch
import Foundation
import Glibc

extension Scenario {
    static let pages = Scenario(name: "pages", title: "the page: 1,000,000 deliveries in the ledger, then 500 who look at it live") {
        conditions in
        let events = conditions.count(5_000, quick: 100)
        let each = 200
        let receiver = try WebhookReceiver()
        let port = 18_000 + Int(getpid() % 2_000)
        let bench = try Workspace(tocsin: conditions.tocsin, routes: Routes.page(receiver, port: port, addresses: each))
        try bench.start()
        let token = try bench.token(scope: "read")
        try bench.fill(events: events)
        Figures.say("\(events * each) deliveries of \(events) incidents")

        let client = try PageClient(port: port)
        let paths = [
            "/", "/incidents", "/incidents?show=all&q=nobody", "/incidents/BULK7", "/deliveries", "/deliveries?q=nobody",
            "/deliveries?recipient=nobody", "/deliveries?incident=BULK9", "/deliveries?state=suppressed", "/deliveries?state=dead",
            "/deliveries?state=pending", "/deliveries?channel=room&type=escalation", "/deliveries/100",
            "/charts", "/channels", "/mending", "/metrics",
        ]
        for path in paths {
            var times: [Double] = []
            for _ in 0..<20 { times.append(try client.firstByte(path, token: token)) }
            let samples = Samples(times)
            Figures.say(
                "\(path): first byte, median of 20 (worst \(Figures.plain(samples.worst)) ms)", samples[50],
                .below(path == "/metrics" ? 20 : 50, " ms"))
        }
        try live(bench, port: port, token: token, conditions)
    }

    /// An event a second, without anybody who looks, and then with 500.
    private static func live(_ bench: Workspace, port: Int, token: String, _ conditions: Conditions) throws {
        let seconds = conditions.count(20, quick: 5)
        let viewers = conditions.count(500, quick: 50)
        let alone = try bench.cpu(seconds: seconds, first: 0) {}
        var clients: [PageClient] = []
        let paths = ["/", "/incidents", "/deliveries", "/incidents/LIVE1", "/deliveries?state=held"]
        for number in 0..<viewers {
            let client = try PageClient(port: port)
            try client.ask(
                "/live?page=\(paths[number % paths.count].replacing("?", with: "%3F").replacing("=", with: "%3D"))", token: token)
            clients.append(client)
        }
        Thread.sleep(forTimeInterval: 3)
        var buffer = [UInt8](repeating: 0, count: 1 << 18)
        var bytes = 0
        for client in clients { _ = client.drain(&buffer) }
        let together = try bench.cpu(seconds: seconds, first: 1_000) { for client in clients { bytes += client.drain(&buffer) } }
        Figures.say(
            "\(viewers) live pages on \(paths.count) paths, an event a second; each was sent \(bytes / viewers / seconds) bytes a second")
        Figures.say("the router without them: \(Figures.plain(alone * 100)) % of a core")
        Figures.say("what they cost", (together - alone) * 100, .below(10, " % of a core"))
    }
}

extension Workspace {
    /// So many incidents, of each of which 200 addresses are told; nothing of it goes out, because it is silenced.
    fileprivate func fill(events: Int) throws {
        let until = Date().addingTimeInterval(86_400).ISO8601Format()
        try stage(
            "silence.json",
            """
            {"id": "s1", "type": "silence", "source": "bench", "silence": {"id": "s1", "action": "start", "match": {"service": "bulk"}, \
            "until": "\(until)", "reason": "bench", "by": "bench"}}
            """)
        release("silence.json")
        try waitUntilTaken(seconds: 30)
        // Otherwise a million messages would go out, and that would be measured.
        guard rejected == 0 else { throw Failed("the silence was rejected: see \(path)/queue/rejected") }
        for start in stride(from: 0, to: events, by: 500) {
            let lines = (start..<min(start + 500, events)).map { number in
                """
                {"id": "b\(number)", "type": "status_change", "source": "bench", "incident": {"id": "BULK\(number)", "severity": "high", \
                "status": "open", "service": "bulk", "title": "Something of number \(number) is slow"}}
                """
            }
            try stage("bulk\(start).ndjson", lines.joined(separator: "\n") + "\n")
            release("bulk\(start).ndjson")
        }
        try waitUntilTaken(seconds: 600)
    }

    private var rejected: Int {
        ((try? FileManager.default.contentsOfDirectory(atPath: "\(path)/queue/rejected")) ?? []).count { $0.hasSuffix(".json") }
    }

    /// The share of a core that the router uses while an event a second comes.
    fileprivate func cpu(seconds: Int, first: Int, _ eachSecond: () -> Void) throws -> Double {
        let before = Machine.cpuSeconds(of: process)
        for second in 0..<seconds {
            let id = first + second
            try stage(
                "live\(id).json",
                """
                {"id": "l\(id)", "type": "update", "source": "bench", "message": "News number \(id)", "incident": {"id": "LIVE1", \
                "severity": "high", "status": "open", "service": "payments", "title": "Payments fail"}}
                """)
            release("live\(id).json")
            Thread.sleep(forTimeInterval: 1)
            eachSecond()
        }
        return (Machine.cpuSeconds(of: process) - before) / Double(seconds)
    }
}

extension Routes {
    fileprivate static func page(_ receiver: WebhookReceiver, port: Int, addresses: Int) -> String {
        let numbers = (0..<addresses).map { "\"sms:+4420\(10_000_000 + $0)\"" }
        return """
            version: 1
            http: {listen: "127.0.0.1:\(port)", rate: unlimited}
            channels:
              room: {type: slack, webhook: "\(receiver.url("room"))", rate: unlimited}
              \(gateway(receiver))
            routes:
              - {name: bulk, match: {service: bulk}, to: [\(numbers.joined(separator: ", "))]}
              - {name: all, match: {service: payments}, to: [room]}

            """
    }
}
