// Nothing goes to an address that is suppressed, whatever routes say; but for what is urgent, to whoever is on duty in a
// rotation that was set to reach them there.

import Foundation
import Incidents

extension Holds {
    /// Why nothing goes to the delivery's address; nil where it may.
    func suppression(ofAddress delivery: PlannedDelivery) throws -> Suppression? {
        let address = AddressBlock.compared(delivery.address, delivery.kind)
        guard let block = try surroundings.block(kind: delivery.kind, address: address), block.isSuppressed else { return nil }
        if delivery.isUrgent, isReachedOnDuty(delivery.recipient) { return nil }
        return Suppression(reason: block.explanation)
    }

    private func isReachedOnDuty(_ recipient: String) -> Bool {
        table.people.rotations.values.contains { $0.reachesSuppressed && facts.presence.onDuty($0.name) == recipient }
    }
}
