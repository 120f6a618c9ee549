// What the router would refuse, known before an event is in the queue: by the decision itself, not by a copy of its rules.

import Foundation
import Incidents
import Routing

extension Setup {
    /// Why the router would refuse an event, by what it says and the configuration, whatever becomes of the ledger until then; nil:
    /// nothing is known against it.
    ///
    /// - Parameter surroundings: what stands beside it. What depends on what others have said (a broadcast that is not known, a code)
    ///   is not told: what waits in the queue may change it.
    public func objection(
        to event: Event, incident: Incident? = nil, surroundings: any Surroundings = NoSurroundings(), now: Date
    ) throws -> Rejection? {
        guard
            case .failure(let rejection) = try Pipeline.effects(
                of: event, incident: incident, surroundings: surroundings, setup: self, now: now)
        else { return nil }
        return Self.certain.contains(rejection.code) ? rejection : nil
    }

    private static let certain: Set<RejectionCode> = [.missingMember, .wrongType, .badTime]
}
