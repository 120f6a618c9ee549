// Word that comes late.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct LatenessTests {
    private let known = InMemorySurroundings()

    private func event(_ type: EventType, late seconds: TimeInterval, raised: Raised? = nil) -> Event {
        Event(
            id: "e", source: "monitor", type: type, time: noon - seconds,
            incident: type.needsIncident ? IncidentPatch(id: "INC0012345") : nil, raised: raised)
    }

    @Test(arguments: [(3_601, true), (3_600, false), (0, false)] as [(TimeInterval, Bool)])
    func lateOnesAreGathered(seconds: TimeInterval, isLate: Bool) throws {
        let plan = try table([route("r", to: ["bot"], isUrgent: true)]).planned(event(.update, late: seconds), with: known)
        #expect(plan.outcome == [isLate ? "C0123456 hold late late" : "C0123456 send"])
        if isLate {
            #expect(plan.holds.map(\.until) == [noon + 2])
            #expect(plan.notes == ["late by 1h1s"])
        }
    }

    @Test func theLimitIsTheConfigurations() throws {
        var table = try table([route("r", to: ["bot"])])
        table.rules.lateAfter = 60
        #expect(try table.planned(event(.update, late: 61), with: known).holds.map(\.kind) == [.late])
    }

    @Test func someAreSentAsTheyAre() throws {
        let table = try table([route("r", to: ["bot"])], operators: ["bot"])
        #expect(try table.planned(event(.broadcast, late: 9_999), with: known).outcome == ["C0123456 send"])
        #expect(try table.planned(event(.operations, late: 9_999), with: known).outcome == ["C0123456 send"])
        #expect(try table.planned(event(.slaBreach, late: 9_999, raised: .breach(.resolve)), with: known).outcome == ["C0123456 send"])
    }

    @Test func whatHasEndedIsNotTold() throws {
        let table = try table([route("r", to: ["bot"])], unrouted: ["bot"])
        let ended = incident(["status": "resolved"])
        let plan = try table.planned(event(.update, late: 7_200), of: ended, with: known)
        #expect(plan.outcome == ["C0123456 supersede"])
        #expect(plan.reasons == ["late by 2h, and INC0012345 is resolved"])
    }

    /// Whoever heard of it is owed its end, however late that comes, and it is not gathered: what is gathered is dropped
    /// when it has ended.
    @Test func aLateEndIsToldToWhoHeard() throws {
        known.toldOf["INC0012345"] = [told("C0123456", by: bot), told("owner@example.com")]
        let table = try table([route("r", to: ["bot", "ops-slack"])])
        let plan = try table.planned(turn: turn("resolved", at: noon - 7_200), with: known)
        #expect(plan.outcome == ["C0123456 send", "https://hooks.slack.com/… supersede", "owner@example.com send"])
    }

    @Test func aLateReopeningIsGathered() throws {
        known.toldOf["INC0012345"] = [told("C0123456", by: bot)]
        let plan = try table([]).planned(turn: turn("open", of: incident(["status": "resolved"]), at: noon - 7_200), with: known)
        #expect(plan.outcome == ["C0123456 hold late late"])
    }
}
