// Which routes count, who is told, and what one address gets.

import Foundation
import Incidents
import Testing

@testable import Routing

@Suite struct PlanTests {
    private let office = BusinessCalendar(name: "office", days: [1, 2, 3, 4, 5], opens: 540, closes: 1_050, timeZone: .gmt)

    private func plan(_ table: RoutingTable, _ event: Event = event(.escalation), _ incident: Incident = incident()) throws -> Plan {
        table.plan(event, application: try application(incident), now: noon)
    }

    @Test func aBroadcastHasItsOwnTemplateWhereNoRouteNamesOne() throws {
        var event = event(.broadcast)
        event.payload = ["template": "investigating"]
        var named = try route("named", to: ["service-owner"])
        named.template = "loud"
        let plan = try plan(try table([route("all", to: ["ops-slack"]), named]), event)
        #expect(plan.deliveries.map(\.template) == ["investigating", "loud"])
    }

    @Test func routesAddUp() throws {
        let table = try table([
            route("page", ["type": ["escalation"], "severity": [">=high"]], to: ["payments"], isUrgent: true),
            route("other", ["service": ["search"]], to: ["ops-slack"]),
            route("all", to: ["ops-slack", "mail:cto@example.com"]),
        ])
        let plan = try plan(table)
        #expect(
            plan.verdicts == [
                RouteVerdict(route: "page", result: .matched),
                RouteVerdict(route: "other", result: .failed(condition: "service: search", found: "service is Payments-API")),
                RouteVerdict(route: "all", result: .matched),
            ])
        #expect(plan.deliveries.map(\.recipient) == ["duty-engineer", "service-owner", "ops-slack", "cto@example.com"])
        #expect(plan.deliveries.map(\.routes) == [["page"], ["page"], ["page", "all"], ["all"]])
        #expect(plan.deliveries.map(\.for) == ["payments", "payments", "payments", "mail:cto@example.com"])
        #expect(plan.deliveries.map(\.isUrgent) == [true, true, true, false])
        #expect(plan.deliveries.allSatisfy { $0.priority == 0 && $0.due == noon && $0.template == "escalation" && $0.expires == nil })
        #expect(plan.deliveries.first?.language == "en")
        #expect(plan.deliveries.first?.timezone == "Asia/Kolkata")
        #expect(plan.deliveries.first?.kind == .sms)
        #expect(plan.notRouted == nil)
        #expect(!plan.fellThrough)
    }

    /// Mail addresses are the same in any case; the first route gives template, entry and address.
    @Test func oneMessageForOneAddress() throws {
        let table = try table([
            route("first", to: ["mail:Owner@Example.com"], template: "breach", expire: 60),
            route("second", to: ["service-owner", "payments via mail"], isUrgent: true, template: "other", expire: 3_600),
        ])
        let plan = try plan(table)
        #expect(plan.deliveries.map(\.address) == ["Owner@Example.com", "duty@example.com"])
        let merged = try #require(plan.deliveries.first)
        #expect(merged.routes == ["first", "second"])
        #expect(merged.template == "breach")
        #expect(merged.for == "mail:Owner@Example.com")
        #expect(merged.isUrgent)
        #expect(merged.expires == noon.addingTimeInterval(3_600))
    }

    @Test(
        arguments: [([60, 600, 30], 600), ([60, nil], nil), ([nil, 60], nil), ([nil, nil], nil), ([60], 60)] as [([Double?], Double?)])
    func longestExpireWins(expires: [Double?], expected: Double?) throws {
        let routes = try expires.enumerated().map { try route("r\($0)", to: ["ops-slack"], expire: $1) }
        #expect(try plan(table(routes)).deliveries.map(\.expires) == [expected.map { noon.addingTimeInterval($0) }])
    }

    /// The longest wins; a route without one asks for as long as the channel says, here 24 h.
    @Test(
        arguments: [
            ([60, 600, 30], 600), ([60, nil], nil), ([nil, 60], nil), ([nil, 100_000], 100_000), ([100_000, nil], 100_000),
            ([nil, nil], nil),
            ([60], 60), ([60, nil, 100_000], 100_000),
        ] as [([Double?], Double?)])
    func longestRetryForWins(times: [Double?], expected: Double?) throws {
        let routes = try times.enumerated().map { try route("r\($0)", to: ["ops-slack"], retryFor: $1) }
        #expect(try plan(table(routes)).deliveries.map(\.retryFor) == [expected])
    }

    @Test func oneRouteIsNamedOnce() throws {
        let plan = try plan(table([route("r", to: ["payments", "duty-engineer", "duty-engineer via sms", "ops-slack"])]))
        #expect(plan.deliveries.map(\.routes) == [["r"], ["r"], ["r"]])
    }

    @Test func stopEndsLaterRoutes() throws {
        let table = try table([
            route("failed", ["service": ["search"]], to: ["ops-slack"], stops: true),
            route("nobody", to: ["lost"], stops: true),
            route("closed", to: ["ops-slack"], stops: true, outside: office),
            route("ends", to: ["ops-slack"], stops: true, during: office),
            route("late", to: ["bot"]), route("later", ["service": ["search"]], to: ["bot"], stops: true),
        ])
        let plan = try plan(table)
        #expect(
            plan.verdicts.map(\.result) == [
                .failed(condition: "service: search", found: "service is Payments-API"), .matched,
                .failed(condition: "outside: office", found: "office is open"), .matched, .stopped(by: "ends"), .stopped(by: "ends"),
            ])
        #expect(plan.verdicts[1].unreached == [Unreached(entry: "lost", reason: "lost has no address for any of `mail`, `sms`")])
        #expect(plan.deliveries.map(\.routes) == [["ends"]])
    }

    @Test func stopCountsWhereTheAddressIsAlreadyTold() throws {
        let table = try table([route("a", to: ["bot"]), route("b", to: ["bot"], stops: true), route("c", to: ["ops-slack"])])
        #expect(try plan(table).verdicts.map(\.result) == [.matched, .matched, .stopped(by: "b")])
    }

    @Test func calendars() throws {
        let table = try table([route("r", to: ["ops-slack"], during: office)])
        let night = table.plan(event(.update), application: try application(), now: noon.addingTimeInterval(8 * 3_600))
        #expect(night.verdicts.map(\.result) == [.failed(condition: "during: office", found: "office is closed")])
    }

    @Test(arguments: [("critical", true), ("high", true), ("medium", false), ("low", false)])
    func unrouted(severity: String, isTold: Bool) throws {
        let table = try table([route("r", to: ["lost"])], unrouted: ["ops-slack", "nobody"])
        let plan = try plan(table, event(.update), incident(["severity": .string(severity)]))
        #expect(plan.fellThrough == isTold)
        #expect(plan.deliveries.map(\.routes) == (isTold ? [["router.unrouted"]] : []))
        #expect(plan.deliveries.map(\.for) == (isTold ? ["ops-slack"] : []))
        // Its own verdict comes last, and only where one of its entries failed.
        #expect(plan.verdicts.map(\.route) == (isTold ? ["r", "router.unrouted"] : ["r"]))
    }

    @Test func nobodyFallsThroughWhereSomebodyIsTold() throws {
        let plan = try plan(table([route("r", to: ["bot"])], unrouted: ["ops-slack"]))
        #expect(!plan.fellThrough)
        #expect(plan.deliveries.map(\.channel) == ["bot"])
    }

    @Test func withoutASeverityTheAssumedCounts() throws {
        let table = try table([], unrouted: ["ops-slack"])
        let plan = try plan(table, event(.update), incident(["severity": .null]))
        #expect(plan.fellThrough)
        #expect(table.severity(of: try application(incident(["severity": .null])))?.name == "critical")
        #expect(table.severity(of: nil) == nil)
    }

    @Test func priorityIsTheRank() throws {
        let table = try table([route("r", to: ["bot"])])
        let low = try plan(table, event(.update), incident(["severity": "p4"]))
        #expect(low.deliveries.map(\.priority) == [3])
        let broadcast = table.plan(event(.broadcast), application: nil, now: noon)
        #expect(broadcast.deliveries.map(\.priority) == [3])
    }

    @Test func aBroadcastNeedsNoIncident() throws {
        let table = try table([route("r", ["severity": ["critical"]], to: ["bot"]), route("n", ["severity": ["!low"]], to: ["team"])])
        let plan = table.plan(event(.broadcast), application: nil, now: noon)
        #expect(plan.verdicts.first?.result == .failed(condition: "severity: critical", found: "severity is not set"))
        #expect(plan.verdicts.last?.unreached.map(\.reason) == ["the event has no incident that could name the team"])
        #expect(!plan.fellThrough)
    }

    @Test func operationsGoToTheOperators() throws {
        let table = try table(
            [
                route("all", to: ["bot"]), route("glob", ["type": ["op*"]], to: ["bot"]),
                route("named", ["type": ["update", "operations"]], to: ["ops-slack", "mail:a@example.com"], template: "trouble"),
            ], operators: ["ops-slack", "service-owner"])
        let plan = table.plan(event(.operations), application: nil, now: noon)
        let unnamed = RouteVerdict.Result.failed(condition: "type: operations", found: "the route does not name `operations`")
        #expect(plan.verdicts.map(\.result) == [unnamed, unnamed, .matched])
        #expect(plan.deliveries.map(\.address) == [slack.ownAddress, "a@example.com", "owner@example.com"])
        #expect(plan.deliveries.map(\.routes) == [["named", "router.operators"], ["named"], ["router.operators"]])
        #expect(plan.deliveries.map(\.template) == ["trouble", "trouble", "operations"])
        #expect(plan.deliveries.allSatisfy { $0.priority == 1 })
        #expect(!plan.fellThrough)
    }

    @Test func staleRoutesNothing() throws {
        let table = try table([route("all", to: ["bot"])], unrouted: ["ops-slack"])
        let plan = table.plan(event(.update), application: try application(isStale: true), now: noon)
        #expect(plan.notRouted?.hasPrefix("stale: ") ?? false)
        #expect(plan.verdicts.isEmpty && plan.deliveries.isEmpty && !plan.fellThrough)
    }

    @Test(arguments: [EventType.approval, .subscription, .silence, .absence]) func routesDoNotSee(_ type: EventType) throws {
        let table = try table([route("all", to: ["bot"])])
        let plan = table.plan(event(type), application: nil, now: noon)
        #expect(plan.notRouted?.contains(type.rawValue) ?? false)
        #expect(plan.verdicts.isEmpty && plan.deliveries.isEmpty)
    }

    @Test func previousIsWhatFromFallsBackOn() throws {
        let table = try table([route("r", ["from": ["open"], "to": ["in_progress"]], to: ["bot"])])
        let plan = table.plan(event(.statusChange), application: try application(previous: "open"), now: noon)
        #expect(plan.verdicts.map(\.result) == [.matched])
    }

    /// The same facts give the same plan: `explain` and the router cannot disagree.
    @Test func planningIsPure() throws {
        let table = try table([route("r", to: ["payments", "assignee"]), route("s", to: ["ops-slack"])])
        #expect(try plan(table) == plan(table))
    }
}
