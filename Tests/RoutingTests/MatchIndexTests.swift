// The index leaves nothing out, and looks at few; a plan made with it is the plan that asking every route makes.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct MatchIndexTests {
    private func candidates(_ matches: [KeyValuePairs<String, [String]>], _ facts: MatchFacts) throws -> [Int] {
        MatchIndex(try matches.map(match)).candidates(facts)
    }

    @Test func looksUnderTheRarestMember() throws {
        let matches: [KeyValuePairs<String, [String]>] = [
            ["type": ["escalation"], "service": ["payments-api"]], ["type": ["escalation"], "service": ["SEARCH"]],
            ["type": ["escalation"], "service": ["mail", "Payments-API"]], ["type": ["escalation"], "labels.region": ["eu-west-1"]],
            ["type": ["escalation"], "labels.region": ["us-east-1"]], ["type": ["escalation"], "labels.zone": ["a"]],
            ["severity": ["critical"], "team": ["network"]],
        ]
        #expect(try candidates(matches, facts()) == [0, 2, 3, 6])
        #expect(try candidates(matches, facts(event(.broadcast), nil)) == [])
    }

    @Test func whatCannotBeListedIsAlwaysAsked() throws {
        let matches: [KeyValuePairs<String, [String]>] = [
            [:], ["service": ["pay*"]], ["service": ["~^x"]], ["service": ["!search"]], ["age": [">=1h"]], ["service": ["x", "y*"]],
            ["severity": ["!low"]], ["sla": ["!ok"]],
        ]
        #expect(try candidates(matches, facts()) == [0, 1, 2, 3, 4, 5, 6, 7])
    }

    @Test func typesAndSeveritiesAreListedHoweverTheyAreWritten() throws {
        let matches: [KeyValuePairs<String, [String]>] = [
            ["type": ["sla_*"]], ["type": ["!escalation"]], ["type": ["esc*"]], ["severity": [">=high"]], ["severity": ["<high"]],
            ["severity": ["c*", "!critical"]],
        ]
        #expect(try candidates(matches, facts()) == [2, 3, 5])
        #expect(try candidates(matches, facts(event(.slaBreach), incident(["severity": "low"]))) == [0, 1, 4])
    }

    @Test func wordsBeyondASCIIAreFoundInEitherCase() throws {
        let service = incident(["service": "ÄRZTE-Portal"])
        #expect(try candidates([["service": ["ärzte-portal"]], ["service": ["arzte-portal"]]], facts(event(.update), service)) == [0])
        // The Kelvin sign is a `k` in lower case.
        #expect(try candidates([["service": ["k8s"]]], facts(event(.update), incident(["service": "\u{212A}8s"]))) == [0])
    }

    /// 10,000 routes, one for each service: a plan looks at two of them.
    @Test func aLargeTableIsNotWalked() throws {
        var routes = try (0..<10_000).map { try route("r\($0)", ["type": ["update"], "service": ["s\($0)"]], to: ["ops-slack"]) }
        routes.append(try route("all", to: ["bot"]))
        let table = try table(routes)
        let application = try application(incident(["service": "S4711"]))
        let severity = table.severity(of: application)
        let facts = MatchFacts(event: event(.update), incident: application.incident, severity: severity, now: noon)
        #expect(table.index.candidates(facts) == [4_711, 10_000])
        let plan = table.plan(event(.update), application: application, now: noon, explaining: false)
        #expect(plan.deliveries.map(\.routes) == [["r4711"], ["all"]])
        #expect(plan.verdicts.isEmpty)
    }

    @Test func aChangedTableIsIndexedAnew() throws {
        var table = try table([route("old", ["service": ["search"]], to: ["bot"])])
        table.routes = [try route("new", ["service": ["payments-api"]], to: ["service-owner"])]
        table.directory.people["service-owner"]?.addresses[.email] = "new@example.com"
        let plan = table.plan(event(.update), application: try application(), now: noon, explaining: false)
        #expect(plan.deliveries.map(\.address) == ["new@example.com"])
    }

    @Test(arguments: 0..<8) func aPlanIsTheSameEitherWay(seed: Int) throws {
        var chance = Chance(seed: UInt64(seed))
        var told = 0
        for _ in 0..<150 {
            let table = try randomTable(&chance)
            for _ in 0..<10 {
                let (event, application) = try randomEvent(&chance)
                let now = noon.addingTimeInterval(Double(chance.next(14)) * 43_200)
                let walked = table.plan(event, application: application, now: now)
                let quick = table.plan(event, application: application, now: now, explaining: false)
                try #require(quick.deliveries == walked.deliveries)
                try #require(quick.fellThrough == walked.fellThrough && quick.notRouted == walked.notRouted)
                told += quick.deliveries.count
            }
        }
        #expect(told > 1_000, "the tables reach somebody")
    }
}

