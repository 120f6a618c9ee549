// Every member and every form of value of `match`, against one incident.

import Foundation
import Incidents
import Testing

@testable import Routing

struct ConditionCase: Sendable, CustomTestStringConvertible {
    var member: String
    var values: [String]
    var holds: Bool

    init(_ member: String, _ values: String..., holds: Bool) {
        self.member = member
        self.values = values
        self.holds = holds
    }

    var testDescription: String { "\(member): \(values) \(holds ? "holds" : "fails")" }
}

@Suite struct ConditionTests {
    static let change = event(.escalation, Change(field: "severity", from: "high", to: "critical"))

    static let present: [ConditionCase] = [
        ConditionCase("type", "escalation", holds: true), ConditionCase("type", "Escalation", holds: true),
        ConditionCase("type", "update", holds: false), ConditionCase("type", "update", "escalation", holds: true),
        ConditionCase("type", "esc*", holds: true), ConditionCase("type", "!escalation", holds: false),
        ConditionCase("type", "!sla_*", holds: true), ConditionCase("type", "~^esc", holds: true),
        ConditionCase("type", "sla_breach", "operations", holds: false),
        ConditionCase("severity", "critical", holds: true), ConditionCase("severity", "CRITICAL", holds: true),
        ConditionCase("severity", "p1", holds: true), ConditionCase("severity", "1", holds: true),
        ConditionCase("severity", "sev2", holds: false), ConditionCase("severity", ">=high", holds: true),
        ConditionCase("severity", ">high", holds: true), ConditionCase("severity", ">= p1", holds: true),
        ConditionCase("severity", "<=high", holds: false), ConditionCase("severity", "<critical", holds: false),
        ConditionCase("severity", "<=critical", holds: true), ConditionCase("severity", "!low", holds: true),
        ConditionCase("severity", "!>=high", holds: false), ConditionCase("severity", "!<high", holds: true),
        ConditionCase("severity", "crit*", holds: true), ConditionCase("severity", "!crit*", holds: false),
        ConditionCase("severity", "~^c", holds: true), ConditionCase("severity", "low", "p1", holds: true),
        ConditionCase("status", "in_progress", holds: true), ConditionCase("status", "In Progress", holds: true),
        ConditionCase("status", "open", holds: false), ConditionCase("status", "!resolved", holds: true),
        ConditionCase("status", "in*", holds: true),
        ConditionCase("from", "high", holds: true), ConditionCase("from", "P2", holds: true), ConditionCase("from", "2", holds: true),
        ConditionCase("from", "low", holds: false), ConditionCase("from", "!high", holds: false),
        ConditionCase("from", "hi*", holds: true), ConditionCase("to", "critical", holds: true),
        ConditionCase("to", "sev1", holds: true), ConditionCase("to", "!sev1", holds: false), ConditionCase("to", "~crit", holds: true),
        ConditionCase("service", "payments-api", holds: true), ConditionCase("service", "payments", holds: false),
        ConditionCase("service", "pay*", holds: true), ConditionCase("service", "*api", holds: true),
        ConditionCase("service", "PAY*API", holds: true), ConditionCase("service", "payments?api", holds: true),
        ConditionCase("service", "payments??api", holds: false), ConditionCase("service", "!pay*", holds: false),
        ConditionCase("service", "~^pay", holds: false), ConditionCase("service", "~(?i)^pay", holds: true),
        ConditionCase("service", "~^Pay", holds: true), ConditionCase("service", "~ments", holds: true),
        ConditionCase("service", "!~ments", holds: false), ConditionCase("service", "search", "!payments-api", holds: false),
        ConditionCase("service", "pay*", "!*-api", holds: false), ConditionCase("service", "pay*", "!*-web", holds: true),
        ConditionCase("service", "!search", "!mail", holds: true), ConditionCase("service", "search", "!mail", holds: false),
        ConditionCase("category", "DATABASE", holds: true), ConditionCase("team", "network", holds: true),
        ConditionCase("assignee", "duty-*", holds: true), ConditionCase("source", "monitor", holds: true),
        ConditionCase("source", "!monitor", holds: false), ConditionCase("id", "INC0012345", holds: true),
        ConditionCase("id", "inc*", holds: true), ConditionCase("id", "~^INC[0-9]+$", holds: true),
        ConditionCase("field", "severity", holds: true), ConditionCase("field", "status", holds: false),
        ConditionCase("age", ">=30m", holds: true), ConditionCase("age", ">=45m", holds: true),
        ConditionCase("age", ">45m", holds: false), ConditionCase("age", "<1h", holds: true),
        ConditionCase("age", "<=44m59s", holds: false), ConditionCase("age", "!>=1h30m", holds: true),
        ConditionCase("age", "<1m", ">40m", holds: true), ConditionCase("age", ">1d", holds: false),
        ConditionCase("reopened", "false", holds: true), ConditionCase("reopened", "true", holds: false),
        ConditionCase("reopened", "!true", holds: true),
        ConditionCase("labels.region", "eu-west-1", holds: true), ConditionCase("labels.region", "!us-*", holds: true),
        ConditionCase("labels.region", "EU-*", holds: true), ConditionCase("labels.tier", "1", holds: true),
        ConditionCase("labels.Region", "*", holds: false), ConditionCase("sla", "breached", holds: false),
        ConditionCase("sla", "!ok", holds: true), ConditionCase("sla.acknowledge", "at_risk", holds: false),
    ]

