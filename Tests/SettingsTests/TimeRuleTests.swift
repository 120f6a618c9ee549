// What a file says of time, as values: promises, escalation, reports, quiet hours, noise; and what holds where it says nothing.

import Foundation
import Incidents
import Routing
import Settings
import Testing

@Suite struct TimeRuleTests {
    private func table(_ fixture: String) throws -> RoutingTable {
        let path = Place.fixtures.appending(path: fixture).path
        return try #require(ConfigurationLoader.load(path: path, environment: environment).configuration).table
    }

    @Test func nothingIsPromisedByDefault() throws {
        let table = try #require(try load(file()).configuration).table
        let rules = table.rules
        #expect(rules.sla.isEmpty && rules.policies.isEmpty && rules.reports.isEmpty && rules.dependencies.isEmpty && rules.flap == nil)
        #expect(rules.wakesFor == Severity(name: "critical", rank: 0))
        #expect(rules.lateAfter == 3_600 && rules.timeZone.identifier == TimeZone.gmt.identifier)
        let route = try #require(table.routes.first)
        #expect(route.group == nil && route.throttle == nil && route.repeatEvery == nil)
        #expect(table.directory.people["ana"]?.quietHours == nil)
    }

    /// The example of the interfaces.
    @Test func promises() throws {
        let table = try table("good-everything.yaml")
        let sla = table.rules.sla
        #expect(sla[0] == SLAPolicy(acknowledge: 300, resolve: 14_400, update: 1_800, warnAt: 0.75))
        #expect(sla[1] == SLAPolicy(acknowledge: 900, resolve: 28_800, update: 3_600, warnAt: 0.75))
        let london = try #require(TimeZone(identifier: "Europe/London"))
        let office = BusinessCalendar(
            name: "office", days: [1, 2, 3, 4, 5], opens: 540, closes: 1_050, timeZone: london, holidays: ["2026-12-25"])
        #expect(sla[2] == SLAPolicy(acknowledge: 14_400, resolve: 259_200, calendar: office))
        #expect(sla[3] == SLAPolicy(resolve: 432_000, calendar: office))
        #expect(table.rules.timeZone == london)
    }

    /// The thresholds of the original document: the most urgent waits longest.
    @Test func escalationAsWritten() throws {
        let policies = try table("good-everything.yaml").rules.policies
        #expect(policies.map(\.name) == ["default"])
        let policy = try #require(policies.first)
        #expect(policy.match.conditions.map(\.text) == ["severity: \">=low\""])
        #expect(policy.steps.map(\.after) == [[0: 2_400, 1: 1_800, 2: 1_200, 3: 600], [0: 3_600, 1: 3_600, 2: 3_600, 3: 3_600]])
        let told = policy.steps.map { $0.to.map(\.text) }
        #expect(told == [["level-2"], ["management via sms"]])
        #expect(policy.steps.map(\.isUrgent) == [true, true])
        #expect(policy.repetition == EscalationPolicy.Repetition(every: 1_800, times: 3))
        #expect(policy.until == .acknowledged)
    }

    @Test func noiseOfRoutes() throws {
        let routes = try table("good-everything.yaml").routes
        #expect(routes[0].group == nil && routes[0].throttle == nil)
        #expect(routes[1].group == GroupRule(by: ["service"], wait: 30, interval: 300))
        #expect(routes[1].throttle == ThrottleRule(count: 5, window: 600))
        let others = try table("good-time.yaml").routes
        #expect(others[0].group == GroupRule(by: ["service", "labels.region"], wait: 30, interval: 300), "the defaults")
        #expect(others[0].throttle == ThrottleRule(count: 5, window: 600) && others[0].repeatEvery == 14_400)
        #expect(others[1].group == GroupRule(by: ["category"], wait: 2, interval: 3) && others[1].repeatEvery == nil)
    }

    @Test func quietHours() throws {
        #expect(try table("good-everything.yaml").directory.people["duty-engineer"]?.quietHours == QuietHours(from: 1_320, until: 420))
        let people = try table("good-time.yaml").directory.people
        #expect(people["ana"]?.quietHours == QuietHours(from: 1_320, until: 420))
        #expect(people["bob"]?.quietHours == QuietHours(from: 750, until: 0), "24:00 is midnight")
    }

