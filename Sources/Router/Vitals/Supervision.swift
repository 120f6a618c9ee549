// Tells the service manager how the router is: ready once events are taken and the HTTP side listens, alive while the vital
// parts get on with their work, stopping as soon as it is asked to stop. A part that is stuck lets the watchdog bite.

import Foundation
import ServiceLifecycle

/// What systemd hears.
struct Supervision: Service {
    let manager: ServiceManager
    let vitals: Vitals
    /// Seconds between two looks until the router is ready.
    static let grain: TimeInterval = 0.05

    /// Half of what the watchdog allows; without one, as often as the status is worth looking at.
    static func interval(_ watchdog: TimeInterval?) -> TimeInterval { min(Vitals.interval, watchdog.map { $0 / 2 } ?? Vitals.interval) }

    /// Seconds without progress after which a part counts as stuck: more than what waits for another program that holds the
    /// ledger, however short the watchdog.
    static func patience(_ watchdog: TimeInterval?) -> TimeInterval { max(Vitals.patience, watchdog.map { $0 / 2 } ?? 0) }

    func run() async throws {
        await withTaskCancellationOrGracefulShutdownHandler {
            while !vitals.hasStarted {
                if isOver { return }
                try? await Task.sleep(for: .seconds(Self.grain))
            }
            var status = self.status
            manager.tell(["READY=1", "STATUS=\(status)"])
            while !isOver {
                var lines: [String] = []
                if manager.watchdog != nil, vitals.stuck.isEmpty { lines.append("WATCHDOG=1") }
                let now = self.status
                if now != status {
                    status = now
                    lines.append("STATUS=\(status)")
                }
                if !lines.isEmpty { manager.tell(lines) }
                await sleep(Self.interval(manager.watchdog))
            }
        } onCancelOrGracefulShutdown: { [manager] in
            manager.tell(["STOPPING=1", "STATUS=Ends what is under way."])
        }
    }

    private var isOver: Bool { Task.isCancelled || Task.isShuttingDownGracefully }

    /// In steps, so that a stop is noticed.
    private func sleep(_ seconds: TimeInterval) async {
        let end = ContinuousClock.now + .seconds(seconds)
        while !isOver, ContinuousClock.now < end {
            let left = ContinuousClock.now.duration(to: end)
            try? await Task.sleep(for: min(left, .milliseconds(200)))
        }
    }

    private var status: String {
        guard vitals.reading != nil else { return "Takes events." }
        if let faults = vitals.health.faults { return "Not well. \(faults)" }
        return vitals.reading?.words ?? ""
    }
}
