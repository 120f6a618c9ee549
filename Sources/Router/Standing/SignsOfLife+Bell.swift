// What the alarms of monitors and of the heartbeat do.

import Foundation
import Incidents
import Ledger
import Routing

extension Setup {
    /// A monitor has been silent for too long, or is heard again.
    func ringMonitor(_ name: String, _ surroundings: any Surroundings, now: Date) throws -> [Arrival] {
        guard let monitor = try surroundings.monitor(name) else { return [] }
        let table = configuration.table
        if let event = table.removal(of: monitor, now: now) { return [arrival(event, and: .forgetMonitor(name), now: now)] }
        return table.dueEvent(of: monitor, now: now).map { [arrival($0.event, and: .monitor($0.after), now: now)] } ?? []
    }

    private func arrival(_ event: Event, and change: StandingChange, now: Date) -> Arrival {
        var arrival = Pipeline.arrival(event, file: nil, setup: self, now: now)
        let decide = arrival.decide
        arrival.decide = { incident, surroundings in
            var decision = try decide(incident, surroundings)
            decision.changes.append(change)
            return decision
        }
        return arrival
    }

    func monitorAlarm(_ name: String, _ surroundings: any Surroundings) throws -> Alarm? {
        try surroundings.monitor(name).flatMap { configuration.table.alarm(of: $0) }
    }

    /// - Parameters:
    ///   - known: how the ledger is, where that is known already.
    ///   - queued: files in the queue, as far as is known.
    func ringHeartbeat(_ known: VitalSigns?, queued: Int?, _ surroundings: any Surroundings, now: Date) throws -> [Arrival] {
        guard configuration.table.heartbeat != nil else { return [] }
        var signs = try known ?? surroundings.vitalSigns(now: now)
        signs.queued = queued
        return configuration.table.heartbeat(signs, now: now).map { [Pipeline.arrival($0, setup: self, now: now)] } ?? []
    }
}
