// One run: a receiver, a router as a process of its own, a queue, and what they did.

import Foundation
import Glibc
import Sandbox

struct Failed: Error, CustomStringConvertible { var description: String }

@MainActor final class Bench {
    private let path: String
    private let tocsin: String
    private let sandbox: Sandbox
    private var router: Process?

    init(tocsin: String) async throws {
        self.tocsin = URL(fileURLWithPath: tocsin).path
        path = FileManager.default.currentDirectoryPath + "/.bench"
        try? FileManager.default.removeItem(atPath: path)
        try FileManager.default.createDirectory(atPath: path + "/queue/tmp", withIntermediateDirectories: true)
        var options = SandboxOptions()
        options.keepsRaw = false
        options.checksStrictly = false
        options.tls = false
        sandbox = try await Sandbox.start(options)
        let routes = """
            version: 1
            channels:
              room: {type: slack, webhook: "\(sandbox.endpoints.slackWebhook)/room", rate: unlimited}
            routes:
              - {name: all, match: {service: payments}, to: [room]}
            """
        try routes.write(toFile: path + "/routes.yaml", atomically: true, encoding: .utf8)
    }

    /// From the rename of one file to its receipt, one after another.
    func latency(samples: Int) async throws {
        try start()
        for number in 0..<50 { try await exchange(number) }
        var milliseconds: [Double] = []
        for number in 50..<(50 + samples) { milliseconds.append(try await exchange(number)) }
        milliseconds.sort()
        let p50 = milliseconds[samples / 2]
        let p99 = milliseconds[samples * 99 / 100]
        print(
            String(
                format: "  rename to receipt: p50 %.2f ms, p99 %.2f ms, worst %.2f ms (%d events)", p50, p99, milliseconds[samples - 1],
                samples))
        report(deliveries: nil)
    }

    @discardableResult
    private func exchange(_ number: Int) async throws -> Double {
        let before = sandbox.inbox.count
        try stage(number)
        let start = DispatchTime.now()
        release(number)
        _ = await sandbox.inbox.wait(for: before + 1, timeout: .seconds(10))
        guard sandbox.inbox.count > before else { throw Failed(description: "event \(number) did not arrive within 10 s") }
        return Double(DispatchTime.now().uptimeNanoseconds - start.uptimeNanoseconds) / 1_000_000
    }

    /// Many events, as fast as they go through.
    func throughput(events: Int, waitingFirst: Bool) async throws {
        for number in 0..<events { try stage(number) }
        let begin: DispatchTime
        if waitingFirst {
            for number in 0..<events { release(number) }
            begin = .now()
            try start()
        } else {
            try start()
            begin = .now()
            for number in 0..<events { release(number) }
        }
        _ = await sandbox.inbox.wait(for: events, timeout: .seconds(300))
        guard sandbox.inbox.count >= events else {
            throw Failed(description: "\(sandbox.inbox.count) of \(events) arrived within 300 s")
        }
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - begin.uptimeNanoseconds) / 1_000_000_000
        print(
            String(
                format: "  %d events in %.2f s: %.0f events/s, %.0f deliveries/s", events, seconds, Double(events) / seconds,
                Double(events) / seconds))
        report(deliveries: events)
    }

    private func report(deliveries: Int?) {
        guard let router, let usage = Machine.usage(of: router.processIdentifier) else { return }
        let cpu = deliveries.map { String(format: "CPU %.2f s for 10,000 deliveries, ", usage.cpuSeconds * 10_000 / Double($0)) } ?? ""
        print("  \(cpu)peak memory \(usage.peakMegabytes) MB")
    }

    private func stage(_ number: Int) throws {
        let text = """
            {"id": "bench-\(number)", "type": "update", "source": "bench", "incident": {"id": "INC\(number)", \
            "title": "Payments API failing", "severity": "high", "service": "payments", "status": "open", \
            "description": "Card payments fail with 502 since 03:50.", "team": "payments", "labels": {"region": "eu-west-1"}}, \
            "message": "1 in 20 card payments fails, and the second region is being prepared."}
            """
        let descriptor = open("\(path)/queue/tmp/e\(number).json", O_WRONLY | O_CREAT | O_EXCL, 0o600)
        let written = Array(text.utf8).withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
        guard written == text.utf8.count else { throw Failed(description: "cannot write to \(path)") }
    }

    private func release(_ number: Int) { rename("\(path)/queue/tmp/e\(number).json", "\(path)/queue/e\(number).json") }

    private func start() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: tocsin)
        process.arguments = ["run"]
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        _ = FileManager.default.createFile(atPath: path + "/router.log", contents: nil)
        process.standardError = FileHandle(forWritingAtPath: path + "/router.log")
        try process.run()
        router = process
        let deadline = Date().addingTimeInterval(30)
        while (try? String(contentsOfFile: path + "/router.log", encoding: .utf8))?.contains("notice: running") != true {
            guard process.isRunning, Date() < deadline else {
                throw Failed(description: "the router does not start: see \(path)/router.log")
            }
            usleep(1_000)
        }
    }

    func end() async {
        if let router, router.isRunning {
            router.terminate()
            router.waitUntilExit()
        }
        await sandbox.stop()
        try? FileManager.default.removeItem(atPath: path)
    }
}