    @Test func escalationInSeconds() throws {
        let rules = try table("good-time.yaml").rules
        #expect(rules.policies.map(\.name) == ["payments", "default"])
        let payments = try #require(rules.policies.first)
        #expect(payments.steps.map(\.after) == [[0: 5, 1: 10], [0: 60, 1: 60, 2: 60]])
        #expect(payments.steps.map(\.isUrgent) == [true, false])
        let told = payments.steps.map { $0.to.map(\.text) }
        #expect(told == [["ana", "bob via mail"], ["communication_lead", "subscribers", "ana"]])
        #expect(payments.repetition == EscalationPolicy.Repetition(every: 1, times: 3) && payments.until == .resolved)
        let standard = try #require(rules.policies.last)
        #expect(standard.match.conditions.isEmpty && standard.repetition == nil && standard.until == .acknowledged)
        #expect(standard.steps.map(\.after) == [[0: 0, 2: 14_400]])
    }

    @Test func theRestOfTime() throws {
        let rules = try table("good-time.yaml").rules
        #expect(rules.sla.keys.sorted() == [0, 2])
        #expect(rules.sla[0] == SLAPolicy(acknowledge: 5, resolve: 240, update: 30))
        #expect(rules.sla[2]?.warnAt == 0.9 && rules.sla[2]?.calendar?.timeZone.identifier == "Asia/Kolkata")
        let every = rules.reports.mapValues(\.every)
        #expect(every == [0: 30, 2: 86_400])
        let readers = rules.reports.mapValues { $0.to.map(\.text) }
        #expect(readers == [0: ["subscribers", "ops"], 2: ["mail:boss@example.com"]])
        #expect(rules.dependencies == ["payments": ["database", "network"], "shop": ["payments"]])
        #expect(rules.flap == FlapRule(turns: 3, window: 30))
        #expect(rules.wakesFor == Severity(name: "high", rank: 1))
        #expect(rules.lateAfter == 30)
    }

    @Test(
        arguments: [
            ("none", nil), ("NONE", nil), ("p2", Severity(name: "high", rank: 1)), ("Low", Severity(name: "low", rank: 3)),
        ] as [(String, Severity?)]) func wakeFor(text: String, severity: Severity?) throws
    {
        let configuration = try #require(try load(file(top: "router: {wake_for: \(text)}")).configuration)
        #expect(configuration.table.rules.wakesFor == severity)
    }

    /// A severity may be called `none`; then the word means it.
    @Test func aSeverityCalledNone() throws {
        let text = file(top: "router: {wake_for: none}\nseverities: {some: [], none: []}")
        #expect(try #require(try load(text).configuration).table.rules.wakesFor == Severity(name: "none", rank: 1))
    }

    /// Without a zone of its own, a calendar has the router's.
    @Test func theRoutersZone() throws {
        let text = file(
            top:
                "router: {timezone: Asia/Kolkata}\ncalendars: {office: {hours: \"09:00-17:00\"}}\nsla: {low: {resolve: 1d, calendar: office}}"
        )
        let rules = try #require(try load(text).configuration).table.rules
        #expect(rules.timeZone.identifier == "Asia/Kolkata")
        #expect(rules.sla[3]?.calendar?.timeZone.identifier == "Asia/Kolkata")
    }

    /// Order within the file does not matter.
    @Test func whatComesLaterInTheFileIsKnown() throws {
        let text = """
            version: 1
            sla: {low: {resolve: 1d, calendar: office}}
            escalation: {a: {steps: [{after: {bad: 5m}, to: [ops, two]}]}}
            status_reports: {worse: {every: 1s, to: [ops]}}
            router: {wake_for: bad}
            calendars: {office: {hours: "09:00-17:00"}}
            channels: {ops: {type: slack, webhook: "${env:SLACK}"}, two: {type: teams, webhook: "${env:SLACK}"}}
            routes: [{to: [ops, two]}]
            severities: {worse: [], bad: [], low: []}
            """
        let result = try load(text)
        #expect(result.lines == [])
        let rules = try #require(result.configuration).table.rules
        #expect(rules.policies.first?.steps.first?.after == [1: 300] && rules.reports[0]?.every == 1 && rules.sla[2]?.calendar != nil)
        #expect(rules.wakesFor?.rank == 1)
    }

    @Test func nothingOfThisIsLater() {
        let path = Place.fixtures.appending(path: "good-time.yaml").path
        #expect(ConfigurationLoader.load(path: path, environment: environment).diagnostics.isEmpty)
    }
}
