// What virtual time does with events, absences and mistakes. Rules of time have tests of their own; here they are those of
// examples/routes.yaml.

import Foundation
import Incidents
import Testing

@testable import Router

@Suite struct SimulationTests {
    let head = "config: ../routes.yaml\nstart: 2026-01-05T10:00:00Z\nuntil: +1h\n"
    let opened = "{type: status_change, incident: {id: A, severity: critical, status: open, service: search}}"

    func play(_ rest: String, head: String? = nil) throws -> Playing {
        let text = (head ?? self.head) + rest
        let reading = ScenarioReader.read(text, path: "\(Examples.directory)/written-here.yaml")
        #expect(reading.diagnostics == [])
        return try ScenarioPlayer().play(#require(reading.scenario)).get()
    }

    func mistakes(_ rest: String, head: String? = nil) throws -> (UnplayableScenario.Cause, [String]) {
        do {
            _ = try play(rest, head: head)
            return (.failed, [])
        } catch let fault as UnplayableScenario {
            return (fault.cause, fault.diagnostics.map { "\($0.line ?? 0): \($0.message)" })
        }
    }

    @Test func anEventThatWouldBeRejectedIsAMistakeOfTheScenario() throws {
        let (cause, found) = try mistakes(
            "events:\n  - {at: +1m, event: {type: update, incident: {id: A, severity: urgentest}, message: x}}")
        #expect(cause == .badScenario)
        #expect(found.count == 1)
        #expect(found.first?.hasPrefix("5: this event would be rejected: /incident/severity: unknown severity `urgentest`") == true)
    }

    @Test func unlessItShouldBe() throws {
        let events = """
            events:
              - {at: +1m, rejected: unknown_severity, event: {type: update, incident: {id: A, severity: urgentest}, message: x}}
              - {at: +1m, rejected: unknown_incident, event: {type: acknowledgement, incident: {id: A}, change: {by: me}}}
            """
        #expect(try play(events).timeline.lines.isEmpty)
        let (_, otherwise) = try mistakes(events.replacing("rejected: unknown_severity", with: "rejected: bad_time"))
        #expect(otherwise.first?.contains("should be rejected as `bad_time`, and is rejected otherwise") == true)
        let (_, accepted) = try mistakes("events:\n  - {at: +1m, rejected: bad_time, event: \(opened)}")
        #expect(accepted.first?.contains("should be rejected (`bad_time`), and is accepted") == true)
    }

    @Test func repetitionsHaveOneMistake() throws {
        let (_, found) = try mistakes("events:\n  - {at: +1m, repeat: {times: 9, every: 1s}, event: {type: update, incident: {id: A}}}")
        #expect(found.count == 1)
    }

    @Test func whatCannotHappenIsSaidToBeSo() throws {
        let failures = try play(
            "events:\n  - {at: +1m, event: \(opened)}\nexpect:\n"
                + "  - {to: levl-2, never: true}\n  - {type: escalaton}\n  - {at: +2h, to: ops-slack}\n  - {to: mail:x@example.com, never: true}"
        ).failures
        #expect(failures.map(\.place.line) == [7, 8, 9])
        #expect(failures.first?.expected == "not expected, and that could never fail: {to: levl-2, never: true}")
        #expect(
            failures.first?.found.first?.hasSuffix(
                "../routes.yaml; did you mean `level-2`?") == true)
        #expect(failures[1].found.first == "`escalaton` is no type of event; did you mean `escalation`?")
        #expect(failures[2].found.first == "the scenario ends before that, at +1h (`until`)")
    }

    @Test func aConfigurationThatIsNotThere() throws {
        #expect(try mistakes("", head: "config: gone.yaml\nstart: 2026-01-05T10:00:00Z\nuntil: +1h\n").0 == .missing)
    }

    @Test func aConfigurationThatIsWrong() throws {
        let (cause, found) = try mistakes("", head: "config: noise.yaml\nstart: 2026-01-05T10:00:00Z\nuntil: +1h\n")
        #expect(cause == .badConfiguration)
        #expect(!found.isEmpty)
    }

    @Test func eventsBeforeTheStartArePlayedAtTheirTimes() throws {
        let timeline = try play("events:\n  - {at: -10m, event: \(opened)}").timeline
        #expect(timeline.lines.first.map(timeline.offset) == -600)
        #expect(timeline.lines.contains { $0.type == "escalation" && timeline.offset(of: $0) == -300 })
    }