private let office = BusinessCalendar(name: "office", days: [1, 2, 3, 4, 5], opens: 540, closes: 1_050, timeZone: .gmt)

private let values: [(member: String, values: [String])] = [
    ("type", ["escalation", "update", "sla_*", "!update", "status_change", "operations", "broadcast", "*"]),
    ("severity", ["critical", ">=high", "p3", "<high", "!low", "c*", "!critical"]),
    ("status", ["open", "in progress", "resolved", "!open", "*ed"]),
    ("service", ["payments", "PAYMENTS", "pay*", "!search", "straße", "!*"]),
    ("category", ["database", "~^data", "!*"]), ("team", ["network", "payments"]), ("assignee", ["duty-engineer", "!duty-engineer"]),
    ("source", ["monitor", "!monitor", "m*"]), ("id", ["INC1", "inc2", "INC*"]), ("field", ["status", "severity"]),
    ("from", ["open", "p2", "In Progress"]), ("to", ["resolved", "critical", "sev1", "!open"]), ("reopened", ["true", "false"]),
    ("age", [">=1h", "<30m"]), ("labels.region", ["eu", "EU-1", "e*", "!us"]), ("labels.tier", ["1", "!2"]), ("sla", ["breached"]),
]

private let entries = [
    "ops-slack", "bot", "duty-engineer", "service-owner", "payments", "payments via mail", "mail:A@example.com", "mail:a@example.com",
    "lost", "nobody", "assignee", "team", "reporter via mail", "communication_lead", "subscribers", "ring",
]

func randomTable(_ chance: inout Chance) throws -> RoutingTable {
    let routes = try (0..<chance.next(12)).map { number in
        var conditions: [Condition] = []
        for _ in 0..<chance.next(4) {
            let (member, words) = chance.pick(values)
            let chosen = (0...chance.next(3)).map { _ in chance.pick(words) }
            // A severity that contradicts itself is refused; another one is drawn then.
            if let condition = try? Condition(member: member, values: chosen, scale: .standard) { conditions.append(condition) }
        }
        return Route(
            name: "r\(number)", match: Match(conditions: conditions),
            to: try (0...chance.next(3)).map { _ in try entry(chance.pick(entries)) },
            isUrgent: chance.next(3) == 0, stops: chance.next(4) == 0, template: chance.next(4) == 0 ? "t\(number)" : nil,
            during: chance.next(6) == 0 ? office : nil, outside: chance.next(6) == 0 ? office : nil,
            expire: chance.next(3) == 0 ? Double(60 * (1 + chance.next(9))) : nil,
            retryFor: chance.next(3) == 0 ? Double(3_600 * (1 + chance.next(48))) : nil)
    }
    return try table(
        routes, unrouted: chance.next(2) == 0 ? ["ops-slack", "assignee"] : [], operators: ["mail:ops@example.com"],
        teams: ["ring": ["ring", "assignee", "payments", "bot"]])
}

func randomEvent(_ chance: inout Chance) throws -> (Event, Application?) {
    let type = chance.pick(EventType.allCases)
    var members: [String: JSONValue] = [:]
    let words: [String: [String]] = [
        "severity": ["critical", "high", "medium", "low"], "status": ["open", "in_progress", "resolved"],
        "service": ["Payments", "search", "STRASSE", "Straße", ""], "category": ["database", "Data"], "team": ["Network", "ring", "x"],
        "assignee": ["duty-engineer", "owner@example.com", "x"], "reporter": ["service-owner"],
    ]
    for (member, words) in words.sorted(by: { $0.key < $1.key }) where chance.next(4) > 0 { members[member] = .string(chance.pick(words)) }
    if chance.next(3) > 0 {
        members["labels"] = ["region": .string(chance.pick(["eu", "EU-1", "us", ""])), "tier": .integer(chance.next(3))]
    }
    let id = chance.pick(["INC1", "INC2", "X"])
    let change = Change(
        field: chance.pick([nil, "status", "severity"]), from: chance.pick([nil, "open", "high"]), to: chance.pick([nil, "resolved", "p1"]))
    let event = Event(
        id: "e", source: chance.pick(["monitor", "Monitor", "human"]), type: type, time: noon,
        incident: type.needsIncident ? IncidentPatch(id: id, members: members) : nil, change: change)
    var known = Incident(id: id, firstSeen: noon.addingTimeInterval(Double(-chance.next(7_200))))
    known.reopened = chance.next(3) == 0
    return (event, Incident.apply(event, to: known, now: noon))
}
