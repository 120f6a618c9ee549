// Prometheus Alertmanager and the router in turn on the same machine, into the same receiver: one Slack message an alert, one an event.
// Alertmanager keeps alerts in memory and its notification log in snapshots; nothing of it is durable when a message goes out.

import Dispatch
import Foundation
import Glibc

extension Scenario {
    static let alertmanager = Scenario(
        name: "alertmanager", title: "Slack messages of Debian's prometheus-alertmanager and of the router, in turn"
    ) { conditions in
        let count = conditions.count(20_000, quick: 2_000)
        let receiver = try WebhookReceiver()
        let theirs = try Alertmanager(receiver)
        let result = try theirs.load(count, into: receiver.receiver)
        theirs.stop()
        result.report(what: "messages", note: " of Alertmanager's", program: "Alertmanager")
        Figures.say("peak memory \(result.peakMegabytes) MB")

        let bench = try Workspace(tocsin: conditions.tocsin, routes: Routes.oneRoom(receiver))
        let names = try bench.stage(0..<count)
        try bench.start()
        let ours = try bench.load(names, into: receiver.receiver)
        ours.report(what: "messages", note: " of Tocsin's")
        Figures.say("peak memory \(ours.peakMegabytes) MB")
        Figures.say("ratio", ours.rate / result.rate, .atLeast(2, ""))
    }
}

/// A running Alertmanager with a folder of its own.
final class Alertmanager {
    static let program = "/usr/bin/prometheus-alertmanager"
    /// Alerts in one request: what Prometheus sends at most.
    static let batch = 64

    private let process = Process()
    private let path: String
    private let port: UInt16

    init(_ receiver: WebhookReceiver) throws {
        guard FileManager.default.isExecutableFile(atPath: Self.program) else {
            throw Failed("there is no \(Self.program): `Benchmarks/alertmanager` installs Debian's prometheus-alertmanager")
        }
        path = FileManager.default.currentDirectoryPath + "/.bench-alertmanager"
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        // Every alert is a group of its own, and nothing is waited for.
        let configuration = """
            route: {receiver: room, group_by: ['...'], group_wait: 0s, group_interval: 5m, repeat_interval: 12h}
            receivers:
              - name: room
                slack_configs:
                  - api_url: "\(receiver.url("alertmanager"))"
                    channel: "#ops"
                    send_resolved: false
                    title: "{{ .CommonLabels.incident }} {{ .CommonAnnotations.title }}"
                    text: "{{ .CommonAnnotations.message }} {{ .CommonAnnotations.description }}"

            """
        try configuration.write(toFile: path + "/alertmanager.yml", atomically: true, encoding: .utf8)
        port = try Self.freePort()
        process.executableURL = URL(fileURLWithPath: Self.program)
        process.arguments = [
            "--config.file=\(path)/alertmanager.yml", "--storage.path=\(path)/data", "--web.listen-address=127.0.0.1:\(port)",
            "--cluster.listen-address=", "--log.level=error",
        ]
        _ = FileManager.default.createFile(atPath: path + "/log", contents: nil)
        process.standardError = FileHandle(forWritingAtPath: path + "/log")
        process.standardOutput = process.standardError
        try process.run()
        let deadline = Date().addingTimeInterval(30)
        while (try? HTTPCaller(port)) == nil {
            guard process.isRunning, Date() < deadline else { throw Failed("Alertmanager does not start: see \(path)/log") }
            usleep(50_000)
        }
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(atPath: path)
    }

    func stop() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    /// Pushes alerts as fast as they are taken, so many at most without a message.
    func load(_ count: Int, window: Int = 8_192, into receiver: Receiver) throws -> LoadResult {
        let caller = try HTTPCaller(port)
        let bodies = stride(from: 0, to: count, by: Self.batch).map { first in
            "[" + (first..<min(first + Self.batch, count)).map(Self.alert).joined(separator: ",") + "]"
        }
        let before = receiver.tally.count
        let meter = LoadMeter(process.processIdentifier, receiver)
        for (index, body) in bodies.enumerated() {
            let sent = index * Self.batch
            if sent >= window, !receiver.tally.wait(for: before + sent - window, seconds: 120) {
                throw Failed("\(receiver.tally.count - before) messages of \(sent) alerts after 120 s")
            }
            try caller.post("/api/v2/alerts", body)
        }
        guard receiver.tally.wait(for: before + count, seconds: 600) else {
            throw Failed("\(receiver.tally.count - before) of \(count) messages arrived")
        }
        return meter.result(messages: count)
    }

    private static func alert(_ number: Int) -> String {
        """
        {"labels": {"alertname": "PaymentsFailing", "incident": "INC\(number)", "severity": "high", "service": "payments", \
        "team": "payments", "region": "eu-west-1"}, "annotations": {"title": "Payments API failing", \
        "description": "Card payments fail with 502 since 03:50.", \
        "message": "1 in 20 card payments fails, and the second region is being prepared."}}
        """
    }

    private static func freePort() throws -> UInt16 {
        let probe = try LoopbackListener()
        close(probe.socket)
        return probe.port
    }
}

/// Posts JSON over one kept connection, and waits for each answer.
private final class HTTPCaller {
    private let socket: Int32

    init(_ port: UInt16) throws {
        socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = LoopbackListener.address(port)
        let isConnected = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(socket, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard isConnected else { throw Failed("cannot connect to 127.0.0.1:\(port)") }
    }

    deinit { close(socket) }

    func post(_ path: String, _ body: String) throws {
        let request = Array(
            "POST \(path) HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\nContent-Length: \(body.utf8.count)\r\n\r\n\(body)"
                .utf8)
        var done = 0
        while done < request.count {
            let count = request.withUnsafeBytes {
                send(socket, $0.baseAddress?.advanced(by: done), $0.count - done, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw Failed("the connection to Alertmanager was lost") }
            done += count
        }
        var answer = [UInt8](repeating: 0, count: 4_096)
        let count = read(socket, &answer, answer.count)
        let words = String(decoding: answer.prefix(max(0, count)), as: UTF8.self)
        guard words.hasPrefix("HTTP/1.1 200") else { throw Failed("Alertmanager answered: \(words.prefix(300))") }
    }
}
