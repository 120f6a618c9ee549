// The members that belong to one kind of event each (interfaces, section 5).

import Foundation
import JSON

extension EventParser {
    /// Checks the member named like the type; nil for kinds that have none.
    ///
    /// - Parameter time: the event's: what it wants to end must end later.
    func payload(of type: EventType, in body: Members, at time: Date) throws(Rejection) -> [String: JSONValue]? {
        guard let name = type.payloadMember else { return nil }
        guard let member = body.members[name], !member.isNull else {
            throw Rejection(.missingMember, "\(type.phrase) event needs the member `\(name)`", pointer: body.pointer(name))
        }
        let payload = try Members(member, at: body.pointer(name))
        switch type {
        case .broadcast: try broadcast(payload)
        case .approval: try approval(payload)
        case .subscription: try subscription(payload, at: time)
        case .silence: try silence(payload, at: time)
        case .absence:
            _ = try payload.needed("who")
            for name in ["deputy", "by"] { _ = try payload.text(name, limit: Self.maximumIDLength, single: true) }
            _ = try payload.text("who", limit: Self.maximumIDLength, single: true)
            guard let from = try payload.time("from") ?? Date.distantPast as Date?, let until = try payload.time("until") else {
                throw Rejection(.missingMember, "an absence needs `until`: when it ends", pointer: payload.pointer("until"))
            }
            if until <= from {
                throw Rejection(.badTime, "the absence ends before it begins", pointer: payload.pointer("until"))
            }
        default: break
        }
        return payload.members
    }
}
