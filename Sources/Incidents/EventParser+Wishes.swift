// What silences must say (interfaces, section 5), and a `match`. Whether the values of `match` can be understood, and
// whether a channel or a person is known, is for the decision: that depends on the configuration.

import Foundation
import JSON

extension EventParser {
    /// The longest time for which a silence may keep quiet, in seconds: a year.
    public static let maximumSilence: TimeInterval = 366 * 86_400

    /// Without an `action` it starts.
    func silence(_ silence: Members, at time: Date) throws(Rejection) {
        if let action = silence.members["action"], !action.isNull { try silence.choice("action", of: ["start", "end"]) }
        _ = try silence.text("id", limit: Self.maximumIDLength, single: true)
        for name in ["reason", "by"] { _ = try silence.text(name) }
        if try silence.text("action")?.lowercased() == "end" {
            _ = try silence.needed("id")
            return
        }
        if silence.members["id"]?.string?.isEmpty ?? false {
            throw Rejection(.wrongType, "`id` is empty; leave it out, or name the silence", pointer: silence.pointer("id"))
        }
        try silence.conditions("match", isNeeded: true)
        let from = try silence.time("from") ?? time
        guard let until = try silence.time("until") else {
            throw Rejection(.missingMember, "a silence needs `until`: when it ends", pointer: silence.pointer("until"))
        }
        if until <= max(from, time) {
            let other = from > time ? "before it begins" : "before the event's time (\(Timestamp.format(time)))"
            throw Rejection(.badTime, "the silence ends \(other): it would silence nothing", pointer: silence.pointer("until"))
        }
        if until.timeIntervalSince(max(from, time)) > Self.maximumSilence {
            throw Rejection(.badTime, "a silence may last a year at most", pointer: silence.pointer("until"))
        }
    }

    /// What stands until somebody ends it needs a name: where it has none, it is called like the event.
    func name(_ payload: inout [String: JSONValue]?, _ event: String) {
        guard payload?["id"]?.isNull ?? true else { return }
        let begins = ["start", "subscribe"].contains(payload?["action"]?.string?.lowercased() ?? "start")
        if begins { payload?["id"] = .string(event) }
    }
}

extension Members {
    /// A `match`: each member has a value, or a list of at least one.
    ///
    /// - Parameter isNeeded: it must be there, with at least one condition.
    func conditions(_ name: String, isNeeded: Bool) throws(Rejection) {
        try map(name, isNeeded: isNeeded)
        guard let conditions = members[name]?.object else { return }
        if isNeeded, conditions.isEmpty {
            throw Rejection(
                .missingMember, "`match` is empty, and would match everything; if that is meant, write {\"severity\": \"*\"}",
                pointer: pointer(name))
        }
        for (member, value) in conditions.sorted(by: { $0.key < $1.key }) {
            let values = value.array ?? [value]
            if !values.isEmpty, values.allSatisfy({ $0.scalarText != nil }) { continue }
            let hint = member == "labels" ? "; write `labels.NAME`, one member for each label" : ""
            throw Rejection(
                .wrongType, "`\(excerpt(member))` in `match` must be a value or a list of them, and is \(value.kind)\(hint)",
                pointer: "\(pointer(name))/\(pointerToken(member))")
        }
    }
}
