// Whom names mean while somebody is on duty, or away.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

/// Knows who is away, and which incidents are open.
final class DutySurroundings: Surroundings {
    var away: [Absence] = []
    var open: [Incident] = []
    var toldOf: [ToldAddress] = []

    var silences: Standing<Silence> { Standing() }
    var subscriptions: SubscriptionBook { SubscriptionBook() }
    var absences: Standing<Absence> { Standing(away, revision: 1) }
    func told(of incident: String) -> [ToldAddress] { toldOf }
    func throttled(channel: String, address: String, since: Date, limit: Int) -> [Date] { [] }
    func held(channel: String, address: String, key: String) -> HeldState { HeldState() }
    func openIncidents(services: [String], atLeast rank: Int) -> [OpenIncident] { [] }
    func openIncidents(limit: Int) -> [Incident] { Array(open.prefix(limit)) }
    func stepFailed(of incident: String) -> Bool { false }
    func kept(by silence: String) -> [KeptAddress] { [] }
}

func away(_ who: String, deputy: String? = nil, from: TimeInterval = -3_600, until: TimeInterval = 3_600) -> Absence {
    Absence(id: "away-\(who)", who: who, from: noon.addingTimeInterval(from), until: noon.addingTimeInterval(until), deputy: deputy)
}

/// The duty engineer (Monday's) and the service owner take turns of a day at 09:00 UTC; noon is a Tuesday.
func dutyTable(_ routes: [Route], teams: [String: [String]] = [:], operators: [String] = []) throws -> RoutingTable {
    var table = try table(routes, operators: operators, teams: teams)
    table.people.rotations["primary"] = Rotation(
        name: "primary", people: ["duty-engineer", "service-owner"], every: 86_400, handoverMinute: 540,
        start: try time("2026-11-24T00:00:00Z"))
    return table
}

@Suite struct PresenceTests {
    /// `RECIPIENT for ENTRY`, of each delivery; the same whether explained or not.
    private func told(
        _ to: [String], teams: [String: [String]] = [:], incident: Incident = medium, away: [Absence] = [], at now: Date = noon
    ) throws -> [String] {
        let table = try dutyTable([try route("r", to: to)], teams: teams)
        let surroundings = DutySurroundings()
        surroundings.away = away
        let explained = try table.planned(of: incident, with: surroundings, at: now)
        let quick = try table.planned(of: incident, with: surroundings, at: now, explaining: false)
        #expect(explained.deliveries == quick.deliveries)
        return explained.deliveries.map { "\($0.recipient) for \($0.for)" }
    }

