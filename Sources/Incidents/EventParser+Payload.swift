// The members that belong to one kind of event each (interfaces, section 5).

import Foundation
import JSON

extension EventParser {
    /// Checks the member named like the type; nil for kinds that have none.
    func payload(of type: EventType, in body: Members) throws(Rejection) -> [String: JSONValue]? {
        guard let name = type.payloadMember else { return nil }
        guard let member = body.members[name], !member.isNull else {
            throw Rejection(.missingMember, "\(type.phrase) event needs the member `\(name)`", pointer: body.pointer(name))
        }
        let payload = try Members(member, at: body.pointer(name))
        switch type {
        case .broadcast:
            _ = try payload.text("id", limit: Self.maximumIDLength, single: true)
            try payload.words("audience")
            _ = try payload.needed("message")
            for name in ["subject", "by", "corrects", "template"] { _ = try payload.text(name) }
            try payload.map("match")
        case .approval:
            _ = try payload.needed("broadcast")
            _ = try payload.needed("by")
            try payload.choice("decision", of: ["approve", "refuse"])
        case .subscription:
            try payload.choice("action", of: ["subscribe", "unsubscribe", "stop"])
            try who(in: payload)
            _ = try payload.text("id", limit: Self.maximumIDLength, single: true)
            for name in ["via", "deliver"] { _ = try payload.text(name) }
            for name in ["from", "until"] { _ = try payload.time(name) }
            try payload.map("match")
        case .silence:
            try payload.choice("action", of: ["start", "end"])
            for name in ["id", "reason", "by"] { _ = try payload.text(name) }
            if try payload.text("action")?.lowercased() == "end" {
                _ = try payload.needed("id")
            } else {
                if payload.members["match"]?.object == nil { try payload.map("match", isNeeded: true) }
                if try payload.time("until") == nil {
                    throw Rejection(.missingMember, "a silence needs `until`: when it ends", pointer: payload.pointer("until"))
                }
            }
        case .absence:
            _ = try payload.needed("who")
            _ = try payload.text("deputy")
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

    /// A person's name, or an address of somebody who is not listed.
    private func who(in payload: Members) throws(Rejection) {
        guard let who = payload.members["who"], !who.isNull else {
            throw Rejection(
                .missingMember, "a subscription needs `who`: a person, or {\"email\": \"x@example.com\"}", pointer: payload.pointer("who"))
        }
        if let name = who.string, !name.isEmpty { return }
        let address = try Members(who, at: payload.pointer("who"))
        let email = try address.text("email", single: true)
        let sms = try address.text("sms", single: true)
        if email == nil, sms == nil {
            throw Rejection(.missingMember, "`who` needs `email` or `sms`", pointer: payload.pointer("who"))
        }
    }
}
