// A million open incidents with three promises each: what their clocks cost in memory and at the start, and how soon a thousand
// that are broken in the same second have been told.

import Dispatch
import Foundation

extension Scenario {
    static let timers = Scenario(name: "timers", title: "1,000,000 open incidents with three SLA clocks each") { conditions in
        let incidents = conditions.count(1_000_000, quick: 20_000)
        let due = 1_000
        let receiver = try WebhookReceiver()
        let bench = try Workspace(tocsin: conditions.tocsin, routes: Routes.timers(receiver))

        try bench.start()
        let built = DispatchTime.now().uptimeNanoseconds
        try bench.dropIncidents(incidents)
        let seconds = Double(DispatchTime.now().uptimeNanoseconds - built) / 1e9
        Figures.say("built from .ndjson files in \(Figures.plain(seconds)) s: \(Figures.plain(Double(incidents) / seconds)) events/s")
        Figures.say("peak memory while it was built", Double(Machine.peakMegabytes(of: bench.process)), .below(200, " MB"))
        bench.stop()

        Figures.say("start-up with all of them, until it runs", try bench.start(), .below(2, " s"))
        // In whole seconds, and far enough ahead for all to be taken.
        let moment = Date(timeIntervalSince1970: (Date().timeIntervalSince1970 + 10).rounded(.up))
        try bench.dropPromises(due, brokenAt: moment)
        let left = moment.timeIntervalSinceNow
        guard left > 0.5 else { throw Failed("the events were not taken before they fell due") }
        let mark = DispatchTime.now().uptimeNanoseconds + UInt64(left * 1e9)
        guard receiver.tally.wait(for: due, seconds: left + 60) else { throw Failed("\(receiver.tally.count) of \(due) were told") }
        let told = Double(receiver.tally.last) - Double(mark)
        Figures.say("\(due) promises broken in the same second, until the last was told", told / 1e9, .below(1, " s"))
        // An idle second, with all of them waiting.
        let before = Machine.cpuSeconds(of: bench.process)
        Thread.sleep(forTimeInterval: 5)
        let idle = (Machine.cpuSeconds(of: bench.process) - before) / 5
        Figures.say("CPU of the router when nothing is due: \(Figures.plain(idle * 1_000)) ms a second")
        Figures.say("peak memory", Double(Machine.peakMegabytes(of: bench.process)), .below(200, " MB"))
        bench.stop()
    }
}

extension Workspace {
    /// Low incidents, whose promises are kept for months, in files of many lines; taken and committed when this returns.
    fileprivate func dropIncidents(_ count: Int) throws {
        for first in stride(from: 0, to: count, by: 50_000) {
            let lines = (first..<min(first + 50_000, count)).map { BenchEvent.text($0, severity: "low") }
            let name = "timers-\(first).ndjson"
            try stage(name, lines.joined(separator: "\n") + "\n")
            release(name)
        }
        try waitUntilTaken(seconds: 1_800)
    }

    /// Critical incidents that opened so long ago that their promise is broken at that moment.
    fileprivate func dropPromises(_ count: Int, brokenAt moment: Date) throws {
        let opened = moment.addingTimeInterval(-3_600).formatted(.iso8601)
        let lines = (0..<count).map { number in
            """
            {"id": "due-\(number)", "type": "status_change", "source": "bench", "incident": {"id": "DUE\(number)", \
            "title": "Payments API failing", "severity": "critical", "status": "open", "service": "payments", "opened_at": "\(opened)"}}
            """
        }
        try stage("due.ndjson", lines.joined(separator: "\n") + "\n")
        release("due.ndjson")
        try waitUntilTaken(seconds: 60)
    }
}
