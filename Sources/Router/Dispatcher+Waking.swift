// When the dispatcher looks again: at a time, or when somebody else has written to the ledger.

import Foundation
import Ledger

extension Dispatcher {
    /// Retries that fall due within this many seconds are looked for together.
    static let alarmGrain: TimeInterval = 0.05

    var nextAlarm: Date? {
        guard let lane = laneAlarms.min?.at else { return ledgerAlarm }
        return min(lane, ledgerAlarm ?? lane)
    }

    func setLedgerAlarm(_ at: Date) {
        let at = max(at, pipeline.clock().addingTimeInterval(Self.alarmGrain))
        ledgerAlarm = min(ledgerAlarm ?? at, at)
    }

    func ringAlarms(now: Date, looksIntoLedger: Bool = true) async {
        while let alarm = laneAlarms.min, alarm.at <= now {
            laneAlarms.removeMin()
            if lanes[alarm.lane] != nil { change(alarm.lane) { _ in } }
        }
        guard looksIntoLedger, let due = ledgerAlarm, due <= now else { return }
        ledgerAlarm = nil
        await readLanes()
    }

    /// Looks for work in the ledger: at the start, when something falls due, after a reload, and when a command has
    /// changed something.
    func readLanes() async {
        do {
            for name in try await pipeline.ledger.lanes() { change(name) { $0.lookAgain() } }
            if let due = try await pipeline.ledger.nextDue(after: pipeline.clock()) { setLedgerAlarm(due) }
        } catch {
            complain("the ledger cannot be read; trying again", error)
            setLedgerAlarm(pipeline.clock().addingTimeInterval(1))
        }
        bell.ring()
    }

    /// Which channels the operators have paused.
    func readPauses() async {
        do {
            pauses = Pauses(try await pipeline.ledger.pauses())
        } catch {
            return complain("the ledger cannot be read; trying again", error)
        }
        let pauses = pauses
        for name in lanes.keys { change(name) { lane in lane.release(where: pauses.holds) } }
    }

    /// Once a second: what commands changed in the ledger (`tocsin dead retry`, `tocsin pause`), whose patience is over,
    /// whether the clock was set, and what `status` is to show.
    nonisolated func keepTime() async {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            if Task.isCancelled { return }
            await tick()
        }
    }

    private func tick() async {
        await mindTheClock()
        await lookForChanges()
        await failOverWhatIsDue()
        await failOverWhatIsStranded()
        giveUpWhatIsTooOld()
        await noteDestinations()
    }

    private func lookForChanges() async {
        guard let seen = try? await pipeline.ledger.changeMarker() else { return }
        if marker != seen {
            await readPauses()
            await readLanes()
        }
        marker = seen
    }
}
