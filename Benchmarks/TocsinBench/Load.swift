// Events, and how they are dropped: written aside beforehand, then renamed into the queue by the main thread, so many at most on
// their way at a time.

import Dispatch
import Foundation
import Glibc

enum BenchEvent {
    /// An event of about 400 bytes, of an incident of its own.
    static func text(_ number: Int, service: String = "payments", severity: String = "high", message: String? = nil) -> String {
        """
        {"id": "bench-\(number)", "type": "update", "source": "bench", "incident": {"id": "INC\(number)", \
        "title": "Payments API failing", "severity": "\(severity)", "service": "\(service)", "status": "open", \
        "description": "Card payments fail with 502 since 03:50.", "team": "payments", "labels": {"region": "eu-west-1"}}, \
        "message": "\(message ?? "1 in 20 card payments fails, and the second region is being prepared.")"}
        """
    }

    static func name(_ number: Int) -> String { "e\(number).json" }
}

/// What a load took.
struct LoadResult {
    var messages: Int
    var seconds: Double
    var routerCPU: Double
    var receiverCPU: Double
    var producerCPU: Double
    var peakMegabytes: Int
    /// Of all cores together, in CPU seconds.
    var idle: Double
    var all: Double

    var rate: Double { Double(messages) / seconds }

    /// - Parameters:
    ///   - note: said behind what was counted.
    ///   - program: whose CPU `routerCPU` is.
    func report(what: String, note: String = "", mark: Mark? = nil, program: String = "router") {
        let text = "\(messages) \(what)\(note) in \(Figures.plain(seconds)) s"
        if let mark { Figures.say(text, rate, mark) } else { Figures.say("\(text): \(Figures.plain(rate))/s") }
        func share(_ cpu: Double) -> String { "\(Figures.plain(cpu)) s (\(Int((cpu / all * 100).rounded())) %)" }
        Figures.say(
            "CPU: \(program) \(share(routerCPU)), receiver \(share(receiverCPU)), producer \(share(producerCPU)), idle \(share(idle)); "
                + "\(program) \(Figures.plain(routerCPU * 10_000 / Double(messages))) s for 10,000 \(what)")
    }

    func reportMemory(below megabytes: Double = 100) {
        Figures.say("peak memory", Double(peakMegabytes), .below(megabytes, " MB"))
    }
}

/// Looks at the clocks at the beginning and at the end of a load.
struct LoadMeter {
    private let process: Int32
    private let receiver: Receiver
    private let cpu: (router: Double, receiver: Double, producer: Double)
    private let machine = Machine.idleAndAll()
    private let begin = DispatchTime.now().uptimeNanoseconds

    init(_ process: Int32, _ receiver: Receiver) {
        self.process = process
        self.receiver = receiver
        cpu = (Machine.cpuSeconds(of: process), receiver.cpuSeconds, Machine.seconds(of: CLOCK_THREAD_CPUTIME_ID))
    }

    func result(messages: Int) -> LoadResult {
        let end = Machine.idleAndAll()
        return LoadResult(
            messages: messages, seconds: Double(receiver.tally.last - begin) / 1e9, routerCPU: Machine.cpuSeconds(of: process) - cpu.router,
            receiverCPU: receiver.cpuSeconds - cpu.receiver, producerCPU: Machine.seconds(of: CLOCK_THREAD_CPUTIME_ID) - cpu.producer,
            peakMegabytes: Machine.peakMegabytes(of: process), idle: end.idle - machine.idle, all: max(0.01, end.all - machine.all))
    }
}

extension Workspace {
    /// Drops events that have been staged and waits for their messages.
    ///
    /// - Parameters:
    ///   - names: files that lie in `queue/tmp/`.
    ///   - each: messages for each file.
    ///   - window: files dropped whose messages have not all come, at most.
    func load(_ names: [String], each: Int = 1, window: Int = 8_192, into receiver: Receiver) throws -> LoadResult {
        let before = receiver.tally.count
        let meter = LoadMeter(process, receiver)
        for (index, name) in names.enumerated() {
            if index % 64 == 0, index >= window {
                guard receiver.tally.wait(for: before + (index - window) * each, seconds: 120) else {
                    throw Failed("\(receiver.tally.count - before) messages of \(index) files after 120 s")
                }
            }
            release(name)
        }
        let messages = names.count * each
        guard receiver.tally.wait(for: before + messages, seconds: 600) else {
            throw Failed("\(receiver.tally.count - before) of \(messages) messages arrived")
        }
        return meter.result(messages: messages)
    }

    /// Stages so many events.
    ///
    /// - Returns: their files' names.
    func stage(_ numbers: Range<Int>, _ text: (Int) -> String = { BenchEvent.text($0) }) throws -> [String] {
        try numbers.map { number in
            try stage(BenchEvent.name(number), text(number))
            return BenchEvent.name(number)
        }
    }
}
