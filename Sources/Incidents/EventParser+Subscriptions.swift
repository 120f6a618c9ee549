// What subscriptions and snoozes must say (interfaces, section 5). Whether a person or a channel is known is for the
// decision: that depends on the configuration.

import Foundation
import JSON

extension EventParser {
    /// What `action` may be.
    static let subscriptionActions = ["subscribe", "unsubscribe", "confirm", "snooze", "wake", "stop", "start", "bounce"]
    /// `until` of a subscription that ends with the incident it is about.
    public static let untilResolved = "resolved"

    func subscription(_ subscription: Members, at time: Date) throws(Rejection) {
        try subscription.choice("action", of: Self.subscriptionActions)
        let action = try subscription.text("action")?.lowercased() ?? "subscribe"
        for name in ["reason", "by", "code"] { _ = try subscription.text(name) }
        if action == "bounce", subscription.members["who"]?["email"]?.string == nil {
            throw Rejection(.missingMember, "what bounced is an address: `who` needs `email`", pointer: subscription.pointer("who"))
        }
        let id = try subscription.text("id", limit: Self.maximumIDLength, single: true)
        if id?.isEmpty ?? false {
            throw Rejection(.wrongType, "`id` is empty; leave it out, or name the subscription", pointer: subscription.pointer("id"))
        }
        switch action {
        case "confirm": return try confirmation(subscription, id: id)
        // Whoever holds a link knows the subscription, and not always whose it is.
        case "unsubscribe" where id != nil && subscription.members["who"]?.isNull ?? true: break
        default: try who(in: subscription)
        }
        _ = try subscription.text("via", single: true)
        if let text = try subscription.text("deliver"), !Self.isCadence(text) {
            throw Rejection(
                .wrongType,
                "`deliver` is `\(excerpt(text, limit: 40))`, and must be one of immediate, hourly, daily HH:MM, weekly DAY HH:MM (for instance "
                    + "\"weekly mon 09:00\")", pointer: subscription.pointer("deliver"))
        }
        _ = try subscription.text("limit", single: true)
        _ = try subscription.text("by", single: true)
        try subscription.conditions("match", isNeeded: false)
        try dates(of: subscription, action, at: time)
    }

    private func dates(of subscription: Members, _ action: String, at time: Date) throws(Rejection) {
        let from = try subscription.time("from")
        if try subscription.scalar("until")?.lowercased() == Self.untilResolved {
            if action == "subscribe", Self.followed(by: subscription.members) != nil { return }
            throw Rejection(
                .wrongType,
                "`until: resolved` follows one incident to its end: name it in `match` as {\"id\": \"INC0012345\"}, without a pattern",
                pointer: subscription.pointer("until"))
        }
        let until = try subscription.time("until")
        if action == "snooze" {
            guard let until else {
                throw Rejection(.missingMember, "a snooze needs `until`: when it ends", pointer: subscription.pointer("until"))
            }
            if until <= time { throw Rejection(.badTime, "the snooze has ended already", pointer: subscription.pointer("until")) }
        }
        guard let until, action == "subscribe" else { return }
        if until <= max(from ?? time, time) {
            throw Rejection(.badTime, "the subscription ends before it begins", pointer: subscription.pointer("until"))
        }
    }

    /// The incident that a subscription names by its id alone; nil where it names none, several, or a pattern.
    public static func followed(by subscription: [String: JSONValue]) -> String? {
        guard let value = subscription["match"]?["id"], let id = (value.array?.count == 1 ? value.array?.first : value)?.scalarText,
            !id.isEmpty, !id.contains(where: { "*?".contains($0) }), !id.hasPrefix("!"), !id.hasPrefix("~")
        else { return nil }
        return id
    }

    /// A code, a token or a link that was fed back; or an operator who confirms for somebody else.
    private func confirmation(_ subscription: Members, id: String?) throws(Rejection) {
        let code = try subscription.text("code", limit: 2_000, single: true)
        let by = try subscription.text("by", single: true)
        if let code, !code.isEmpty { return }
        if id == nil || by?.isEmpty ?? true {
            throw Rejection(
                .missingMember, "a confirmation needs `code`, as it stands in the message; or `id` and `by`, where an operator confirms",
                pointer: subscription.pointer("code"))
        }
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
        if let email, !Self.isMailAddress(email) {
            throw Rejection(
                .wrongType, "`\(excerpt(email, limit: 60))` is no mail address, such as x@example.com", pointer: address.pointer("email"))
        }
        if email == nil, let sms, !Self.isPhoneNumber(Self.plainNumber(sms)) {
            throw Rejection(
                .wrongType, "`\(excerpt(sms, limit: 40))` is no number as in +447700900123", pointer: address.pointer("sms"))
        }
    }

    /// A number as it is compared: `+44 (7700) 900-123` is `+447700900123`.
    public static func plainNumber(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter { !" -.()\u{A0}".unicodeScalars.contains($0) }))
    }

    /// One `@` with something before it and a name behind it, and nothing that a mail server or a header would take for
    /// something else.
    public static func isMailAddress(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty, text.utf8.count <= 254, !text.hasPrefix("-") else { return false }
        let isPlain = text.unicodeScalars.allSatisfy { scalar in
            scalar.value > 0x20 && scalar.value != 0x7F && !"<>,;:\"()[]\\".unicodeScalars.contains(scalar)
                && !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
                && scalar.properties.generalCategory != .format
        }
        return isPlain && !parts[1].hasPrefix(".") && !parts[1].hasSuffix(".") && !parts[1].contains("..")
    }

    /// E.164: `+` and digits.
    public static func isPhoneNumber(_ text: String) -> Bool {
        text.hasPrefix("+") && (4...15).contains(text.utf8.count - 1) && text.utf8.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
    }
}
