// Whom quiet hours leave alone, and who is woken.

import Foundation
import Incidents
import Testing

@testable import Routing

@Suite struct QuietHoursPlanTests {
    @Test func aPersonIsLeftAloneAndAChannelIsNot() throws {
        let table = try table([route("r", to: ["payments"])]).withQuietHours()
        let plan = try table.planned()
        #expect(plan.outcome == ["+447700900123 hold quiet_hours -", "owner@example.com send", "https://hooks.slack.com/… send"])
        let hold = try #require(plan.holds.first)
        #expect(hold.until == noon.addingTimeInterval(90 * 60))
        #expect(hold.reason == "quiet hours of duty-engineer until 19:00 (Asia/Kolkata)")
    }

    @Test func outsideThemNobodyIsHeld() throws {
        let table = try table([route("r", to: ["payments"])]).withQuietHours()
        #expect(try table.planned(event(.escalation), of: medium, at: noon.addingTimeInterval(-1_860)).holds.isEmpty)
        let late = Event(
            id: "e", source: "m", type: .update, time: noon.addingTimeInterval(5_400), incident: IncidentPatch(id: "INC0012345"))
        #expect(try table.planned(late, of: medium, at: noon.addingTimeInterval(5_400)).holds.isEmpty)
    }

    @Test func urgentOnesWake() throws {
        let table = try table([route("calm", to: ["duty-engineer"]), route("page", to: ["duty-engineer"], isUrgent: true)]).withQuietHours()
        #expect(try table.planned().outcome == ["+447700900123 send"])
    }

    @Test(arguments: [("critical", "high", true), ("high", "high", true), ("medium", "high", false), ("critical", nil, false)])
    func graveOnesWake(severity: String, wakesFor: String?, isWoken: Bool) throws {
        var table = try table([route("r", to: ["duty-engineer"])]).withQuietHours()
        table.rules.wakesFor = wakesFor.flatMap(table.scale.severity)
        let plan = try table.planned(of: incident(["severity": .string(severity)]), with: NoSurroundings())
        #expect(plan.holds.isEmpty == isWoken)
    }

    @Test func withoutAnIncidentTheyAreHeldAndUrgentOperationsWake() throws {
        var table = try table([route("r", to: ["duty-engineer"])], operators: ["duty-engineer"]).withQuietHours()
        table.rules.wakesFor = table.scale.mostUrgent
        let broadcast = table.plan(event(.broadcast), application: nil, now: noon)
        #expect(broadcast.outcome == ["+447700900123 hold quiet_hours -"])
        let trouble = table.plan(event(.operations), application: nil, now: noon)
        #expect(trouble.outcome == ["+447700900123 hold quiet_hours -"])
        let unanswered = try table.planned(raised(.unanswered(policy: "default"), .operations))
        #expect(unanswered.outcome == ["+447700900123 send"])
        #expect(unanswered.deliveries.map(\.routes) == [["router.operators"]])
    }

    /// A zone of the router's where the person has none.
    @Test func theRoutersZoneStandsIn() throws {
        var table = try table([route("r", to: ["service-owner"])]).withQuietHours(12 * 60, 13 * 60, of: "service-owner")
        #expect(try table.planned().holds.map(\.reason) == ["quiet hours of service-owner until 13:00 UTC"])
        table.rules.timeZone = try #require(TimeZone(identifier: "America/New_York"))
        #expect(try table.planned().holds.isEmpty)
    }

    /// Somebody wrote the bare address: adding the person to another route does not delay that.
    @Test func aBareAddressIsNoPerson() throws {
        let table = try table([route("person", to: ["service-owner"]), route("bare", to: ["mail:Owner@example.com"])])
            .withQuietHours(0, 1_439, of: "service-owner")
        #expect(try table.planned().outcome == ["owner@example.com send"])
    }

    @Test func toldAddressesAreLookedUp() throws {
        let table = try table([]).withQuietHours()
        let address = told("+447700900123", by: sms, recipient: "duty-engineer")
        let directed = [Directed(.told(address), origin: .stillOpen, name: "silence.x1")]
        let plan = try table.planned(raised(.stillOpen(silence: "x1"), .reminder), directed: directed)
        #expect(plan.outcome == ["+447700900123 hold quiet_hours -"])
    }
}
