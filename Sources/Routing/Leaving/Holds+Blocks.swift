// Nothing goes to an address that is suppressed, whatever routes say; but for what is urgent, to whoever is on duty in a
// rotation that was set to reach them there. Somebody of `people` whom the rules named is told by another way of theirs.

import Foundation
import Incidents

extension Holds {
    /// Why nothing goes to the delivery's address; nil where it may.
    func suppression(ofAddress delivery: PlannedDelivery) throws -> Suppression? {
        let address = AddressBlock.compared(delivery.address, delivery.kind)
        guard let block = try surroundings.block(kind: delivery.kind, address: address), block.isSuppressed else { return nil }
        if delivery.isUrgent, table.reachedThoughSuppressed(facts.presence).contains(delivery.recipient) { return nil }
        return Suppression(reason: block.explanation)
    }
}

extension Origin {
    /// Whether whoever is meant is told by another way where nothing is sent to their address: not what they asked for
    /// themselves, nor broadcasts and what is owed.
    public var mayBeToldOtherwise: Bool {
        switch self {
        case .subscription, .broadcast, .owed, .confirmation, .digest, .room, .toldSeverity: false
        case .route, .step, .stillOpen, .reminder, .report, .responsibility: true
        }
    }
}

extension RoutingTable {
    /// Whoever is on duty in a rotation that was set to reach them: what is urgent goes to their address even if it is suppressed.
    public func reachedThoughSuppressed(_ presence: Presence) -> Set<String> {
        Set(people.rotations.values.filter(\.reachesSuppressed).compactMap { presence.onDuty($0.name) })
    }

    /// Whoever of `people` cannot be told where the rules say is told by another way of theirs, as where an attempt fails; but
    /// not of what they asked for themselves, nor of broadcasts and what is owed: that they have left.
    func tellOtherwise(_ draft: inout PlanDraft, _ holds: inout Holds) throws {
        let count = draft.deliveries.count
        for lost in holds.lost {
            guard lost.origin.mayBeToldOtherwise, lost.subscription == nil, let person = directory.people[lost.recipient] else { continue }
            let block = AddressBlock(kind: lost.kind, address: lost.address, since: nil, cause: .stop)
            let surroundings = holds.surroundings
            let other = try otherWay(to: person, than: block) { kind, address in
                try surroundings.block(kind: kind, address: address)?.isSuppressed ?? false
            }
            if let other { draft.add(lost, by: other) }
        }
        try draft.settle(from: count) { try holds.settle(&$0, $1) }
    }
}
