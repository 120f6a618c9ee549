// Measures the built program from outside: event files in, messages at a local receiver out, everything durable.
// Usage: tocsin-bench path/to/tocsin [--quick] [SCENARIO...]

import Foundation
import Glibc

@main
struct TocsinBench {
    static func main() {
        let arguments = CommandLine.arguments.dropFirst()
        let words = arguments.filter { !$0.hasPrefix("--") }
        let wanted = words.dropFirst().map { word in (Scenario.all + Scenario.others).first { $0.name == word } }
        guard let tocsin = words.first, !wanted.contains(where: { $0 == nil }),
            arguments.allSatisfy({ !$0.hasPrefix("--") || $0 == "--quick" })
        else {
            print("usage: tocsin-bench path/to/tocsin [--quick] [SCENARIO...]")
            for scenario in Scenario.all + Scenario.others {
                print("  \(scenario.name.padding(toLength: 14, withPad: " ", startingAt: 0))\(scenario.title)")
            }
            exit(64)
        }
        let conditions = Conditions(tocsin: tocsin, isQuick: arguments.contains("--quick"))
        describe(conditions)
        var failed = false
        for scenario in wanted.isEmpty ? Scenario.all : wanted.compactMap(\.self) {
            Figures.line("\n\(scenario.name): \(scenario.title)")
            do {
                try scenario.run(conditions)
            } catch {
                failed = true
                Figures.say("not measured: \(error)")
            }
        }
        exit(failed ? 1 : 0)
    }

    private static func describe(_ conditions: Conditions) {
        Figures.line(
            """
            conditions: \(Machine.cores) cores (\(Machine.processor)), Linux \(Machine.kernel)
                        shared by the producer, the router and the receiver; every event and every outcome durable
                        one fsync of a 4 kB append here: \(Machine.fsyncMicroseconds()) µs (median of 200)
                        producer: renames files that were written beforehand; one thread
                        receiver: one thread, reads a message to its end, counts it, answers `ok`; checks nothing
                        every channel with `rate: unlimited` and four connections a destination\
            \(conditions.isQuick ? "\n            QUICK: small figures, not the marks' own" : "")
            """)
    }
}
