// Events that come by HTTP, each on the disk before its 202, while the router takes, routes and delivers them.

import Dispatch
import Foundation
import Glibc

extension Scenario {
    static let http = Scenario(
        name: "http", title: "one event a request by HTTP, 64 connections, durable before the 202; one delivery an event"
    ) { conditions in
        try measure(conditions, requests: conditions.count(60_000, quick: 5_000), events: 1)
    }

    static let httpBatches = Scenario(
        name: "http-100", title: "100 events a request (NDJSON) by HTTP, 16 connections; one delivery an event"
    ) { conditions in
        try measure(conditions, requests: conditions.count(1_000, quick: 50), events: 100, connections: 16)
    }

    private static func measure(_ conditions: Conditions, requests: Int, events: Int, connections: Int = 64) throws {
        let receiver = try WebhookReceiver()
        let routes = Routes.oneRoom(receiver) + "http: {listen: \"127.0.0.1:0\", rate: unlimited, max_queue: 10000000}\n"
        let bench = try Workspace(tocsin: conditions.tocsin, routes: routes)
        let token = try bench.token(scope: "intake")
        try bench.start()
        let load = try HTTPLoad(port: try bench.httpPort(), token: token, connections: connections)
        let before = receiver.receiver.tally.count
        let cpu = (Machine.cpuSeconds(of: bench.process), Machine.seconds(of: CLOCK_THREAD_CPUTIME_ID))
        let machine = Machine.idleAndAll()
        let begin = DispatchTime.now().uptimeNanoseconds
        let type = events == 1 ? "application/json" : "application/x-ndjson"
        try load.run(requests) { number in
            let texts = (0..<events).map { BenchEvent.text(number * events + $0) }
            return load.request(texts.joined(separator: "\n"), type: type)
        }
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - begin) / 1e9
        let used = (Machine.cpuSeconds(of: bench.process) - cpu.0, Machine.seconds(of: CLOCK_THREAD_CPUTIME_ID) - cpu.1)
        let after = Machine.idleAndAll()
        let count = requests * events
        let delivered = receiver.receiver.tally.count - before
        Figures.say("\(count) events accepted in \(Figures.plain(seconds)) s", Double(count) / seconds, .atLeast(5_000, "/s"))
        let samples = Samples(load.latencies)
        Figures.say(
            "from request to 202: median \(Figures.plain(samples[50])) ms, 99 % under \(Figures.plain(samples[99])) ms; "
                + "\(delivered) were delivered by then")
        Figures.say(
            "CPU: router \(Figures.plain(used.0)) s (\(Figures.plain(used.0 * 1e6 / Double(count))) µs an event, with what it delivered), "
                + "producer \(Figures.plain(used.1)) s, idle \(Figures.plain(after.idle - machine.idle)) s")
        guard receiver.receiver.tally.wait(for: before + count, seconds: 300) else {
            throw Failed("\(receiver.receiver.tally.count - before) of \(count) messages arrived: events were lost")
        }
        let whole = Double(receiver.receiver.tally.last - begin) / 1e9
        Figures.say(
            "all delivered after \(Figures.plain(whole)) s: \(Figures.plain(Double(count) / whole)) events/s from request to receiver")
        Figures.say("peak memory: \(Machine.peakMegabytes(of: bench.process)) MB")
    }
}

extension Workspace {
    /// A token that may drop events.
    func token(scope: String) throws -> String {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = ["token", "create", "--scope", scope, "--name", "bench"]
        process.currentDirectoryURL = URL(fileURLWithPath: path)
        let pipe = Pipe()
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self).trimmed
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failed("`tocsin token create` failed: \(text)") }
        return text
    }

    /// Where the running router listens.
    func httpPort() throws -> UInt16 {
        let deadline = Date().addingTimeInterval(30)
        while Date() < deadline {
            for line in logged.split(separator: "\n") where line.contains("answers HTTP") {
                if let port = line.split(separator: ":").last.flatMap({ UInt16($0.prefix { $0.isNumber }) }) { return port }
            }
            usleep(5_000)
        }
        throw Failed("the router does not listen: \(logged.suffix(500))")
    }
}
