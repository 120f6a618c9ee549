// What an event does to absences.

import Foundation
import Incidents
import JSON
import Ledger
import Routing

extension Pipeline {
    static func absenceEffects(
        _ event: Event, _ surroundings: any Surroundings, _ table: RoutingTable, _ now: Date
    ) throws -> Result<Effects, Rejection> {
        table.word(event, absences: try surroundings.absences.elements, now: now).map { word in
            Effects(
                changes: word.ended.map(StandingChange.endAbsence) + (word.begun.map { [.absence($0)] } ?? []), directed: word.directed)
        }
    }
}
