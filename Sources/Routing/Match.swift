// A filter over events: a map whose members must all hold. What a condition looks at is MatchMember.swift, what its
// values mean is ValueTest.swift.

import Foundation
import Incidents

/// A condition that cannot be understood; the message says what would be right.
public struct MatchError: Error, Sendable, Equatable {
    public var message: String

    public init(message: String) { self.message = message }
}

/// What conditions look at.
public struct MatchFacts: Sendable {
    public var event: Event
    /// After the event.
    public var incident: Incident?
    public var severity: Severity?
    /// The value before of what the event is about, where the event does not say it.
    public var previous: String?
    public var now: Date
    /// The promises as they stand after the event; nil where there are none.
    public var sla: SLAClocks?
    /// Who is there.
    var presence = Presence.everybody

    public init(event: Event, incident: Incident?, severity: Severity?, previous: String? = nil, now: Date, sla: SLAClocks? = nil) {
        self.event = event
        self.incident = incident
        self.severity = severity
        self.previous = previous
        self.now = now
        self.sla = sla
    }
}

/// One member of a match.
public struct Condition: Sendable {
    /// The member as written, for instance `labels.region`.
    public let member: String
    /// The values as written.
    public let values: [String]
    /// The condition as it stands in routes.yaml, for instance `severity: ">=high"`.
    public let text: String
    let subject: MatchMember
    /// One of these must hold, where there are any.
    let wanted: [ValueTest]
    /// None of these may hold.
    let unwanted: [ValueTest]

    /// - Throws: `MatchError` for an unknown member, a severity that the scale lacks, a bad pattern or comparison.
    public init(member: String, values: [String], scale: SeverityScale) throws(MatchError) {
        self.member = member
        self.values = values
        let words = values.map(Self.scalar).joined(separator: ", ")
        text = "\(member): \(values.count == 1 ? words : "[\(words)]")"
        subject = try MatchMember(member)
        if values.isEmpty { throw MatchError(message: "`\(member)` in `match` has no value; name one, or leave the member out") }
        var wanted: [ValueTest] = []
        var unwanted: [ValueTest] = []
        for value in values {
            let (test, isNegated) = try ValueTest.parse(value, for: subject, named: member, scale: scale)
            if isNegated { unwanted.append(test) } else { wanted.append(test) }
        }
        self.wanted = wanted
        self.unwanted = unwanted
    }

    /// Plain where YAML would read it plainly, quoted otherwise.
    private static func scalar(_ value: String) -> String {
        let isPlain =
            value.first.map { $0.isLetter || $0.isNumber } ?? false
            && value.allSatisfy { $0.isLetter || $0.isNumber || "_-./@ ".contains($0) }
        if isPlain { return value }
        return "\"\(value.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
    }
}

/// All conditions of a route or silence.
public struct Match: Sendable {
    public var conditions: [Condition]

    public init(conditions: [Condition] = []) { self.conditions = conditions }

    /// Whether every condition holds; without conditions, always.
    public func holds(_ facts: MatchFacts) -> Bool { firstFailure(facts) == nil }

    /// The first condition that does not hold.
    public func firstFailure(_ facts: MatchFacts) -> Condition? { conditions.first { !$0.holds(facts) } }

    /// Whether a condition asks for this type by its name: a glob or a negation does not.
    func names(_ type: EventType) -> Bool {
        conditions.contains { condition in
            condition.subject == .type
                && condition.wanted.contains {
                    if case .word(let word) = $0 { return word.equals(type.rawValue) }
                    return false
                }
        }
    }
}