    @Test(arguments: Self.present) func holds(_ row: ConditionCase) throws {
        let condition = try Condition(member: row.member, values: row.values, scale: .standard)
        #expect(condition.holds(facts(Self.change)) == row.holds)
    }

    static let members = [
        "service", "category", "team", "assignee", "labels.region", "from", "to", "field", "id", "age", "reopened", "status", "severity",
    ]

    /// What is absent fails every positive value and satisfies every negation.
    @Test(arguments: Self.members) func absent(_ member: String) throws {
        let (value, other) =
            switch member {
            case "age": (">=0s", "!>=0s")
            case "severity": (">=low", "!critical")
            case "status": ("open", "!open")
            case "reopened": ("false", "!false")
            default: ("*", "!*")
            }
        let nothing = facts(event(.broadcast), nil)
        let positive = try Condition(member: member, values: [value], scale: .standard)
        let negative = try Condition(member: member, values: [other], scale: .standard)
        let both = try Condition(member: member, values: [value, other], scale: .standard)
        #expect(!positive.holds(nothing))
        #expect(negative.holds(nothing))
        #expect(!both.holds(nothing))
        #expect(positive.found(nothing) == "\(member) is not set")
    }

    @Test func emptyTextIsAbsent() throws {
        let condition = try Condition(member: "service", values: ["!*"], scale: .standard)
        #expect(condition.holds(facts(event(.update), incident(["service": ""]))))
    }

    @Test func fromAndToFallBack() throws {
        let from = try Condition(member: "from", values: ["open"], scale: .standard)
        let to = try Condition(member: "to", values: ["in progress"], scale: .standard)
        let change = event(.statusChange)
        #expect(from.holds(facts(change, previous: "open")))
        #expect(!from.holds(facts(change)))
        #expect(!from.holds(facts(event(.statusChange, Change(from: "resolved")), previous: "open")))
        #expect(to.holds(facts(change)))
        #expect(to.found(facts(change)) == "to is in_progress")
        // An update is about no member of the incident.
        #expect(!to.holds(facts(event(.update))))
        let lead = event(.assignment, Change(field: "communication_lead", to: "bob"))
        #expect(try Condition(member: "to", values: ["BOB"], scale: .standard).holds(facts(lead)))
    }