    @Test func nothingIsPlayedAfterTheEnd() throws {
        let timeline = try play("events:\n  - {at: +58m, event: \(opened)}\n  - {at: +61m, event: \(opened)}").timeline
        #expect(!timeline.lines.isEmpty)
        #expect(timeline.lines.allSatisfy { timeline.offset(of: $0) <= 3_600 })
        #expect(!timeline.lines.contains { $0.type == "escalation" })
    }

    @Test func anEventFromAFile() throws {
        let timeline = try play(
            "events:\n  - {at: 2026-11-24T03:50:00Z, file: ../demo/events/1-opened.json}",
            head: """
                config: ../demo/routes.yaml
                start: 2026-11-24T03:00:00Z
                until: 2026-11-24T05:00:00Z

                """
        ).timeline
        #expect(timeline.lines.map(\.recipient) == ["ops-slack"])
    }

    @Test func theSameEventAgainHasNoEffect() throws {
        let event = opened.replacing("{type", with: "{id: e1, type")
        let once = try play("events:\n  - {at: +1m, event: \(event)}").timeline
        let twice = try play("events:\n  - {at: +1m, event: \(event)}\n  - {at: +2m, event: \(event)}").timeline
        #expect(once.lines == twice.lines)
    }

    @Test func theQueueIsReadBeforeTheClockWhenTocsinIsBack() throws {
        let absent = "absent: {from: +2m, until: +30m}\n"
        let answer = "\n  - {at: +3m, event: {type: acknowledgement, incident: {id: A}, change: {by: duty-engineer}}}"
        let unanswered = try play(absent + "events:\n  - {at: +0m, event: \(opened)}").timeline
        let answered = try play(absent + "events:\n  - {at: +0m, event: \(opened)}\(answer)").timeline
        #expect(Set(unanswered.lines.filter { $0.type == "escalation" }.map { unanswered.offset(of: $0) }.prefix(2)) == [1_800])
        #expect(!answered.lines.contains { $0.type == "escalation" })
        #expect(!(answered.lines + unanswered.lines).contains { unanswered.offset(of: $0) > 120 && unanswered.offset(of: $0) < 1_800 })
    }

    @Test func theSameScenarioGivesTheSameTimeline() throws {
        let path = "\(Examples.directory)/after-an-absence.yaml"
        let first = try ScenarioPlayer().play(path: path).get().playing.timeline
        let second = try ScenarioPlayer().play(path: path).get().playing.timeline
        #expect(first.lines == second.lines)
    }

    @Test func whatIsHeldLeavesOnceOrIsOvertaken() throws {
        for name in Examples.quick {
            let (scenario, playing) = try ScenarioPlayer().play(path: "\(Examples.directory)/\(name)").get()
            let lines = playing.timeline.lines
            let left = lines.filter { $0.action != .hold }.flatMap { [$0.id] + $0.contains }
            #expect(left.count == Set(left).count, "\(name): a delivery leaves twice")
            for held in lines where held.action == .hold && !left.contains(held.id) {
                #expect(held.until.map { $0 > scenario.until } ?? false, "\(name): delivery \(held.id) is lost")
            }
        }
    }

    @Test func linesForPrograms() throws {
        let timeline = try ScenarioPlayer().play(path: "\(Examples.directory)/quiet-night.yaml").get().playing.timeline
        let digest = try #require(timeline.lines.first { $0.isDigest })
        let members = try #require(timeline.json(digest).object)
        #expect(
            Set(members.keys) == [
                "at", "offset", "incident", "event", "type", "severity", "routes", "recipient", "for", "channel", "address", "template",
                "action", "reason", "id", "contains",
            ])
        #expect(members["action"] == "release")
        #expect(members["offset"] == 27_000)
        #expect(members["at"] == "2026-01-06T01:30:00Z")
        #expect(members["contains"]?.array?.count == digest.contains.count)
        let held = try #require(timeline.lines.first { $0.action == .hold })
        #expect(timeline.json(held)["until"] == "2026-01-06T01:30:00Z")
        #expect(timeline.json(held)["contains"] == nil)
    }
}
