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

    /// Who is awake when it happens may be asleep when it would be released: at 18:55 the hours from 19:00 on are near.
    @Test(
        arguments: [
            ("group", 19 * 60 - 1, "hold quiet_hours -"), ("group", 20 * 60, "hold group group/r"),
            ("throttle", 19 * 60 - 1, "hold quiet_hours -"), ("throttle", 20 * 60, "hold throttle -"),
            ("dependency", 19 * 60 - 1, "hold quiet_hours -"), ("dependency", 20 * 60, "hold dependency dependency/INC9"),
            ("late", 18 * 60 + 56, "hold late late"), ("cadence", 19 * 60 - 1, "hold digest -"),
        ])
    func nothingIsReleasedInThem(by what: String, from: Int, outcome: String) throws {
        let known = InMemorySurroundings()
        var route = try RoutingTests.route("r", to: ["duty-engineer"])
        var event = event(.escalation)
        // At 18:55 in Kolkata.
        let now = noon + 85 * 60
        event.time = now
        if what == "group" { route.group = GroupRule(by: [], wait: 600, interval: 600) }
        if what == "throttle" { route.throttle = ThrottleRule(count: 1, window: 600) }
        if what == "late" { event.time = now - 7_200 }
        known.sent["+447700900123"] = [now - 1]
        var table = try table(what == "cadence" ? [] : [route]).withQuietHours(from, 23 * 60)
        if what == "cadence" {
            known.standingSubscriptions = [Subscription(id: "s", who: .person("duty-engineer"), cadence: .hourly)]
        }
        if what == "dependency" {
            table.rules.dependencies = ["payments-api": ["database"]]
            known.open = [OpenIncident(id: "INC9", service: "database", severity: "high")]
            known.toldOf["INC9"] = [told("+447700900123", by: sms)]
        }
        let plan = try table.planned(event, with: known, at: now)
        #expect(plan.outcome == ["+447700900123 \(outcome)"])
        if outcome.hasPrefix("hold quiet_hours") { #expect(plan.holds.map(\.until) == [noon + 330 * 60]) }
        #expect(plan.deliveries.allSatisfy { !$0.isThrottled })
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
