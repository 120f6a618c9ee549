// Whom an assignment and a person's change of severity concern, whatever the routes say.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct AssignmentTests {
    private func story(_ members: [String: JSONValue] = [:], _ routes: [Route] = []) throws -> Responsible {
        var story = Responsible(try table(routes, teams: ["owners": ["service-owner"]]))
        try story.say(.statusChange, ["severity": "medium"].merging(members) { $1 })
        return story
    }

    @Test func theNewAndTheOldOwnerAreTold() throws {
        var story = try story(["assignee": "duty-engineer"])
        let plan = try story.say(.assignment, ["assignee": "owner@example.com"])
        #expect(plan.told == ["service-owner assignment.new", "duty-engineer assignment.old"])
        #expect(plan.deliveries.map(\.for) == ["assignee", "duty-engineer"])
        #expect(plan.deliveries.allSatisfy { !$0.isUrgent && $0.template == "assignment" })
        #expect(try story.say(.assignment, ["assignee": "owner@example.com"]).told.isEmpty)
        #expect(try story.say(.assignment, ["assignee": "Service Owner"]).told.isEmpty)
    }

    @Test func teamsAndTheWordOfTheProducerForWhoItWas() throws {
        var story = try story()
        let plan = try story.say(.assignment, ["team": "network"], Change(field: "team", from: "owners", to: "network"))
        #expect(plan.told == ["duty-engineer assignment.new", "service-owner assignment.old"])
        let both = try story.say(.assignment, ["team": "owners", "assignee": "service-owner"])
        #expect(both.told == ["service-owner assignment.new", "duty-engineer assignment.old"])
    }

    @Test func oneMessageWhereARouteTellsTheSameAddress() throws {
        var story = try story([:], [route("all", to: ["duty-engineer"])])
        let plan = try story.say(.assignment, ["assignee": "duty-engineer"])
        #expect(plan.deliveries.map(\.routes) == [["all", "assignment.new"]])
    }

    @Test func hostileAndUnknownNamesReachNobody() throws {
        var story = try story(["assignee": "<!channel>\r\nBcc: x@example.com"])
        let plan = try story.say(.assignment, ["assignee": "../../etc/passwd"])
        #expect(plan.deliveries.isEmpty)
        let unreached = plan.verdicts.flatMap(\.unreached)
        #expect(unreached.count == 2)
        #expect(unreached.allSatisfy { !$0.entry.contains("\n") && !$0.reason.contains("\n") })
    }

    @Test func aPersonsChangeOfSeverityIsToldToWhoeverWasTold() throws {
        let known = InMemorySurroundings()
        known.toldOf["INC1"] = [
            told("owner@example.com", recipient: "service-owner"), told("C0123456", by: bot, .underWay), told("x@example.com", .held),
        ]
        var story = try story([:], [route("all", ["type": ["severity_change"]], to: ["bot"])])
        story.surroundings = known
        let plan = try story.say(
            .severityChange, ["severity": "high"], Change(from: "medium", to: "high", reason: "worse", by: "duty-engineer"))
        #expect(plan.deliveries.map(\.routes) == [["all"], ["told.severity"]], "whom a route tells already is told once")
        #expect(plan.deliveries.map(\.recipient) == ["bot", "service-owner"])
        #expect(plan.deliveries.map(\.origin) == [.route, .toldSeverity])
        // The same again is no change; a rule's change is for the routes alone.
        #expect(try story.say(.severityChange, ["severity": "high"], Change(to: "high", by: "duty-engineer")).told.isEmpty)
        #expect(try story.say(.severityChange, ["severity": "low"], Change(to: "low")).told.isEmpty)
    }

    /// Subscribers stay subscribers: at their cadence where they ask for it, and with their way out.
    @Test func subscribersHearOfItAsSuch() throws {
        let known = InMemorySurroundings()
        var (daily, other) = (told("a@example.com"), told("b@example.com"))
        (daily.subscriptions, other.subscriptions) = (["daily"], ["gone", "other"])
        known.toldOf["INC1"] = [daily, other, told("c@example.com")]
        known.standingSubscriptions = [
            Subscription(id: "daily", who: .email("a@example.com"), cadence: .daily(at: 480), isConfirmed: true),
            Subscription(id: "other", who: .email("b@example.com"), match: ["type": "escalation"], isConfirmed: true),
        ]
        var story = try story()
        story.surroundings = known
        let plan = try story.say(.severityChange, ["severity": "high"], Change(from: "medium", to: "high", by: "duty-engineer"))
        #expect(plan.outcome == ["a@example.com hold digest -", "b@example.com send", "c@example.com send"])
        #expect(plan.deliveries.map(\.subscription) == ["daily", "other", nil])
        #expect(plan.deliveries.map(\.origin) == [.subscription, .toldSeverity, .toldSeverity])
    }

    /// A silence keeps it back, quiet hours hold it unless it is severe.
    @Test(arguments: [("critical", "send"), ("medium", "hold")]) func quietHoursAndSilencesCount(severity: String, action: String) throws {
        let known = InMemorySurroundings()
        known.toldOf["INC1"] = [told("+447700900123", by: sms, recipient: "duty-engineer")]
        var story = try story(["severity": "low"])
        story.table = story.table.withQuietHours()
        story.table.rules.wakesFor = story.table.scale.mostUrgent
        story.surroundings = known
        let by = Change(to: severity, by: "service-owner")
        #expect(try story.say(.severityChange, ["severity": .string(severity)], by).outcome.map { $0.contains(" \(action)") } == [true])
        known.standingSilences = [Silence(id: "x", match: [:], from: noon, until: noon + 60)]
        known.revision += 1
        #expect(
            try story.say(.severityChange, ["severity": "high"], Change(to: "high", by: "service-owner")).outcome == [
                "+447700900123 suppress"
            ])
    }
}
