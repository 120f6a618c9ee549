// An incident that comes and goes is told once, until it is calm.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct FlappingTests {
    private let known = InMemorySurroundings()

    init() {
        known.toldOf["INC0012345"] = [
            told("C0123456", by: bot), told("owner@example.com", .underWay), told("duty@example.com", .held),
        ]
    }

    private func flapping(_ status: String = "in_progress") -> Incident {
        var incident = incident(["severity": "medium", "status": .string(status)])
        incident.course.flappingSince = noon - 300
        return incident
    }

    @Test(arguments: [("in_progress", "resolved"), ("resolved", "open")])
    func endsAndReopeningsAreKeptBack(before: String, after: String) throws {
        let table = try table([route("r", to: ["ops-slack", "bot"])])
        let plan = try table.planned(turn: turn(after, of: flapping(before)), with: known)
        #expect(plan.outcome == ["https://hooks.slack.com/… suppress", "C0123456 suppress"])
        let reason = "INC0012345 comes and goes: told once at 11:55 UTC, and again when it is calm"
        #expect(plan.reasons == [reason, reason])
        #expect(plan.notes == [reason])
    }

    @Test(arguments: [EventType.escalation, .severityChange]) func soAreTurnsThatComeWithAnEscalationOrASeverity(type: EventType) throws {
        let table = try table([route("r", to: ["ops-slack"])])
        let plan = try table.planned(turn: turn("open", of: flapping("resolved"), type: type), with: known)
        #expect(plan.outcome == ["https://hooks.slack.com/… suppress"])
        // What turns nothing is told.
        #expect(try table.planned(event(type), of: flapping(), with: known).outcome == ["https://hooks.slack.com/… send"])
    }

    @Test func everythingElseIsTold() throws {
        let table = try table([route("r", to: ["ops-slack"])])
        #expect(try table.planned(event(.update), of: flapping(), with: known).outcome == ["https://hooks.slack.com/… send"])
        #expect(try table.planned(turn: turn("on_hold", of: flapping()), with: known).outcome == ["https://hooks.slack.com/… send"])
        let resolving = try table.planned(turn: turn("resolved", of: flapping(), type: .update), with: known)
        #expect(resolving.outcome == ["https://hooks.slack.com/… send", "C0123456 send", "owner@example.com send"])
    }

    /// Routes do not see reminders.
    @Test(arguments: [(Raised.flapping, "owed.flapping"), (.calm, "owed.calm")])
    func whoHeardIsToldOnce(what: Raised, name: String) throws {
        known.standingSilences = [Silence(id: "x", match: [:], from: noon, until: noon + 60)]
        let lead = Directed(.entry(try entry("service-owner")), origin: .reminder, name: "lead")
        let table = try table([route("r", to: ["ops-slack"])], unrouted: ["ops-slack"])
        let plan = try table.planned(raised(what, .reminder), of: flapping(), with: known, directed: [lead])
        #expect(plan.deliveries.map(\.routes) == [["lead"], [name]])
        #expect(plan.outcome == ["owner@example.com send", "C0123456 send"])
    }
}
