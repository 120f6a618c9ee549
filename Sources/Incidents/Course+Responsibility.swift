// Who answers for an incident, as far as Tocsin decided it: its communication lead, the response that gave it to somebody,
// and the escalation policy that counts. What was decided and not told yet is news, which the clock tells at once.

import Foundation
import JSON

extension Course {
    /// Who speaks for the incident.
    public struct Lead: Sendable, Equatable {
        /// As the incident's member `communication_lead` has it.
        public var person: String
        /// The name of the severity that they were chosen for, or that they were kept for.
        public var severity: String
        /// A person or a producer named them: no change of severity moves them.
        public var isNamed: Bool
        /// Who was last told to be it; nil: nobody.
        public var told: String?
        /// How often somebody else has come to be it.
        public var number: Int
        public var since: Date
        /// Why it is they, in words.
        public var reason: String?
        /// The same, part by part; empty where it is somebody's own word.
        public var grounds: [Ground]

        public init(
            person: String, severity: String, isNamed: Bool = false, told: String? = nil, number: Int = 1, since: Date,
            reason: String? = nil, grounds: [Ground] = []
        ) {
            self.grounds = grounds
            self.person = person
            self.severity = severity
            self.isNamed = isNamed
            self.told = told
            self.number = number
            self.since = since.wholeMicroseconds
            self.reason = reason
        }

        /// They, and whoever was it before, do not know yet.
        public var isNews: Bool { told != person }
    }

    /// A response that took the incident.
    public struct Response: Sendable, Equatable {
        /// Its place in the file.
        public var number: Int
        /// Which conditions matched, in words.
        public var reason: String
        public var since: Date
        /// Further people to whom it gave something, by the names of their roles.
        public var roles: [String: String]
        /// Those whom it concerns have been told, or it does not hold any more.
        public var isTold: Bool
        /// The reason, part by part.
        public var grounds: [Ground]

        public init(
            number: Int, reason: String, since: Date, roles: [String: String] = [:], isTold: Bool = false, grounds: [Ground] = []
        ) {
            self.grounds = grounds
            self.number = number
            self.reason = reason
            self.since = since.wholeMicroseconds
            self.roles = roles
            self.isTold = isTold
        }
    }

    /// The escalation policy that was chosen, and the name of the severity that it was chosen for.
    public struct ChosenPolicy: Sendable, Equatable {
        public var name: String
        public var severity: String

        public init(name: String, severity: String) {
            self.name = name
            self.severity = severity
        }
    }

    /// Something was decided that nobody has been told.
    public var hasNews: Bool { lead?.isNews ?? false || response.map { !$0.isTold } ?? false }
}

extension Course.Lead {
    var json: JSONValue {
        var out: [String: JSONValue] = ["person": .string(person), "severity": .string(severity), "since": Incident.number(since)]
        if isNamed { out["named"] = true }
        // Nearly always everybody knows.
        if told != person { out["told"] = .some(told.map(JSONValue.string) ?? .null) }
        if number != 1 { out["number"] = .integer(number) }
        if let reason { out["reason"] = .string(reason) }
        // Of use only until it is told.
        if isNews, let grounds = grounds.json { out["grounds"] = grounds }
        return .object(out)
    }

    init?(json: JSONValue) {
        guard let person = json["person"]?.string, let severity = json["severity"]?.string, let since = Incident.date(json["since"])
        else { return nil }
        self.init(
            person: person, severity: severity, isNamed: json["named"]?.bool ?? false,
            told: json["told"].map(\.string) ?? person, number: json["number"]?.integer ?? 1, since: since,
            reason: json["reason"]?.string, grounds: Ground.list(json["grounds"]))
    }
}

extension Course.Response {
    var json: JSONValue {
        var out: [String: JSONValue] = ["number": .integer(number), "reason": .string(reason), "since": Incident.number(since)]
        if !roles.isEmpty { out["roles"] = .object(roles.mapValues(JSONValue.string)) }
        if isTold { out["told"] = true }
        if !isTold, let grounds = grounds.json { out["grounds"] = grounds }
        return .object(out)
    }

    init?(json: JSONValue) {
        guard let number = json["number"]?.integer, let since = Incident.date(json["since"]) else { return nil }
        self.init(
            number: number, reason: json["reason"]?.string ?? "response \(number)", since: since,
            roles: (json["roles"]?.object ?? [:]).compactMapValues(\.string), isTold: json["told"]?.bool ?? false,
            grounds: Ground.list(json["grounds"]))
    }
}

extension Course.ChosenPolicy {
    var json: JSONValue { .array([.string(name), .string(severity)]) }

    init?(json: JSONValue) {
        guard let words = json.array?.compactMap(\.string), words.count == 2 else { return nil }
        self.init(name: words[0], severity: words[1])
    }
}
