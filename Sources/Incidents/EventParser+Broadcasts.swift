// What broadcasts and approvals must say (interfaces, section 5). Whether a name is known, and who may approve, is for the
// decision.

import Foundation
import JSON

extension EventParser {
    /// The longest message of a broadcast, in characters.
    static let maximumMessage = 100_000
    /// The most entries of an audience.
    static let maximumAudience = 10_000

    func broadcast(_ broadcast: Members) throws(Rejection) {
        let id = try broadcast.text("id", limit: Self.maximumIDLength, single: true)
        if id?.isEmpty ?? false {
            throw Rejection(.wrongType, "`id` is empty; leave it out, or name the broadcast", pointer: broadcast.pointer("id"))
        }
        let corrects = try broadcast.text("corrects", limit: Self.maximumIDLength, single: true)
        // A correction reaches those whom the original reached, whatever it says.
        if corrects?.isEmpty ?? true || !(broadcast.members["audience"]?.isNull ?? true) { try audience(broadcast) }
        _ = try broadcast.needed("message")
        _ = try broadcast.text("message", limit: Self.maximumMessage)
        _ = try broadcast.text("subject", limit: 1_000)
        _ = try broadcast.text("by", limit: Self.maximumIDLength, single: true)
        _ = try broadcast.text("template", limit: Self.maximumIDLength, single: true)
        if let urgent = broadcast.members["urgent"], !urgent.isNull, urgent.bool == nil {
            throw Rejection(.wrongType, "`urgent` must be true or false, and is \(urgent.kind)", pointer: broadcast.pointer("urgent"))
        }
        try broadcast.conditions("match", isNeeded: false)
    }

    private func audience(_ broadcast: Members) throws(Rejection) {
        try broadcast.words("audience")
        let entries = broadcast.members["audience"]?.array ?? []
        if entries.count > Self.maximumAudience {
            throw Rejection(
                .wrongType, "`audience` has \(entries.count) entries, and may have \(Self.maximumAudience); make a team of them",
                pointer: broadcast.pointer("audience"))
        }
        for (place, entry) in entries.enumerated() where entry.string?.utf8.count ?? 0 > 1_000 {
            throw Rejection(.wrongType, "an entry of `audience` is too long", pointer: "\(broadcast.pointer("audience"))/\(place)")
        }
    }

    func approval(_ approval: Members) throws(Rejection) {
        _ = try approval.needed("broadcast")
        _ = try approval.text("broadcast", limit: Self.maximumIDLength, single: true)
        _ = try approval.needed("by")
        _ = try approval.text("by", limit: Self.maximumIDLength, single: true)
        _ = try approval.text("reason", limit: 1_000)
        try approval.choice("decision", of: ["approve", "refuse", "stop"])
    }
}