    @Test func aRotationIsWhoeverIsOnDuty() throws {
        #expect(try told(["primary"]) == ["duty-engineer for primary"])
        #expect(try told(["primary"], at: noon.addingTimeInterval(86_400)) == ["service-owner for primary"])
        #expect(try told(["primary via mail", "ops-slack"]) == ["duty-engineer for primary via mail", "ops-slack for ops-slack"])
        #expect(
            try told(["payments"], teams: ["payments": ["primary", "ops-slack"]]) == [
                "duty-engineer for payments", "ops-slack for payments",
            ])
    }

    @Test func rolesMayNameRotations() throws {
        #expect(try told(["assignee"], incident: incident(["assignee": "Primary"])) == ["duty-engineer for assignee"])
        #expect(try told(["team"], incident: incident(["team": "primary"])) == ["duty-engineer for team"])
        #expect(
            try told(["communication_lead"], incident: incident(["communication_lead": "primary"])) == [
                "duty-engineer for communication_lead"
            ])
    }

    @Test func deputiesAreTold() throws {
        let gone = away("duty-engineer", deputy: "service-owner")
        for entry in ["duty-engineer", "primary", "network", "assignee", "duty-engineer via sms"] {
            #expect(try told([entry], away: [gone]) == ["service-owner for \(entry)"], "\(entry)")
        }
        // Both lead to one address: one message.
        #expect(try told(["duty-engineer", "service-owner"], away: [gone]) == ["service-owner for duty-engineer"])
        #expect(
            try told(["duty-engineer"], away: [away("duty-engineer", deputy: "service-owner", from: 60)]) == [
                "duty-engineer for duty-engineer"
            ])
        #expect(
            try told(["duty-engineer"], away: [away("duty-engineer", deputy: "service-owner", until: 0)]) == [
                "duty-engineer for duty-engineer"
            ])
    }

    @Test func deputiesOfDeputiesWithoutACircle() throws {
        var table = try dutyTable([])
        table.directory.people["carl"] = Person(id: "carl", addresses: [.email: "carl@example.com"], via: ["mail"])
        func standIn(_ absences: [Absence]) -> String? { table.presence(absences: absences, now: noon).standIn(for: "duty-engineer") }
        #expect(standIn([away("duty-engineer", deputy: "service-owner"), away("service-owner", deputy: "carl")]) == "carl")
        #expect(standIn([away("duty-engineer", deputy: "service-owner"), away("service-owner", deputy: "duty-engineer")]) == nil)
        #expect(standIn([away("duty-engineer", deputy: "service-owner"), away("service-owner")]) == nil)
        #expect(standIn([away("duty-engineer", deputy: "somebody who left")]) == nil)
        #expect(standIn([away("service-owner", deputy: "carl")]) == "duty-engineer")
        let presence = table.presence(absences: [away("duty-engineer", deputy: "carl")], now: noon)
        #expect(presence.onDuty("primary") == "carl")
        #expect(presence.turn(of: "primary")?.person == "duty-engineer")
        #expect(presence.isAway("duty-engineer") && !presence.isAway("carl"))
        #expect(presence.onDuty("nothing") == nil)
    }

    @Test func nobodyStandsIn() throws {
        let table = try dutyTable([try route("r", to: ["duty-engineer", "primary"])])
        let surroundings = DutySurroundings()
        surroundings.away = [away("duty-engineer", until: 3 * 86_400)]
        let plan = try table.planned(with: surroundings)
        #expect(plan.deliveries.isEmpty)
        #expect(
            plan.verdicts.first?.unreached.map(\.reason)
                == Array(repeating: "duty-engineer is away until 2026-11-27 12:00 UTC, and nobody stands in", count: 2))
    }

    @Test func theLeadIsSomebodyWhoIsThere() throws {
        let critical = incident()
        #expect(try told(["communication_lead"], incident: critical) == ["service-owner for communication_lead"])
        #expect(
            try told(["communication_lead"], incident: critical, away: [away("service-owner")]) == ["duty-engineer for communication_lead"])
        let named = incident(["communication_lead": "service-owner"])
        #expect(
            try told(["communication_lead"], incident: named, away: [away("service-owner")]) == ["duty-engineer for communication_lead"])
        #expect(
            try told(["communication_lead"], incident: named, away: [away("service-owner", deputy: "duty-engineer")])
                == ["duty-engineer for communication_lead"])
    }

    @Test func explainSaysWhy() throws {
        let table = try dutyTable([try route("r", to: ["primary"])])
        let surroundings = DutySurroundings()
        surroundings.away = [away("duty-engineer", deputy: "service-owner")]
        #expect(
            try table.planned(with: surroundings).notes == [
                "primary: duty-engineer until 09:00 UTC", "service-owner stands in for duty-engineer, who is away until 13:00 UTC",
            ])
        #expect(try table.planned(with: surroundings, explaining: false).notes.isEmpty)
    }

    /// What is owed is the person's own story.
    @Test func anEndIsOwedToThePersonThemselves() throws {
        let table = try dutyTable([])
        let surroundings = DutySurroundings()
        surroundings.away = [away("duty-engineer", deputy: "service-owner")]
        surroundings.toldOf = [heardBy("duty@example.com", recipient: "duty-engineer")]
        let plan = try table.planned(turn: turn("resolved"), with: surroundings)
        #expect(plan.deliveries.map(\.recipient) == ["duty-engineer"])
    }

    @Test func whatASilenceKeptBackIsNewsForTheDeputy() throws {
        let table = try dutyTable([])
        let surroundings = DutySurroundings()
        surroundings.away = [away("duty-engineer", deputy: "service-owner")]
        let kept = Directed(.told(heardBy("duty@example.com", recipient: "duty-engineer")), origin: .stillOpen, name: "silence.x")
        let plan = try table.planned(raised(.stillOpen(silence: "x"), .reminder), with: surroundings, directed: [kept])
        #expect(plan.deliveries.map(\.recipient) == ["service-owner"])
    }

    @Test func theNextWayLeadsToTheDeputy() throws {
        let table = try dutyTable([])
        let way = Way(channel: "sms", address: "+447700900123")
        func next(_ absences: [Absence]) -> String? {
            table.nextWay(
                recipient: "duty-engineer", way: way, tried: [], incident: nil, severity: nil,
                presence: table.presence(absences: absences, now: noon))?.address
        }
        #expect(next([]) == "duty@example.com")
        #expect(next([away("duty-engineer", deputy: "service-owner")]) == "owner@example.com")
        #expect(next([away("duty-engineer")]) == "duty@example.com")
    }

    @Test func whatDoesNotNameAnybodyIsFoundOnce() throws {
        var table = try table([try route("r", to: ["ops-slack", "duty-engineer", "primary"])])
        func fixed() -> [Bool] { table.reach[0].map { if case .fixed = $0 { true } else { false } } }
        #expect(fixed() == [true, true, true])
        table.people.rotations["primary"] = Rotation(name: "primary", people: ["duty-engineer"])
        #expect(fixed() == [true, true, false])
    }

    @Test func unknownNamesAreHeldAgainstRotations() throws {
        let plan = try dutyTable([try route("r", to: ["primry"])]).planned()
        #expect(plan.verdicts.first?.unreached.first?.reason.hasSuffix("did you mean `primary`?") == true)
    }
}

private func heardBy(_ address: String, recipient: String) -> ToldAddress { told(address, recipient: recipient) }
