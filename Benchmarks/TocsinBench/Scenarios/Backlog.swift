// A million deliveries that wait: what they cost in memory, at the start, and to what comes after them.

import Dispatch
import Foundation

extension Scenario {
    static let backlog = Scenario(
        name: "backlog", title: "1,000,000 low deliveries waiting in ten lanes (100,000 events of ten recipients)"
    ) { conditions in
        let events = conditions.count(100_000, quick: 5_000)
        let load = conditions.count(100_000, quick: 5_000)
        let receiver = try WebhookReceiver()
        receiver.set(.retryAfter(seconds: 3_600), for: "held")
        let bench = try Workspace(tocsin: conditions.tocsin, routes: Routes.backlog(receiver))

        // The rate without a backlog, in the same configuration.
        try bench.start()
        let without = try bench.load(try bench.stage(0..<load), into: receiver.receiver)
        without.report(what: "events", note: " without a backlog")

        let built = DispatchTime.now().uptimeNanoseconds
        try bench.dropBacklog(events, first: 10_000_000)
        Figures.say(
            "built from .ndjson files in \(Figures.plain(Double(DispatchTime.now().uptimeNanoseconds - built) / 1e9)) s; "
                + "\(receiver.tally.turnedAway) attempts were answered 429 with Retry-After")
        Figures.say("peak memory while it was built", Double(Machine.peakMegabytes(of: bench.process)), .below(200, " MB"))
        bench.stop()

        try bench.startBehindBacklog(receiver)
        let with = try bench.load(try bench.stage(2_000_000..<(2_000_000 + load)), into: receiver.receiver)
        with.report(what: "events", note: " with the backlog")
        Figures.say("rate with the backlog, of that without", with.rate / without.rate * 100, .atLeast(80, " %"))

        let probes = conditions.count(500, quick: 100)
        let other = try bench.latencies(probes, warming: 10, first: 3_000_000, severity: "critical", receiver: receiver)
        Figures.say("a critical one to a healthy destination: p50 \(Figures.plain(other[50])) ms, p99 \(Figures.plain(other[99])) ms")
        Figures.say("peak memory with the backlog", Double(Machine.peakMegabytes(of: bench.process)), .below(200, " MB"))
        bench.stop()

        try bench.probeSameLane(receiver, probes)
    }
}

extension Workspace {
    /// Low events in files of many lines, taken and committed when this returns.
    fileprivate func dropBacklog(_ events: Int, first: Int) throws {
        var number = first
        while number < first + events {
            let end = min(number + 50_000, first + events)
            let lines = (number..<end).map { BenchEvent.text($0, severity: "low") }
            let name = "backlog-\(number).ndjson"
            try stage(name, lines.joined(separator: "\n") + "\n")
            release(name)
            number = end
        }
        try waitUntilTaken(seconds: 900)
    }

    /// How long it takes until the router runs, and until an event that lies in the queue is delivered.
    fileprivate func startBehindBacklog(_ receiver: WebhookReceiver) throws {
        try stage("first.json", BenchEvent.text(1_900_000, severity: "critical", message: "first of all."))
        // As a producer left it that finished long ago: a younger file is waited for, in case its writer has not ended.
        try age("first.json", seconds: 60)
        release("first.json")
        let begin = DispatchTime.now().uptimeNanoseconds
        var seconds = 0.0
        let there = try receiver.tally.wait(for: "first of all.", seconds: 60) { seconds = try start() }
        Figures.say("start-up with the backlog, until it runs", seconds, .below(2, " s"))
        guard let there else { throw Failed("the first delivery did not come within 60 s") }
        Figures.say("start-up with the backlog, until the first delivery", Double(there - begin) / 1e9, .below(2, " s"))
    }

    /// Critical events to a destination that works through its backlog, four at a time, 8 ms each.
    fileprivate func probeSameLane(_ receiver: WebhookReceiver, _ probes: Int) throws {
        receiver.set(.late(milliseconds: 8), for: "held0")
        try start()
        let before = receiver.tally.count
        Thread.sleep(forTimeInterval: 1)
        let rate = receiver.tally.count - before
        let same = try latencies(probes, warming: 10, first: 4_000_000, severity: "critical", service: "held", receiver: receiver)
        Figures.say(
            "a critical one to a destination with 100,000 low ones before it, which answers after 8 ms on each of 4 connections "
                + "(\(rate)/s before): p50 \(Figures.plain(same[50])) ms, p99 \(Figures.plain(same[99])) ms")
    }
}
