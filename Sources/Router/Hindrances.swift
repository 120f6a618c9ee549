// What keeps messages from going out: pauses, breakers, rates, full disks, a refused reload.

import Foundation
import Ledger
import Settings

/// What hinders the router, as the ledger and the disks say.
public struct Hindrances: Sendable {
    public var summary: LedgerSummary
    public var isRunning: Bool
    /// Of the state and the queue; one for each file system.
    public var disks: [(path: String, space: DiskSpace)]
    public var now: Date

    public init(_ summary: LedgerSummary, isRunning: Bool, router: RouterSettings, now: Date) {
        self.summary = summary
        self.isRunning = isRunning
        self.now = now
        disks = DiskSpace.each(of: [router.state, router.queue])
    }

    /// What the router said of its destinations holds only while it runs.
    public var destinations: [DestinationState] { isRunning ? summary.destinations : [] }
}

extension LedgerSummary {
    /// Pending and retrying deliveries.
    ///
    /// - Parameter channel: nil: of all.
    public func unfinished(through channel: String?) -> Int {
        let states = channel.map { channels[$0] ?? [:] } ?? deliveries
        return (states[.pending] ?? 0) + (states[.retrying] ?? 0)
    }
}
