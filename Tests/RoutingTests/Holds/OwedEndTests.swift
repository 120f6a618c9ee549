// Whoever heard that it broke hears that it ended; nobody hears of the end of what they never heard of.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct OwedEndTests {
    private let known = InMemorySurroundings()

    init() {
        known.toldOf["INC0012345"] = [
            told("C0123456", by: bot, recipient: "bot"), told("owner@example.com", recipient: "service-owner", .underWay),
            told("duty@example.com", recipient: "duty-engineer", .held),
        ]
    }

    @Test(
        arguments: [
            ("in_progress", "resolved", "owed.end"), ("open", "closed", "owed.end"), ("resolved", "closed", nil),
            ("resolved", "open", "owed.reopening"), ("closed", "in_progress", "owed.reopening"), ("open", "on_hold", nil),
            ("resolved", "resolved", nil), ("closed", "resolved", nil),
        ] as [(String, String, String?)])
    func whatIsOwed(before: String, after: String, name: String?) throws {
        let table = try table([route("r", ["service": ["search"]], to: ["ops-slack"])])
        let plan = try table.planned(turn: turn(after, of: incident(["status": .string(before), "severity": "medium"])), with: known)
        #expect(plan.deliveries.map(\.routes) == (name.map { [[$0], [$0]] } ?? []))
        #expect(plan.deliveries.map(\.address) == (name == nil ? [] : ["C0123456", "owner@example.com"]))
        #expect(plan.deliveries.allSatisfy { $0.origin == .owed && $0.intent == .send && $0.template == "status_change" && !$0.isUrgent })
        #expect(known.questions == (name == nil ? [] : ["told INC0012345"]), "nobody is asked where nothing is owed")
    }

    /// The end may come with any kind of event.
    @Test func anUpdateThatResolvesOwesTheEnd() throws {
        let plan = try table([]).planned(turn: turn("resolved", type: .update), with: known)
        #expect(plan.deliveries.map(\.routes) == [["owed.end"], ["owed.end"]])
    }

    @Test func whoIsToldByARouteIsNotToldTwice() throws {
        let table = try table([route("r", to: ["mail:OWNER@example.com", "ops-slack"])])
        let plan = try table.planned(turn: turn("resolved"), with: known)
        #expect(plan.deliveries.map(\.routes) == [["r"], ["r"], ["owed.end"]])
        #expect(plan.deliveries.map(\.origin) == [.route, .route, .owed])
    }

    /// A person's language and zone are the present ones, somebody else's what they were.
    @Test func theyAreToldAsTheyWereTold() throws {
        known.toldOf["INC0012345"] = [told("x@example.com"), told("+447700900123", by: sms, recipient: "duty-engineer")]
        let plan = try table([]).planned(turn: turn("resolved"), with: known)
        #expect(plan.deliveries.map(\.language) == ["de", "en"])
        #expect(plan.deliveries.map(\.timezone) == ["Europe/Berlin", "Asia/Kolkata"])
        #expect(plan.deliveries.map(\.for) == ["x@example.com", "duty-engineer"])
        #expect(plan.deliveries.map(\.kind) == [.email, .sms])
    }

    /// A person is told by another channel where theirs is gone; a webhook that has moved gets it at its new address.
    @Test func aChannelThatIsGone() throws {
        let pager = ChannelFacts(name: "pager", kind: .sms, ownAddress: nil, takesAddresses: true)
        let teams = ChannelFacts(name: "bot", kind: .teams, ownAddress: "https://old", takesAddresses: false)
        known.toldOf["INC0012345"] = [
            told("+1", by: pager, recipient: "service-owner"), told("+2", by: pager), told("https://old", by: teams, recipient: "bot"),
            told("https://before", by: slack, recipient: "ops-slack"),
        ]
        let plan = try table([]).planned(turn: turn("resolved"), with: known)
        #expect(plan.deliveries.map(\.address) == ["owner@example.com", "https://hooks.slack.com/…"])
        #expect(
            plan.notes == [
                "+2 heard of it by `pager`, which is gone, and cannot be told",
                "bot heard of it by `bot`, which is gone, and cannot be told",
            ])
    }

    @Test func quietHoursHoldItAndItIsNotUnrouted() throws {
        known.toldOf["INC0012345"] = [told("duty@example.com", recipient: "duty-engineer")]
        let table = try table([], unrouted: ["bot"]).withQuietHours()
        let plan = try table.planned(turn: turn("resolved", of: incident()), with: known)
        #expect(plan.outcome == ["duty@example.com hold quiet_hours -"])
        #expect(!plan.fellThrough)
    }

    @Test func whatIsStaleOwesNothing() throws {
        let (event, turned) = try turn("resolved")
        var application = turned
        application.isStale = true
        let plan = try table([]).plan(event, application: application, now: noon, surroundings: known)
        #expect(plan.deliveries.isEmpty && known.questions.isEmpty)
    }
}
