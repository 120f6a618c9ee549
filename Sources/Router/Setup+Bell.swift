// What an alarm does: the next event that is due for its incident or silence, accepted like any other. The daemon and
// `tocsin test` ring with the same bell.

import Foundation
import Incidents
import Ledger
import Routing

extension Setup {
    /// What is to happen at the alarms that are due by `now`.
    ///
    /// - Parameters:
    ///   - queued: files in the queue, as far as is known.
    ///   - signs: how the ledger is, for the heartbeat; nil: it looks itself, while the writer waits.
    public func bell(now: Date, queued: Int? = nil, signs: VitalSigns? = nil) -> AlarmBell {
        let table = configuration.table
        return AlarmBell(
            raise: { subject, incident, surroundings in
                switch subject {
                case .incident:
                    guard var incident else { return [] }
                    if try incident.isBetweenSteps && surroundings.stepFailed(of: incident.id) {
                        incident.course.escalation?.isUnheard = true
                    }
                    guard let due = table.dueEvent(of: incident, now: now) else { return [] }
                    return [Pipeline.arrival(due, setup: self, now: now)]
                case .silence(let id):
                    guard let silence = try surroundings.silence(id) else { return [] }
                    let kept = try surroundings.kept(by: id)
                    return table.dueEvents(of: silence, kept: kept, now: now).map { Pipeline.arrival($0, setup: self, now: now) }
                case .broadcast(let id): return try self.ringBroadcast(id, surroundings, now: now)
                case .rotation(let name): return try self.ringRotation(name, surroundings, now: now)
                case .address(let kind, let address): return try self.ringAddress(address, kind, surroundings, now: now)
                case .monitor(let name): return try self.ringMonitor(name, surroundings, now: now)
                case .heartbeat: return try self.ringHeartbeat(signs, queued: queued, surroundings, now: now)
                }
            },
            alarm: { subject, incident, surroundings in
                switch subject {
                case .incident: incident.flatMap { table.alarm(of: $0, now: now) }
                case .silence(let id): try surroundings.silence(id).flatMap { table.alarm(of: $0, now: now) }
                case .broadcast(let id): try self.broadcastAlarm(id, surroundings, now: now)
                case .rotation(let name): try self.rotationAlarm(name, surroundings, now: now)
                // Rings once.
                case .address: nil
                case .monitor(let name): try self.monitorAlarm(name, surroundings)
                case .heartbeat: table.heartbeatAlarm(now: now)
                }
            },
            part: { try self.broadcastPart($0, $1, now: now) })
    }
}

extension Setup {
    /// What the operators are told of incidents that nobody has touched.
    func neglect(_ incidents: [Incident], _ count: Int, now: Date) -> Arrival {
        Pipeline.arrival(configuration.table.neglected(incidents, count: count, now: now), setup: self, now: now)
    }
}

extension Pipeline {
    /// An event of the clock's on its way into the ledger.
    static func arrival(_ due: DueEvent, setup: Setup, now: Date) -> Arrival {
        let event = due.event
        return Arrival(
            event: event, digest: event.digest, receivedAt: now, configVersion: setup.configuration.version,
            decide: { incident, surroundings in
                try decide(event, directed: due.directed, incident: incident, surroundings: surroundings, setup: setup, now: now)
            })
    }
}

extension Incident {
    /// An escalation policy has run a step, and may run another.
    fileprivate var isBetweenSteps: Bool {
        course.escalation.map { $0.steps > 0 && !$0.isOver && !$0.isUnheard } ?? false
    }
}

extension Surroundings {
    /// A silence that has not been settled.
    func silence(_ id: String) throws -> Silence? { try silences.elements.first { $0.id == id } }
}
