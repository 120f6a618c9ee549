// What a broadcast's alarm does: it tells approvers, hands over the next part, or lets it end.

import Foundation
import Incidents
import JSON
import Ledger
import Routing

extension Setup {
    func ringBroadcast(_ id: String, _ surroundings: any Surroundings, now: Date) throws -> [Arrival] { [] }

    func broadcastAlarm(_ id: String, _ surroundings: any Surroundings, now: Date) throws -> Alarm? { nil }
}
