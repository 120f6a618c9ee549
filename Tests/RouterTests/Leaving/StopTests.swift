// STOP, START, bounces and what follows, in virtual time.

import Foundation
import Incidents
import Testing

@testable import Router

@Suite struct StopTests {
    private let head = "config: ../routes.yaml\nstart: 2026-01-05T10:00:00Z\nuntil: +3h\n"
    private let opened = "{type: status_change, incident: {id: A, severity: critical, status: open, service: search, title: down}}"

    private func play(_ events: String) throws -> Timeline {
        let reading = ScenarioReader.read(head + "events:\n" + events, path: "\(Examples.directory)/written-here.yaml")
        #expect(reading.diagnostics == [])
        return try ScenarioPlayer().play(#require(reading.scenario)).get().timeline
    }

    private func event(_ at: String, _ what: String) -> String { "  - {at: \(at), event: {type: subscription, subscription: {\(what)}}}\n" }

    @Test func aStopOfANumberAndItsStart() throws {
        let timeline = try play(
            event("+1m", #"action: stop, who: {sms: "+44 7700 900123"}, reason: texted STOP"#)
                + "  - {at: +2m, event: \(opened)}\n"
                + event("+60m", #"action: START, who: {sms: "+447700900123"}"#)
                + "  - {at: +61m, event: {type: status_change, incident: {id: B, severity: critical, status: open, service: search}}}\n")
        let toNumber = timeline.lines.filter { $0.address == "+447700900123" }
        #expect(toNumber.contains { $0.action == .suppress && ($0.reason ?? "").hasPrefix("stop since 5 Jan 2026: texted STOP") })
        let sent = toNumber.filter { $0.action == .send }
        #expect(sent.allSatisfy { $0.at.timeIntervalSince(timeline.start) >= 3_600 } && !sent.isEmpty)
        let told = timeline.lines.first { $0.type == "operations" && $0.recipient == "duty-engineer" }
        #expect(told?.channel == "mail", "they hear of it by another channel")
        #expect(timeline.lines.contains { $0.type == "operations" && $0.recipient == "ops-slack" })
        #expect(timeline.lines.contains { $0.type == "status_change" && $0.address == "duty@example.com" && $0.action == .send })
    }

    @Test func threeBouncesAndNotTwo() throws {
        let bounce = #"action: bounce, who: {email: OWNER@example.com}, code: "5.1.1", reason: unknown"#
        let two = try play(event("+1m", bounce) + event("+2m", bounce))
        #expect(two.lines.isEmpty)
        let three = try play(event("+1m", bounce) + event("+2m", bounce) + event("+3m", bounce))
        #expect(three.lines.contains { $0.type == "operations" && $0.recipient == "ops-slack" })
        let lifted = try play(
            event("+1m", bounce) + event("+2m", bounce) + event("+3m", "action: start, who: {email: owner@example.com}")
                + event("+4m", bounce) + event("+5m", bounce))
        #expect(lifted.lines.isEmpty, "they are forgotten")
    }

    @Test func aPersonsStopIsForAllTheirAddresses() throws {
        let timeline = try play(event("+1m", "action: stop, who: duty-engineer") + "  - {at: +2m, event: \(opened)}\n")
        #expect(!timeline.lines.contains { $0.recipient == "duty-engineer" && $0.action != .suppress })
    }

    @Test func whoIsNobodyIsNamed() throws {
        let text =
            head + "events:\n"
            + #"  - {at: +1m, rejected: wrong_type, event: {type: subscription, subscription: {action: stop, who: duty-enginer}}}"#
        let reading = ScenarioReader.read(text, path: "\(Examples.directory)/written-here.yaml")
        #expect(try ScenarioPlayer().play(#require(reading.scenario)).get().timeline.lines.isEmpty)
    }
}
