// What an assignment gave each of those who are told; and who is given something and is nobody.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct GivenTests {
    private func directory() throws -> (Directory, RoutingTable) {
        let table = try table([], teams: ["owners": ["service-owner"], "all": ["owners"]])
        return (table.directory, table)
    }

    private func assignment(_ members: [String: JSONValue], _ change: Change = Change(), source: String = "monitor") -> Event {
        Event(
            id: "e", source: source, type: .assignment, time: noon, incident: IncidentPatch(id: "INC1", members: members), change: change)
    }

    @Test func eachRoleIsTheirsAloneWhomItNames() throws {
        let (directory, _) = try directory()
        func given(_ person: String, as entry: String, _ event: Event, of route: String = "assignment.new") -> String? {
            directory.given(to: person, as: entry, of: [route], by: event, nil, rotations: [:])
        }
        let both = assignment(["assignee": "duty-engineer", "team": "all"])
        #expect(given("duty-engineer", as: "assignee", both) == "assignee")
        #expect(given("service-owner", as: "team", both) == "team")
        #expect(given("service-owner", as: "some-route", both) == "team", "in a team of the team")
        #expect(given("service-owner", as: "service-owner", both, of: "assignment.old") == nil, "the team had it before")
        #expect(given("service-owner", as: "ops", both, of: "ops") == nil)
        let lead = assignment([:], Change(field: "communication_lead", to: "Service Owner"), source: Event.ownSource)
        #expect(given("service-owner", as: "communication_lead", lead) == "communication_lead")
        #expect(given("duty-engineer", as: "ops", lead, of: "ops") == nil)
        #expect(given("duty-engineer", as: "communication_lead", lead) == "communication_lead", "a deputy")
        #expect(given("duty-engineer", as: "assignee", Event(id: "e", source: "m", type: .update, time: noon)) == nil)
    }

    @Test func aResponseGivesRolesBesideThoseThatItNamesFirst() throws {
        let (directory, _) = try directory()
        var incident = Incident(id: "INC1", firstSeen: noon)
        incident.members = ["assignee": "duty-engineer", "team": "owners", "scribe": "service-owner"]
        incident.course.response = Course.Response(number: 1, reason: "x", since: noon, roles: ["scribe": "service-owner"])
        let event = assignment([:], Change(field: "assignee", to: "duty-engineer"), source: Event.ownSource)
        #expect(directory.given(to: "service-owner", as: "team", of: ["assignment.new"], by: event, incident, rotations: [:]) == "scribe")
        #expect(
            directory.given(to: "duty-engineer", as: "assignee", of: ["assignment.new"], by: event, incident, rotations: [:]) == "assignee")
    }

    @Test func peopleAreCalledByTheirNamesWhateverTheWord() throws {
        let (_, table) = try directory()
        for word in ["service-owner", "SERVICE-OWNER", "service owner", "Owner@example.com"] {
            #expect(table.names[word] == "Service Owner", "\(word)")
        }
        #expect(table.names["monitor"] == nil)
    }

    @Test func whoIsNobodyIsNamedWithWhoWasMeant() throws {
        let (_, table) = try directory()
        #expect(
            table.strangers(in: assignment(["assignee": "duty-enginer", "team": "owners"]))
                == [Stranger(member: "assignee", word: "duty-enginer", near: "duty-engineer")])
        #expect(table.strangers(in: assignment([:], Change(field: "communication_lead", to: "xyz"))).map(\.near) == [nil])
        #expect(table.strangers(in: assignment(["team": "service-owner"])).map(\.member) == ["team"], "a person is no team")
        #expect(table.strangers(in: assignment(["assignee": "owner@example.com"])).isEmpty)
        #expect(table.strangers(in: assignment(["assignee": "xyz"], source: Event.ownSource)).isEmpty)
        var nobody = table
        nobody.directory = Directory()
        #expect(nobody.strangers(in: assignment(["assignee": "xyz"])).isEmpty, "a file without people assigns to nobody")
    }
}
