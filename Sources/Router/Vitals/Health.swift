// Whether the router is well: a pure judgement of what was measured. Nothing of it names a person, an incident or a path.

import Foundation
import Ledger
import Routing
import Spool

/// One thing that must be so for the router to do its work.
public struct HealthCheck: Sendable, Equatable {
    public var name: String
    /// Why it is not so; nil: it is.
    public var fault: String?

    public var isFine: Bool { fault == nil }
}

/// All of them.
public struct Health: Sendable, Equatable {
    public var checks: [HealthCheck]

    /// All is well: events are taken, and at least some channel gets through.
    public var isReady: Bool { checks.allSatisfy(\.isFine) }
    /// The faults in one line; nil where there are none.
    public var faults: String? {
        let faults = checks.compactMap { check in check.fault.map { "\(check.name): \($0)" } }
        return faults.isEmpty ? nil : faults.joined(separator: "; ")
    }

    /// - Parameters:
    ///   - reading: what was measured last; nil: nothing yet.
    ///   - age: seconds since then.
    ///   - limit: seconds after which it is too old to be relied on.
    ///   - hasStarted: the way in, and the HTTP side where there is one, have begun.
    ///   - stuck: parts that do not get on with their work.
    init(_ reading: VitalReading?, age: TimeInterval, limit: TimeInterval, hasStarted: Bool, stuck: [String]) {
        var router: String?
        if !hasStarted || reading == nil {
            router = "it is starting"
        } else if !stuck.isEmpty {
            router = "\(stuck.joined(separator: ", ")): no progress"
        } else if age > limit {
            router = "it has not been looked at for \(Int(age)) s"
        }
        checks = [HealthCheck(name: "router", fault: router)]
        guard let reading else { return }
        checks.append(HealthCheck(name: "ledger", fault: reading.ledgerFault.map { "it cannot be written: \($0)" }))
        checks.append(HealthCheck(name: "queue", fault: reading.queueFault.map { "it cannot be watched: \($0)" }))
        checks.append(HealthCheck(name: "channels", fault: Self.outage(reading)))
        let full = reading.disks.filter(\.space.isNearlyFull)
        checks.append(
            HealthCheck(
                name: "disk",
                fault: full.isEmpty
                    ? nil
                    : full.map { "of the \($0.name) is nearly full: \(Amount.bytes($0.space.free)) left" }.joined(separator: ", ")))
    }

    /// Nothing gets through any more: of all configured channels the breakers are open.
    private static func outage(_ reading: VitalReading) -> String? {
        guard !reading.channels.isEmpty, reading.channels.allSatisfy(reading.failing.contains) else { return nil }
        return reading.channels.count == 1 ? "the only one does not get through" : "none of \(reading.channels.count) gets through"
    }
}

/// What was measured at one time.
public struct VitalReading: Sendable {
    /// The room on one disk.
    public struct Disk: Sendable {
        /// `state`, `queue`.
        public var name: String
        public var space: DiskSpace
    }

    public var at: Date
    public var queue = SpoolCounts()
    /// When the oldest file that waits was last written.
    public var oldestFile: Date?
    public var summary: LedgerSummary?
    /// By severity, as it was judged.
    public var openIncidents: [String: Int] = [:]
    /// Bytes.
    public var ledgerSize = 0
    public var logSize = 0
    public var disks: [Disk] = []
    public var monitors: [Monitor] = []
    /// All that are configured.
    public var channels: [String] = []
    /// Those whose breakers are not closed.
    public var failing: Set<String> = []
    /// Attempts on their way.
    public var underWay = 0
    /// Why the ledger could not be written, in a word.
    public var ledgerFault: String?
    /// Why the queue could not be looked into, in a word.
    public var queueFault: String?
}
