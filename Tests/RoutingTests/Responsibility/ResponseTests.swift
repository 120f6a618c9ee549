// Incidents that nobody has are given to somebody, once, and it is said why.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct ResponseTests {
    private func table(_ routes: [Route] = []) throws -> RoutingTable {
        var table = try RoutingTests.table(routes, teams: ["database": ["bot"]])
        table.directory.communicationLeads = [:]
        table.people.responses = [
            Response(number: 1, match: try match(["category": ["storage"]]), team: "payments"),
            Response(
                number: 2, match: try match(["category": ["network"], "severity": [">=medium"]]), team: "database",
                assignee: "service-owner",
                roles: ["scribe": "duty-engineer"], checklist: ["Look at the links.", "Call the carrier."]),
            Response(number: 3, match: try match(["category": ["net*"]]), team: "payments"),
        ]
        return table
    }

    private let network: [String: JSONValue] = ["category": "network", "severity": "high", "status": "open"]

    @Test func theFirstThatMatchesTakesItAndTellsWhy() throws {
        var story = Responsible(try table([route("owners", to: ["team"])]))
        let plan = try story.say(.statusChange, network)
        #expect(plan.deliveries.map(\.recipient) == ["bot"], "the roles are there when it is routed")
        let reason = "response 2: category is network, severity is high"
        #expect(plan.notes == ["\(reason): team database, assignee service-owner, scribe duty-engineer"])
        #expect(story.incident?.text("team") == "database" && story.incident?.text("assignee") == "service-owner")
        #expect(story.incident?.members["checklist"] == ["Look at the links.", "Call the carrier."])
        #expect(story.incident?.text("scribe") == "duty-engineer")
        let told = try story.ring()
        #expect(told.map(\.event.change) == [Change(field: "assignee", to: "service-owner", reason: reason)])
        #expect(told.map(\.event.type) == [.assignment])
        #expect(told.first?.told == ["service-owner assignment.new", "duty-engineer assignment.new"])
        try story.say(.statusChange, network)
        #expect(try story.ring().isEmpty)
    }

    @Test func whoeverHasItAlreadyKeepsIt() throws {
        for owner in [["assignee": "somebody"], ["team": "network"]] as [[String: JSONValue]] {
            var story = Responsible(try table())
            try story.say(.statusChange, network.merging(owner) { $1 })
            #expect(story.incident?.course.response == nil && story.incident?.members["checklist"] == nil)
            #expect(try story.ring().isEmpty)
        }
    }

    @Test func aLaterWordOfTheProducerWins() throws {
        var story = Responsible(try table())
        try story.say(.statusChange, network)
        let plan = try story.say(.assignment, ["assignee": "duty-engineer", "team": "network"])
        #expect(plan.told.contains("duty-engineer assignment.new"))
        #expect(try story.ring().isEmpty, "what does not hold any more is not told")
        try story.say(.update, ["assignee": .null, "team": .null])
        #expect(story.incident?.text("team") == nil, "it was taken once")
    }

    @Test func whatIsKnownLaterCountsWhileNobodyHasIt() throws {
        var story = Responsible(try table())
        try story.say(.statusChange, ["status": "open", "severity": "low"])
        #expect(story.incident?.course.response == nil)
        try story.say(.update, ["category": "storage"])
        #expect(try story.ring().map(\.event.change) == [Change(field: "team", to: "payments", reason: "response 1: category is storage")])
    }

    @Test func aReopeningWithoutAnOwnerIsTakenAgain() throws {
        var story = Responsible(try table())
        try story.say(.statusChange, ["category": "storage", "status": "resolved"])
        #expect(story.incident?.course.response == nil)
        try story.say(.statusChange, ["status": "open"])
        #expect(try story.ring().count == 1)
        try story.say(.statusChange, ["status": "resolved", "team": .null])
        story.now += 60
        try story.say(.statusChange, ["status": "open"])
        let again = try story.ring()
        #expect(again.map(\.event.change.to) == ["payments"])
    }

    @Test func aLeadThatAResponseNamesIsNotAnnouncedTwice() throws {
        var table = try table()
        table.people.responses[1].roles = ["communication_lead": "duty-engineer"]
        table.directory.communicationLeads = ["high": ["service-owner"]]
        var story = Responsible(table)
        try story.say(.statusChange, network)
        #expect(story.incident?.text("communication_lead") == "duty-engineer")
        #expect(try story.ring().count == 1)
    }
}
