// A broadcast to 100,000 addresses, and what is critical in the middle of it: to another destination, and through the very
// one that the broadcast goes through.

import Dispatch
import Foundation

extension Scenario {
    static let broadcast = Scenario(
        name: "broadcast", title: "a broadcast to 100,000 addresses, with critical incidents in the middle"
    ) { conditions in
        let addresses = conditions.count(100_000, quick: 5_000)
        let probes = conditions.count(400, quick: 50)
        let receiver = try WebhookReceiver()
        let bench = try Workspace(tocsin: conditions.tocsin, routes: Routes.broadcast(receiver, addresses))
        try bench.start()
        let idle = try bench.latencies(probes, warming: 20, severity: "critical", receiver: receiver)
        let idleSame = try bench.latencies(probes, warming: 20, first: 10_000, severity: "critical", service: "same", receiver: receiver)
        Figures.say("a critical one without it: p50 \(Figures.plain(idle[50])) ms, p99 \(Figures.plain(idle[99])) ms")
        Figures.say("and by the gateway: p50 \(Figures.plain(idleSame[50])) ms, p99 \(Figures.plain(idleSame[99])) ms")
        Figures.say("memory before: \(Machine.peakMegabytes(of: bench.process)) MB (\(addresses) addresses stand in routes.yaml)")

        let before = receiver.tally.count
        let meter = LoadMeter(bench.process, receiver.receiver)
        try bench.stage(
            "broadcast.json",
            """
            {"id": "broadcast", "type": "broadcast", "source": "bench", "broadcast": {"id": "b1", "audience": ["everybody"], \
            "subject": "Payments", "message": "Card payments fail; we know why.", "by": "bench"}}
            """)
        bench.release("broadcast.json")
        guard receiver.tally.wait(for: before + addresses / 50, seconds: 120) else { throw Failed("the broadcast does not go out") }
        let with = try bench.latencies(probes, warming: 5, first: 20_000, severity: "critical", receiver: receiver)
        let same = try bench.latencies(probes, warming: 5, first: 30_000, severity: "critical", service: "same", receiver: receiver)
        let there = receiver.tally.count - before
        Figures.say("\(there) of \(addresses + 2 * probes + 10) were out when the last critical one had come")
        let all = addresses + 2 * (probes + 5)
        guard receiver.tally.wait(for: before + all, seconds: 900) else {
            throw Failed("\(receiver.tally.count - before) of \(all) messages arrived")
        }
        meter.result(messages: all).report(what: "messages")
        Figures.say("a critical one, p50 \(Figures.plain(with[50])) ms: of that without", with[50] / idle[50] * 100, .below(200, " %"))
        Figures.say("p99 \(Figures.plain(with[99])) ms: of that without", with[99] / idle[99] * 100, .below(200, " %"))
        Figures.say("by the same gateway: p50 \(Figures.plain(same[50])) ms, p99 \(Figures.plain(same[99])) ms")
        Figures.say("peak memory", Double(Machine.peakMegabytes(of: bench.process)), .below(200, " MB"))
        Thread.sleep(forTimeInterval: 1)
        if receiver.tally.count - before != all { throw Failed("\(receiver.tally.count - before) messages, and not \(all)") }
    }
}

extension Routes {
    /// A gateway for so many numbers, and a room; `same` pages somebody through the gateway.
    fileprivate static func broadcast(_ receiver: WebhookReceiver, _ addresses: Int) -> String {
        let numbers = (0..<addresses).map { "\"sms:+4420\(10_000_000 + $0)\"" }
        return """
            version: 1
            channels:
              room: {type: slack, webhook: "\(receiver.url("room"))", rate: unlimited}
              \(gateway(receiver))
            teams:
              everybody: [\(numbers.joined(separator: ", "))]
            routes:
              - {name: room, match: {service: payments, type: update}, to: [room]}
              - {name: same, match: {service: same, type: update}, to: ["sms:+442019999999"]}

            """
    }
}
