// When the dispatcher looks again: at a time, or when somebody else has written to the ledger.

import Foundation
import Ledger

extension Dispatcher {
    /// Retries that fall due within this many seconds are looked for together.
    static let alarmGrain: TimeInterval = 0.05

    var nextAlarm: Date? { (laneAlarms.values.min()).map { min($0, ledgerAlarm ?? $0) } ?? ledgerAlarm }

    func setLedgerAlarm(_ at: Date) {
        let at = max(at, pipeline.clock().addingTimeInterval(Self.alarmGrain))
        ledgerAlarm = min(ledgerAlarm ?? at, at)
    }

    func ringAlarms(now: Date) async {
        laneAlarms = laneAlarms.filter { $0.value > now }
        guard let due = ledgerAlarm, due <= now else { return }
        ledgerAlarm = nil
        await readLanes()
    }

    /// Looks for work in the ledger: at the start, when something falls due, after a reload, and when a command has
    /// changed something.
    func readLanes() async {
        do {
            for name in try await pipeline.ledger.lanes() { lanes[name, default: Lane(name: name)].lookAgain() }
            if let due = try await pipeline.ledger.nextDue(after: pipeline.clock()) { setLedgerAlarm(due) }
        } catch {
            complain("the ledger cannot be read; trying again", error)
            setLedgerAlarm(pipeline.clock().addingTimeInterval(1))
        }
        bell.ring()
    }

    /// Notices what commands changed in the ledger (`tocsin dead retry`).
    nonisolated func watchLedger() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            if Task.isCancelled { return }
            await mindTheClock()
            await lookForChanges()
        }
    }

    private func lookForChanges() async {
        guard let seen = try? await pipeline.ledger.changeMarker() else { return }
        if marker != seen { await readLanes() }
        marker = seen
    }
}
