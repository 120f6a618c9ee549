// When the dispatcher looks again: at a time, or when somebody else has written to the ledger.

import Foundation
import Ledger

extension Dispatcher {
    /// Retries that fall due within this many seconds are looked for together.
    static let alarmGrain: TimeInterval = 0.05

    var nextAlarm: Date? { [laneAlarms.min?.at, dueAlarms.min?.at, ledgerAlarm].compactMap(\.self).min() }

    func setLedgerAlarm(_ at: Date) {
        let at = max(at, pipeline.clock().addingTimeInterval(Self.alarmGrain))
        ledgerAlarm = min(ledgerAlarm ?? at, at)
    }

    /// Something of a lane falls due then.
    func setDue(_ at: Date, of lane: String) {
        let at = max(at, pipeline.clock().addingTimeInterval(Self.alarmGrain))
        if let known = dues[lane], known <= at { return }
        dues[lane] = at
        dueAlarms.insert(LaneAlarm(at: at, lane: lane))
    }

    func ringAlarms(now: Date, looksIntoLedger: Bool = true) async {
        while let alarm = laneAlarms.min, alarm.at <= now {
            laneAlarms.removeMin()
            guard lanes[alarm.lane] != nil else { continue }
            change(alarm.lane) { lane in
                if lane.alarm == alarm.at { lane.alarm = nil }
            }
        }
        guard looksIntoLedger else { return }
        while let alarm = dueAlarms.min, alarm.at <= now {
            dueAlarms.removeMin()
            guard let due = dues[alarm.lane], due <= now else { continue }
            dues[alarm.lane] = nil
            change(alarm.lane) { $0.lookAgain() }
        }
        guard let due = ledgerAlarm, due <= now else { return }
        ledgerAlarm = nil
        await readLanes()
    }

    /// Looks for work in the ledger: at the start, after a reload, and when a command has changed something.
    func readLanes() async {
        do {
            for name in try await pipeline.ledger.lanes() {
                if let due = try await pipeline.ledger.nextDue(lane: name, after: pipeline.clock()) { setDue(due, of: name) }
                change(name) { $0.lookAgain() }
            }
        } catch {
            complain("the ledger cannot be read; trying again", error)
            setLedgerAlarm(pipeline.clock().addingTimeInterval(1))
        }
        bell.ring()
    }

    /// Which channels the operators have paused.
    ///
    /// - Returns: false where that could not be read.
    func readPauses() async -> Bool {
        let before = pauses
        do {
            pauses = Pauses(try await pipeline.ledger.pauses())
        } catch {
            complain("the ledger cannot be read; trying again", error)
            return false
        }
        let pauses = pauses
        if pauses != before { logger.notice("what is held back has changed", metadata: ["paused": "\(pauses)"]) }
        for name in lanes.keys { change(name) { lane in lane.release(where: pauses.holds) } }
        return true
    }

    /// Once a second: what commands changed in the ledger (`tocsin dead retry`, `tocsin pause`), which destinations are back,
    /// whose patience is over, whether the clock was set, and what `status` is to show.
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
        await hastenWhatIsBack()
        await failOverWhatIsDue()
        await failOverWhatIsStranded()
        giveUpWhatIsTooOld()
        await noteDestinations()
    }

    private func lookForChanges() async {
        guard let seen = try? await pipeline.ledger.changeMarker() else { return }
        if marker == seen { return }
        guard await readPauses() else { return }
        await readLanes()
        marker = seen
    }
}