    /// A change may say a severity or status in other words than the route does.
    @Test func fromComparesAliasesBothWays() throws {
        let raw = facts(event(.escalation, Change(from: "P2", to: "on-hold")))
        for word in ["high", "sev2", "P2", "2"] { #expect(try Condition(member: "from", values: [word], scale: .standard).holds(raw)) }
        #expect(try Condition(member: "to", values: ["on_hold"], scale: .standard).holds(raw))
        #expect(try !Condition(member: "from", values: ["p3"], scale: .standard).holds(raw))
    }

    @Test func unknownSeverityCountsAsAssumed() throws {
        let condition = try Condition(member: "severity", values: ["critical"], scale: .standard)
        #expect(condition.holds(facts(event(.update), incident(["severity": .null]))))
    }

    @Test func wordsBeyondASCII() throws {
        let condition = try Condition(member: "service", values: ["ZÜRICH"], scale: .standard)
        #expect(condition.holds(facts(event(.update), incident(["service": "zürich"]))))
        #expect(condition.holds(facts(event(.update), incident(["service": "Zu\u{308}rich"]))))
        #expect(!condition.holds(facts(event(.update), incident(["service": "zurich"]))))
        let kelvin = try Condition(member: "service", values: ["kafka"], scale: .standard)
        #expect(kelvin.holds(facts(event(.update), incident(["service": "\u{212A}afka"]))))
        let glob = try Condition(member: "service", values: ["Z?RICH*"], scale: .standard)
        #expect(glob.holds(facts(event(.update), incident(["service": "zürich-west\nline"]))))
    }

    @Test(arguments: [
        ("a.c", "abc", false), ("a.c*", "a.cd", true), ("a+*", "a+", true), ("[ab]*", "a", false), ("[ab]*", "[ab]x", true),
        ("a\\*", "a\\b", true), ("*", "anything", true), ("?", "x", true), ("?", "xy", false), ("(a|b)?", "(a|b)!", true),
        ("^a*$", "a", false), ("a b*", "A  B", false), ("a b*", "A BC", true), ("#{}&~*", "#{}&~", true),
    ]) func globIsNoPattern(glob: String, text: String, holds: Bool) throws {
        let condition = try Condition(member: "labels.x", values: [glob], scale: .standard)
        #expect(condition.holds(facts(event(.update), incident(["labels": ["x": .string(text)]]))) == holds)
    }

    @Test func matchNamesItsFirstFailure() throws {
        let match = try match(["type": ["escalation"], "severity": ["<=medium"], "service": ["search"]])
        #expect(match.firstFailure(facts())?.text == "severity: \"<=medium\"")
        #expect(match.firstFailure(facts())?.found(facts()) == "severity is critical")
        #expect(!match.holds(facts()))
        #expect(Match().holds(facts()))
    }

    @Test func wordsForWhatWasFound() throws {
        func found(_ member: String, _ value: String, _ facts: MatchFacts = facts()) throws -> String {
            try Condition(member: member, values: [value], scale: .standard).found(facts)
        }
        #expect(try found("age", ">1d") == "age is 45m")
        #expect(try found("labels.region", "us") == "labels.region is eu-west-1")
        #expect(try found("sla", "breached") == "sla is not set (nothing is promised for critical)")
        #expect(try found("sla.update", "!breached") == "sla.update is not set (no time to update is promised for critical)")
        #expect(try found("reopened", "true") == "reopened is false")
        let long = facts(event(.update), incident(["service": .string("a\u{1B}[31m\n" + String(repeating: "x", count: 5_000))]))
        let words = try found("service", "x", long)
        #expect(words.count < 90)
        #expect(words.unicodeScalars.allSatisfy { $0.value >= 0x20 })
    }

    @Test(arguments: [
        (["payments"], "service: payments"), (["pay*"], "service: \"pay*\""), (["a", "!b"], "service: [a, \"!b\"]"),
        (["x \"y\""], "service: \"x \\\"y\\\"\""),
    ]) func textIsAsWritten(values: [String], text: String) throws {
        #expect(try Condition(member: "service", values: values, scale: .standard).text == text)
    }
}
