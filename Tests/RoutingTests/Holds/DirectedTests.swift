// Those for whom the clock raises an event, beside what the routes say.

import Foundation
import Incidents
import JSON
import Testing

@testable import Routing

@Suite struct DirectedTests {
    private func step(_ text: String, isUrgent: Bool = true) throws -> Directed {
        Directed(.entry(try entry(text)), origin: .step, name: "escalation.default step 1", isUrgent: isUrgent)
    }

    private let escalation = raised(.step(policy: "default", step: 0, repeats: 0), .escalation)

    @Test func aStepAndARouteAreOneMessage() throws {
        let table = try table([route("first", to: ["bot"], template: "page", expire: 60), route("all", to: ["ops-slack"])])
        let plan = try table.planned(escalation, directed: [step("bot"), step("assignee"), step("network via mail")])
        #expect(plan.deliveries.map(\.address) == ["C0123456", "https://hooks.slack.com/…", "+447700900123", "duty@example.com"])
        let name = "escalation.default step 1"
        #expect(plan.deliveries.map(\.routes) == [["first", name], ["all"], [name], [name]])
        #expect(plan.deliveries.map(\.origin) == [.step, .route, .step, .step])
        #expect(plan.deliveries.map(\.isUrgent) == [true, false, true, true])
        #expect(plan.deliveries.map(\.for) == ["bot", "ops-slack", "assignee", "network via mail"])
        #expect(plan.deliveries.map(\.template) == ["page", "escalation", "escalation", "escalation"])
        #expect(plan.deliveries.first?.expires == nil)
        #expect(table.stepWasHeard(in: plan))
    }

    /// `stop` ends later routes, never a step.
    @Test func stopDoesNotEndAStep() throws {
        let plan = try table([route("ends", to: ["bot"], stops: true)]).planned(escalation, directed: [step("ops-slack")])
        #expect(plan.deliveries.count == 2)
    }

    @Test func whoCannotBeReachedIsNamed() throws {
        let table = try table([], unrouted: ["bot"])
        let plan = try table.planned(escalation, of: incident(), directed: [step("lost"), step("nobody")])
        #expect(plan.verdicts.map(\.route) == ["escalation.default step 1"])
        #expect(plan.verdicts.first?.unreached.map(\.entry) == ["lost", "nobody"])
        #expect(!table.stepWasHeard(in: plan))
        #expect(plan.fellThrough)
    }

    @Test(arguments: [(true, true), (false, false)]) func whoIsHeldHasNotHeard(isUrgent: Bool, isHeard: Bool) throws {
        let table = try table([route("r", to: ["bot"])]).withQuietHours()
        let plan = try table.planned(escalation, directed: [step("duty-engineer", isUrgent: isUrgent)])
        #expect(table.stepWasHeard(in: plan) == isHeard)
    }

    @Test func stepsThatNobodyHears() throws {
        let table = try table([])
        #expect(!table.stepWasHeard(in: Plan()))
        var plan = try table.planned(escalation, directed: [step("bot")])
        for (intent, isHeard) in [
            (Intent.suppress(Suppression(reason: "", silence: "x")), true), (.suppress(Suppression(reason: "")), false),
            (.supersede(""), true), (.send, true),
        ] {
            plan.deliveries[0].intent = intent
            #expect(table.stepWasHeard(in: plan) == isHeard)
        }
        plan.deliveries[0].origin = .route
        #expect(!table.stepWasHeard(in: plan))
    }

    @Test func routesDoNotSeeReminders() throws {
        let table = try table([route("all", to: ["ops-slack"])], unrouted: ["ops-slack"])
        let lead = Directed(.entry(try entry("communication_lead")), origin: .reminder, name: "reminder.update", template: "gap")
        let plan = try table.planned(raised(.gap(1), .reminder), of: incident(), directed: [lead])
        #expect(plan.deliveries.map(\.routes) == [["reminder.update"]])
        #expect(plan.deliveries.map(\.template) == ["gap"])
        #expect(plan.deliveries.map(\.origin) == [.reminder])
    }

    /// Told again on the route's own terms, by its `to` alone.
    @Test func aRouteTellsAgain() throws {
        var again = try route("again", to: ["bot"], isUrgent: true, template: "page", expire: 60)
        again.throttle = ThrottleRule(count: 1, window: 60)
        var table = try table([route("all", to: ["ops-slack"]), again])
        let directed = [Directed(.entry(try entry("bot")), origin: .route, name: "again", isUrgent: true)]
        for directed in [[], directed] {
            let plan = try table.planned(raised(.again(route: "again"), .reminder), directed: directed)
            #expect(plan.deliveries.map(\.routes) == [["again"]])
            #expect(plan.deliveries.map(\.template) == ["page"])
            #expect(plan.deliveries.map(\.expires) == [noon + 60])
            #expect(plan.deliveries.map(\.isUrgent) == [true])
        }
        table.routes[1].outside = BusinessCalendar(name: "office", days: [2], opens: 0, closes: 1_439, timeZone: .gmt)
        #expect(try table.planned(raised(.again(route: "again"), .reminder)).deliveries.isEmpty)
        table.routes.removeLast()
        #expect(try table.planned(raised(.again(route: "again"), .reminder)).deliveries.isEmpty)
    }

    @Test func aStatusReportIsRoutedAndDirected() throws {
        let report = Directed(.entry(try entry("service-owner")), origin: .report, name: "status_reports.critical")
        let table = try table([route("reports", ["type": ["status_report"]], to: ["bot"])], unrouted: ["ops-slack"])
        let plan = try table.planned(raised(.report, .statusReport), directed: [report])
        #expect(plan.deliveries.map(\.origin) == [.route, .report])
        #expect(plan.deliveries.map(\.template) == ["status_report", "status_report"])
        // Whom a report was for is nobody: that is no news for those who mind what reaches nobody.
        #expect(try !RoutingTests.table([], unrouted: ["bot"]).planned(raised(.report, .statusReport), of: incident()).fellThrough)
    }

    @Test func whatTheBreachHasOvertakenIsNotSent() throws {
        let table = try table([route("r", to: ["bot"])], unrouted: ["ops-slack"])
        let warning = raised(.missedWarning(.resolve), .slaWarning, reason: "overtaken by the breach")
        let plan = try table.planned(warning, of: incident())
        #expect(plan.outcome == ["C0123456 supersede"])
        #expect(plan.reasons == ["overtaken by the breach"])
        #expect(try RoutingTests.table([], unrouted: ["ops-slack"]).planned(warning, of: incident()).deliveries.isEmpty)
    }

    @Test func matchesSeeTheClocks() throws {
        var table = try table([route("r", ["sla": ["breached"]], to: ["bot"])])
        #expect(try table.planned().deliveries.isEmpty)
        table.rules.sla = [2: SLAPolicy(resolve: 60)]
        #expect(try table.planned().deliveries.count == 1)
    }
}
