// `tocsin explain --at`: the same event at other times. Nothing is sent, and no clock of this machine counts.

import Foundation
import JSON
import Testing

@Suite struct ExplainTimeTests {
    static let routes = """
        version: 1
        router: {timezone: Europe/London, late_after: 10d}
        calendars:
          office: {days: mon-fri, hours: "09:00-17:00", timezone: Europe/London}
        sla:
          high: {acknowledge: 15m, resolve: 8h, update: 1h, warn_at: 80%}
          low: {resolve: 8h, calendar: office}
        channels:
          mail: {type: email, server: "smtp://127.0.0.1:2525", tls: off, from: "a@example.com"}
        people:
          ana: {email: ana@example.com, via: [mail]}
          ben: {email: ben@example.com, via: [mail], timezone: Asia/Kolkata, quiet_hours: "22:00-07:00"}
        routes:
          - {name: old, match: {age: ">=30m"}, to: [ana]}
          - {name: by-day, match: {}, to: [ana], during: office}
          - {name: ben, match: {severity: medium}, to: [ben]}
          - {name: page, match: {severity: high, sla.acknowledge: breached}, to: [ben], urgent: true}
        escalation:
          default: {match: {severity: high}, steps: [{after: 10m, to: [ana]}, {after: 40m, to: [ben]}]}
        """

    static func event(severity: String = "high", more: String = "") -> String {
        """
        {"type": "escalation", "id": "e1", "source": "monitor", "time": "2026-01-05T10:00:00Z",
         "incident": {"id": "INC1", "severity": "\(severity)", "service": "search", "opened_at": "2026-01-05T10:00:00Z"\(more)}}
        """
    }

    static func explain(_ workspace: Workspace, at: String) async throws -> [JSONValue] {
        let result = try await workspace.run("explain", "event.json", "--at", at, "--json")
        try #require(result.status == 0, "\(result.errors)")
        return result.objects
    }

    @Test func clocksAreThoseOfTheTime() async throws {
        let workspace = try Workspace(Self.routes)
        try workspace.write(Self.event(), to: "event.json")
        for (at, acknowledge, update) in [
            ("2026-01-05T10:05:00Z", "ok", "ok"), ("2026-01-05T10:12:00Z", "at_risk", "ok"), ("2026-01-05T10:15:00Z", "breached", "ok"),
            ("2026-01-05T10:48:00Z", "breached", "at_risk"), ("2026-01-05T12:00:00Z", "breached", "breached"),
        ] {
            let sla = try #require(try await Self.explain(workspace, at: at).first?["sla"])
            #expect(sla["acknowledge"]?["state"]?.string == acknowledge, "\(at)")
            #expect(sla["update"]?["state"]?.string == update, "\(at)")
            #expect(sla["resolve"]?["state"] == "ok", "\(at)")
            #expect(sla["acknowledge"]?["breaches_at"] == "2026-01-05T10:15:00Z")
            #expect(sla["acknowledge"]?["warns_at"] == "2026-01-05T10:12:00Z")
        }
        let text = try await workspace.run("explain", "event.json", "--at", "2026-01-05T10:11:00Z").output
        #expect(text.contains("acknowledge: 4 min left"), "\(text)")
        let late = try await workspace.run("explain", "event.json", "--at", "2026-01-05T10:29:00Z").output
        #expect(late.contains("acknowledge: breached 14 min ago"), "\(late)")
    }

    @Test func businessHoursCountWhereTheCalendarSaysSo() async throws {
        let workspace = try Workspace(Self.routes)
        // Opened on Friday, 15:00 in London: two hours are left of that day, six on Monday.
        try workspace.write(
            Self.event(severity: "low").replacing("2026-01-05T10:00:00Z", with: "2026-01-09T15:00:00Z"), to: "event.json")
        let sla = try #require(try await Self.explain(workspace, at: "2026-01-10T12:00:00Z").first?["sla"])
        #expect(sla["resolve"]?["breaches_at"] == "2026-01-12T15:00:00Z")
        #expect(sla["resolve"]?["state"] == "ok")
        #expect(sla["acknowledge"] == nil, "only what is promised")
    }

    @Test func ageAndCalendarsAreThoseOfTheTime() async throws {
        let workspace = try Workspace(Self.routes)
        try workspace.write(Self.event(), to: "event.json")
        func matched(_ at: String) async throws -> [String] {
            try await Self.explain(workspace, at: at).filter { $0["matched"] == .bool(true) }.compactMap { $0["route"]?.string }
                .filter { $0 != "page" }
        }
        #expect(try await matched("2026-01-05T10:29:00Z") == ["by-day"])
        #expect(try await matched("2026-01-05T10:30:00Z") == ["old", "by-day"])
        #expect(try await matched("2026-01-05T17:00:00Z") == ["old"], "the office is closed")
    }

