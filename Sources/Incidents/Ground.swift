// Why Tocsin decided something, part by part, so that whoever reads of it can be told in their own language.

import Foundation
import JSON

/// One part of a reason.
public struct Ground: Sendable, Equatable {
    /// What it says.
    public enum Code: String, Sendable, CaseIterable {
        /// `name` is a severity: the first of its list.
        case first
        /// `name` is a severity: the first of its list who is free.
        case next
        /// `name` is a severity: nobody of its list is free.
        case nobodyFree = "nobody_free"
        /// `name` stands in for `other`, who is away until then, where that is known.
        case standsIn = "stands_in"
        /// `name` is on duty in the rotation `other`.
        case onDuty = "on_duty"
        case away
        /// In the rotation `name`.
        case nobodyOnDuty = "nobody_on_duty"
        /// `name` wants to hear nothing until then.
        case snoozed
        case quietHours = "quiet_hours"
        /// `name` is away until then, and nobody stands in.
        case nobodyStandsIn = "nobody_stands_in"
        case namedBy = "named_by"
        /// `name` is the number of a response.
        case response
        /// `name` is a member of the incident or the event, `other` its value.
        case condition
        /// A response without conditions.
        case noOther = "no_other"
        /// `name` is a number.
        case moreAddresses = "more_addresses"
    }

    public var code: Code
    public var name: String
    public var other: String?
    public var until: Date?

    public init(_ code: Code, _ name: String = "", other: String? = nil, until: Date? = nil) {
        self.code = code
        self.name = name
        self.other = other
        self.until = until
    }

    /// The member of an event's document that holds a list of them.
    public static let member = "grounds"

    public var json: JSONValue {
        var out: [String: JSONValue] = ["code": .string(code.rawValue)]
        if !name.isEmpty { out["name"] = .string(name) }
        if let other { out["other"] = .string(other) }
        if let until { out["until"] = .string(Timestamp.format(until)) }
        return .object(out)
    }

    public init?(json: JSONValue) {
        guard let code = json["code"]?.string.flatMap(Code.init) else { return nil }
        self.init(
            code, json["name"]?.string ?? "", other: json["other"]?.string, until: json["until"]?.string.flatMap(Timestamp.parse))
    }

    /// What is in a list; what cannot be read is left out.
    public static func list(_ json: JSONValue?) -> [Ground] { (json?.array ?? []).compactMap(Ground.init(json:)) }
}

extension [Ground] {
    /// Nil where there are none.
    public var json: JSONValue? { isEmpty ? nil : .array(map(\.json)) }
}
