// From the rename of one file to the receipt of its message, one after another, with nothing else to do.

import Dispatch
import Glibc

extension Scenario {
    static let latency = Scenario(name: "latency", title: "idle latency: rename of a file to receipt of its message") { conditions in
        let receiver = try WebhookReceiver()
        let bench = try Workspace(tocsin: conditions.tocsin, routes: Routes.oneRoom(receiver))
        try bench.start()
        let samples = try bench.latencies(conditions.count(2_000, quick: 200), warming: 50, receiver: receiver)
        Figures.say("p50", samples[50], .below(3, " ms"))
        Figures.say("p99", samples[99], .below(10, " ms"))
        Figures.say("worst \(Figures.plain(samples.worst)) ms of \(samples.count) events, 5 ms apart")
        Figures.say("peak memory", Double(Machine.peakMegabytes(of: bench.process)), .below(100, " MB"))
    }
}

extension Workspace {
    /// Latencies in milliseconds of events that are dropped one by one.
    func latencies(
        _ count: Int, warming: Int = 0, first: Int = 0, severity: String = "high", service: String = "payments", receiver: WebhookReceiver
    ) throws -> Samples {
        var milliseconds: [Double] = []
        for number in first..<(first + warming + count) {
            let name = BenchEvent.name(number)
            try stage(name, BenchEvent.text(number, service: service, severity: severity, message: "probe number \(number)."))
            usleep(5_000)
            var start: UInt64 = 0
            let there = receiver.tally.wait(for: "probe number \(number).", seconds: 20) {
                start = DispatchTime.now().uptimeNanoseconds
                release(name)
            }
            guard let there else { throw Failed("event \(number) did not arrive within 20 s") }
            if number >= first + warming { milliseconds.append(Double(there - start) / 1_000_000) }
        }
        return Samples(milliseconds)
    }
}
