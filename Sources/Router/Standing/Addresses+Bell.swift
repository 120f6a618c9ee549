// What the alarm of a lost address does: its owner hears of it by another way.

import Foundation
import Incidents
import JSON
import Ledger
import Routing

extension Setup {
    func ringAddress(_ address: String, _ kind: ChannelKind, _ surroundings: any Surroundings, now: Date) throws -> [Arrival] { [] }
}
