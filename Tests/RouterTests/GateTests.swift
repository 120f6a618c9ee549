// What waits for the HTTP side to listen, and what becomes of it where it never does.

import ServiceLifecycle
import Synchronization
import Testing

@testable import Router

@Suite struct GateTests {
    private struct Counting: Service {
        let runs: Counter
        func run() async throws { runs.count.withLock { $0 += 1 } }
    }

    private final class Counter: Sendable {
        let count = Mutex(0)
        var value: Int { count.withLock(\.self) }
    }

    @Test func whoWaitsGoesOnOnceTheyAreOpen() async throws {
        let (gate, counter) = (Gate(), Counter())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<20 { group.addTask { try await GatedService(service: Counting(runs: counter), gate: gate).run() } }
            try await Task.sleep(for: .milliseconds(50))
            #expect(counter.value == 0)
            gate.open()
            try await group.waitForAll()
        }
        #expect(counter.value == 20)
        #expect(await gate.passed(), "who comes later does not wait")
    }

    @Test func whereTheyStayShutNothingBegins() async throws {
        let (gate, counter) = (Gate(), Counter())
        let waiting = Task { try await GatedService(service: Counting(runs: counter), gate: gate).run() }
        try await Task.sleep(for: .milliseconds(20))
        waiting.cancel()
        try await waiting.value
        let late = Task { await gate.passed() }
        late.cancel()
        #expect(await late.value == false)
        #expect(counter.value == 0)
    }
}
