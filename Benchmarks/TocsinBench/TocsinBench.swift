// Measures the built program from outside: event files in, messages at a local receiver out, everything durable.
// Usage: tocsin-bench path/to/tocsin [events]

import Foundation
import Glibc
import Sandbox

@main @MainActor
struct TocsinBench {
    static func main() async throws {
        let arguments = CommandLine.arguments
        guard arguments.count >= 2 else {
            print("usage: tocsin-bench path/to/tocsin [events]")
            exit(64)
        }
        let events = arguments.count > 2 ? Int(arguments[2]) ?? 20_000 : 20_000
        print("conditions: \(Machine.cores) cores shared by producer, router and receiver; every event and outcome durable")
        print("            one fsync of a 4 kB append here: \(Machine.fsyncMicroseconds()) µs (median of 200)")

        try await measure("idle latency", tocsin: arguments[1]) { bench in try await bench.latency(samples: 500) }
        try await measure("one delivery an event, files dropped while it runs", tocsin: arguments[1]) { bench in
            try await bench.throughput(events: events, waitingFirst: false)
        }
        try await measure("one delivery an event, files waiting at the start", tocsin: arguments[1]) { bench in
            try await bench.throughput(events: events, waitingFirst: true)
        }
    }

    static func measure(_ title: String, tocsin: String, _ body: (Bench) async throws -> Void) async throws {
        print("\n\(title)")
        let bench = try await Bench(tocsin: tocsin)
        do {
            try await body(bench)
            await bench.end()
        } catch {
            await bench.end()
            throw error
        }
    }
}
