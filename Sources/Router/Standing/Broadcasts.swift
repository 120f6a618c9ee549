// What an event does to broadcasts.

import Foundation
import Incidents
import JSON
import Ledger
import Routing

extension Pipeline {
    static func broadcastEffects(
        _ event: Event, _ surroundings: any Surroundings, _ table: RoutingTable, _ now: Date
    ) throws -> Result<Effects, Rejection> {
        .success(Effects())
    }

    static func approvalEffects(
        _ event: Event, _ surroundings: any Surroundings, _ table: RoutingTable, _ now: Date
    ) throws -> Result<Effects, Rejection> {
        .success(Effects())
    }
}
