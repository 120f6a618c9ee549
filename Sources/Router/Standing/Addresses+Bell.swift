// What the alarm of a lost address does: its owner hears of it by another way.

import Foundation
import Incidents
import JSON
import Ledger
import Routing

extension Setup {
    func ringAddress(_ address: String, _ kind: ChannelKind, _ surroundings: any Surroundings, now: Date) throws -> [Arrival] {
        guard let block = try surroundings.block(kind: kind, address: address), !block.isAnnounced else { return [] }
        let due = try configuration.table.lostAddress(block, now: now) { kind, address in
            try surroundings.block(kind: kind, address: address)?.isSuppressed ?? false
        }
        return due.map { [Pipeline.arrival($0, setup: self, now: now)] } ?? []
    }
}
