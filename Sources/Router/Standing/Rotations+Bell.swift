// What a rotation's alarm does: it announces the hand-over.

import Foundation
import Incidents
import JSON
import Ledger
import Routing

extension Setup {
    func ringRotation(_ name: String, _ surroundings: any Surroundings, now: Date) throws -> [Arrival] {
        let due = try configuration.table.handover(of: name, surroundings, now: now)
        return due.map { [Pipeline.arrival($0, setup: self, now: now)] } ?? []
    }

    func rotationAlarm(_ name: String, _ surroundings: any Surroundings, now: Date) throws -> Alarm? {
        configuration.table.alarm(ofRotation: name, now: now)
    }
}
