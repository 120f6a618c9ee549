// Looks every few seconds at how the router is: asks each vital part for an answer, and measures. What health, metrics, the
// heartbeat and systemd's watchdog say is read from here. Nothing is measured where nobody wants to know.

import Foundation
import Ledger
import Routing
import ServiceLifecycle
import Spool
import Synchronization

/// How the router is.
public final class Vitals: Service {
    /// Seconds between two looks.
    public static let interval: TimeInterval = 5
    /// Seconds without an answer after which a part counts as stuck, at least.
    static let patience: TimeInterval = 30
    /// Files whose age is looked at, and names that are counted, at most.
    static let ageLimit = 2_000
    static let countLimit = 50_000

    /// What is asked for an answer, by name.
    struct Part: Sendable {
        var name: String
        var ask: @Sendable () async -> Void
    }

    private struct State {
        var reading: VitalReading?
        var readAt = ContinuousClock.now
        /// Questions that have not been answered, since when.
        var asked: [String: ContinuousClock.Instant] = [:]
        var ledgerFault: String?
        var failing: Set<String> = []
        var underWay = 0
        var intakeRuns = false
        var listens = false
    }

    /// Open once the HTTP side listens.
    let listening = Gate()
    private let state = Mutex(State())
    private let setup: CurrentSetup
    private let ledger: LedgerStore
    private let dispatcher: Dispatcher
    /// Loops, by name.
    private let beats: [String: Beat]
    private let expectsHTTP: Bool
    private let patience: TimeInterval
    private let interval: TimeInterval
    private let isWanted: @Sendable () -> Bool
    private let clock: @Sendable () -> Date

    /// - Parameters:
    ///   - patience: seconds that a part may take for an answer.
    ///   - isWanted: somebody wants to know.
    init(
        setup: CurrentSetup, ledger: LedgerStore, dispatcher: Dispatcher, beats: [String: Beat], patience: TimeInterval = Vitals.patience,
        interval: TimeInterval = Vitals.interval, clock: @escaping @Sendable () -> Date = { Date() },
        isWanted: @escaping @Sendable () -> Bool
    ) {
        self.setup = setup
        self.ledger = ledger
        self.dispatcher = dispatcher
        self.beats = beats
        self.patience = patience
        self.interval = interval
        self.isWanted = isWanted
        self.clock = clock
        expectsHTTP = setup.value.configuration.http != nil
    }

    /// What was measured last; nil: nothing yet.
    public var reading: VitalReading? { state.withLock(\.reading) }

    public var health: Health {
        let (reading, readAt) = state.withLock { ($0.reading, $0.readAt) }
        let age = readAt.duration(to: .now) / .seconds(1)
        return Health(reading, age: age, limit: 3 * interval + patience, hasStarted: hasStarted, stuck: stuck)
    }

    /// The way in has begun, and the HTTP side listens where there is one.
    public var hasStarted: Bool { state.withLock { $0.intakeRuns && ($0.listens || !expectsHTTP) } }

    /// Parts that were asked, or are at work, and have not got on for longer than they may.
    public var stuck: [String] {
        let now = ContinuousClock.now
        let unanswered = state.withLock { state in
            state.asked.filter { $0.value.duration(to: now) / .seconds(1) > patience }.map(\.key)
        }
        let still = beats.filter { ($0.value.silence ?? 0) > patience }.map(\.key)
        return (unanswered + still).sorted()
    }

    func intakeRuns() { state.withLock { $0.intakeRuns = true } }

    /// The HTTP side listens.
    ///
    /// - Parameter address: where, for `tocsin status`.
    public func listens(at address: String) {
        state.withLock { $0.listens = true }
        listening.open()
        Task { try? await ledger.noteListening(address) }
    }

    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                if self.isWanted() { await self.look() }
                try? await Task.sleep(for: .seconds(self.interval))
            }
        }
    }

    /// One look: asks the parts, and measures.
    func look() async {
        for part in parts { ask(part) }
        let reading = await measure()
        state.withLock { state in
            state.reading = reading
            state.readAt = .now
        }
    }

    private var parts: [Part] {
        [
            Part(name: "ledger") { [self] in
                let fault: String?
                do throws(LedgerError) {
                    try await ledger.noteAlive(clock())
                    fault = nil
                } catch {
                    fault = error.code.rawValue
                }
                state.withLock { $0.ledgerFault = fault }
            },
            Part(name: "dispatcher") { [self] in
                let pulse = await dispatcher.pulse()
                state.withLock { state in
                    state.failing = pulse.failing
                    state.underWay = pulse.underWay
                }
            },
        ]
    }

    /// A part that still owes an answer is not asked again.
    private func ask(_ part: Part) {
        let isFirst = state.withLock { state in
            if state.asked[part.name] != nil { return false }
            state.asked[part.name] = .now
            return true
        }
        guard isFirst else { return }
        Task {
            await part.ask()
            state.withLock { $0.asked[part.name] = nil }
        }
    }

    private func measure() async -> VitalReading {
        let configuration = setup.value.configuration
        let router = configuration.router
        var reading = await Blocking.run { [clock] in
            var reading = VitalReading(at: clock())
            do throws(SpoolError) {
                reading.queue = try SpoolCounts.of(queue: router.queue, limit: Self.countLimit)
                reading.oldestFile = try SpoolCounts.oldest(in: router.queue, limit: Self.ageLimit)
            } catch {
                reading.queueFault = error.code.rawValue
            }
            for (name, path) in [("state", router.state), ("queue", router.queue)] {
                if let space = DiskSpace.of(path) { reading.disks.append(VitalReading.Disk(name: name, space: space)) }
            }
            return reading
        }
        // A short wait for the answers, so that what they say is of now.
        for _ in 0..<20 where state.withLock({ !$0.asked.isEmpty }) { try? await Task.sleep(for: .milliseconds(10)) }
        reading.summary = try? await ledger.summary(now: reading.at)
        reading.openIncidents = (try? await ledger.openIncidents(bySeverityOrElse: configuration.router.assumedSeverity.name)) ?? [:]
        if !configuration.table.deadMen.isEmpty { reading.monitors = (try? await ledger.monitors()) ?? [] }
        (reading.ledgerSize, reading.logSize) = ledger.sizes
        reading.channels = configuration.channels.map(\.name)
        state.withLock { state in
            reading.ledgerFault = state.ledgerFault
            reading.failing = state.failing
            reading.underWay = state.underWay
        }
        return reading
    }
}

extension VitalReading {
    /// For people: `No incident is open, the queue is empty, nothing is dead.`
    public var words: String {
        let isOverdue = summary?.oldestDue.map { at.timeIntervalSince($0) > VitalSigns.patience } ?? false
        return VitalSigns(
            openIncidents: summary?.openIncidents ?? 0, dead: summary?.needsMending ?? 0,
            overdue: isOverdue ? summary?.undeliveredDue ?? 0 : 0, queued: queue.waiting
        ).words
    }
}
