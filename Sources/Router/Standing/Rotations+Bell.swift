// What a rotation's alarm does: it announces the hand-over.

import Foundation
import Incidents
import JSON
import Ledger
import Routing

extension Setup {
    func ringRotation(_ name: String, _ surroundings: any Surroundings, now: Date) throws -> [Arrival] { [] }

    func rotationAlarm(_ name: String, _ surroundings: any Surroundings, now: Date) throws -> Alarm? { nil }
}