    @Test func quietHoursHoldUntilTheyEnd() async throws {
        let workspace = try Workspace(Self.routes)
        try workspace.write(Self.event(severity: "medium"), to: "event.json")
        // 21:59 and 22:00 in Kolkata.
        let before = try #require(try await Self.explain(workspace, at: "2026-01-05T16:29:00Z").first { $0["recipient"] == "ben" })
        #expect(before["action"] == "send")
        let inside = try #require(try await Self.explain(workspace, at: "2026-01-05T16:30:00Z").first { $0["recipient"] == "ben" })
        #expect(inside["action"] == "hold")
        #expect(inside["hold"]?["kind"] == "quiet_hours" && inside["hold"]?["until"] == "2026-01-06T01:30:00Z")
        #expect(inside["reason"]?.string?.contains("quiet hours of ben") == true)
        let text = try await workspace.run("explain", "event.json", "--at", "2026-01-05T16:30:00Z").output
        #expect(text.contains("held until 2026-01-06T01:30:00Z (in 9 h): quiet hours of ben"), "\(text)")
    }

    @Test func urgentRoutesAreNotHeldAndMatchTheClock() async throws {
        let workspace = try Workspace(Self.routes)
        try workspace.write(Self.event(), to: "event.json")
        let early = try await Self.explain(workspace, at: "2026-01-05T10:14:00Z")
        let verdict = try #require(early.first { $0["route"] == "page" })
        #expect(verdict["matched"] == .bool(false) && verdict["condition"] == "sla.acknowledge: breached")
        let late = try await Self.explain(workspace, at: "2026-01-05T20:00:00Z")
        let delivery = try #require(late.first { $0["recipient"] == "ben" })
        #expect(delivery["action"] == "send" && delivery["urgent"] == .bool(true))
        let old = try await Self.explain(workspace, at: "2026-02-05T20:00:00Z")
        #expect(old.first?["notes"]?.array?.contains { $0.string?.contains("late") == true } == true, "a month old")
    }

    @Test func theAgendaIsWhatTimeAloneWillDo() async throws {
        let workspace = try Workspace(Self.routes)
        try workspace.write(Self.event(), to: "event.json")
        let first = try #require(try await Self.explain(workspace, at: "2026-01-05T10:05:00Z").first)
        let next = try #require(first["next"]?.array)
        func at(_ what: String) -> String? { next.first { $0["what"]?.string == what }?["at"]?.string }
        #expect(at("escalation step 1") == "2026-01-05T10:10:00Z")
        #expect(at("acknowledge is at risk") == "2026-01-05T10:12:00Z")
        #expect(at("acknowledge breaches") == "2026-01-05T10:15:00Z")
        #expect(at("escalation step 2") == "2026-01-05T10:40:00Z")
        #expect(next.compactMap { $0["at"]?.string } == next.compactMap { $0["at"]?.string }.sorted(), "ascending")
        let text = try await workspace.run("explain", "event.json", "--at", "2026-01-05T10:08:00Z").output
        #expect(text.contains("in 2 min, escalation step 1"), "\(text)")
    }

    @Test func everyDeliverySaysWhatBecomesOfIt() async throws {
        let workspace = try Workspace(Self.routes)
        try workspace.write(Self.event(), to: "event.json")
        let objects = try await Self.explain(workspace, at: "2026-01-05T10:30:00Z")
        let delivery = try #require(objects.first { $0["recipient"] != nil })
        #expect(delivery["action"] == "send" && delivery["origin"] == "route" && delivery["reason"] == .null)
        #expect(objects.first?["at"] == "2026-01-05T10:30:00Z")
        #expect(try await workspace.run("explain", "event.json", "--at", "tomorrow").status == 64)
    }

    @Test func incidentsShowTheirClocks() async throws {
        let workspace = try Workspace(Self.routes)
        try workspace.drop(Self.event())
        try await workspace.run("run", "--once")
        let incident = try #require(try await workspace.run("incidents", "--json").objects.first)
        #expect(incident["sla"]?["acknowledge"]?["state"] == "breached")
        #expect(incident["sla"]?["resolve"]?["breaches_at"] == "2026-01-05T18:00:00Z")
        #expect(incident["sla"]?["resolve"]?["met_at"] == .null)
        #expect(incident["acknowledged_at"] == .null && incident["ended_at"] == .null)
        #expect(incident["level"]?.integer.map { $0 >= 1 } == true, "the clock has moved it up as well")
        let text = try await workspace.run("incidents").output
        #expect(text.contains("CLOCKS") && text.contains("NEXT") && text.contains("acknowledge: breached"), "\(text)")
    }
}
