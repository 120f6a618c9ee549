// What silences and subscriptions must say (interfaces, section 5). Whether the values of `match` can be understood, and
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

    func subscription(_ subscription: Members, at time: Date) throws(Rejection) {
        try subscription.choice("action", of: ["subscribe", "unsubscribe", "stop", "start", "bounce"])
        for name in ["reason", "by", "code"] { _ = try subscription.text(name) }
        try who(in: subscription)
        if try subscription.text("action")?.lowercased() == "bounce", subscription.members["who"]?["email"]?.string == nil {
            throw Rejection(.missingMember, "what bounced is an address: `who` needs `email`", pointer: subscription.pointer("who"))
        }
        let id = try subscription.text("id", limit: Self.maximumIDLength, single: true)
        if id?.isEmpty ?? false {
            throw Rejection(.wrongType, "`id` is empty; leave it out, or name the subscription", pointer: subscription.pointer("id"))
        }
        _ = try subscription.text("via", single: true)
        if let text = try subscription.text("deliver"), !Self.isCadence(text) {
            throw Rejection(
                .wrongType,
                "`deliver` is `\(excerpt(text, limit: 40))`, and must be one of immediate, hourly, daily HH:MM, weekly DAY HH:MM (for instance "
                    + "\"weekly mon 09:00\")", pointer: subscription.pointer("deliver"))
        }
        try subscription.conditions("match", isNeeded: false)
        let from = try subscription.time("from")
        let until = try subscription.time("until")
        guard let until, try subscription.text("action")?.lowercased() == "subscribe" else { return }
        if until <= max(from ?? time, time) {
            throw Rejection(.badTime, "the subscription ends before it begins", pointer: subscription.pointer("until"))
        }
    }

    /// What stands until somebody ends it needs a name: where it has none, it is called like the event.
    func name(_ payload: inout [String: JSONValue]?, _ event: String) {
        guard payload?["id"]?.isNull ?? true else { return }
        let begins = ["start", "subscribe"].contains(payload?["action"]?.string?.lowercased() ?? "start")
        if begins { payload?["id"] = .string(event) }
    }

    /// `immediate`, `hourly`, `daily HH:MM`, `weekly DAY HH:MM`, without regard to case: what Routing's `Cadence` reads.
    private static func isCadence(_ text: String) -> Bool {
        let words = text.lowercased().split(whereSeparator: \.isWhitespace).map(String.init)
        switch words.first {
        case "immediate", "hourly": return words.count == 1
        case "daily": return words.count == 2 && isTimeOfDay(words[1])
        case "weekly": return words.count == 3 && days.contains(words[1]) && isTimeOfDay(words[2])
        default: return false
        }
    }

    private static let days: Set<String> = [
        "mon", "tue", "wed", "thu", "fri", "sat", "sun", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday",
    ]

    private static func isTimeOfDay(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, (1...2).contains(parts[0].count), parts[1].count == 2,
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30...0x39).contains($0) } }), let hour = Int(parts[0]), let minute = Int(parts[1])
        else { return false }
        return hour < 24 && minute < 60
    }

    /// A person's name, or an address of somebody who is not listed.
    private func who(in payload: Members) throws(Rejection) {
        guard let who = payload.members["who"], !who.isNull else {
            throw Rejection(
                .missingMember, "a subscription needs `who`: a person, or {\"email\": \"x@example.com\"}", pointer: payload.pointer("who"))
        }
        if who.string.map({ !$0.isEmpty }) ?? false {
            _ = try payload.text("who", limit: Self.maximumIDLength, single: true)
            return
        }
        let address = try Members(who, at: payload.pointer("who"))
        let email = try address.text("email", single: true)
        let sms = try address.text("sms", single: true)
        if email == nil, sms == nil {
            throw Rejection(.missingMember, "`who` needs `email` or `sms`", pointer: payload.pointer("who"))
        }
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
