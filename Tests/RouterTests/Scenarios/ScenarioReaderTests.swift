// What scenario files may say, and what is said of those that have mistakes.

import Foundation
import Incidents
import Testing

@testable import Router

@Suite struct ScenarioReaderTests {
    let head = "start: 2026-01-05T09:00:00Z\nuntil: +60m\n"
    let start = Date(timeIntervalSince1970: 1_767_603_600)

    func read(_ rest: String, head: String? = nil) -> ScenarioReading {
        ScenarioReader.read((head ?? self.head) + rest, path: "stories/night.yaml")
    }

    /// The only mistake.
    func mistake(_ rest: String, head: String? = nil) -> String {
        let reading = read(rest, head: head)
        #expect(reading.scenario == nil)
        #expect(reading.diagnostics.count == 1)
        return reading.diagnostics.first?.description ?? ""
    }

    @Test func theFormatOfTheInterfaces() throws {
        let text = """
            config: routes.yaml
            start: 2026-01-05T09:00:00Z
            events:
              - at: +0m
                event: {type: status_change, incident: {id: INC1, severity: medium, status: open, title: Moderate issue}}
            until: +60m
            expect:
              - {at: +20m, incident: INC1, type: escalation, to: level-2}
            only: false
            """
        let scenario = try #require(ScenarioReader.read(text, path: "stories/night.yaml").scenario)
        #expect(scenario.config == "stories/routes.yaml")
        #expect(scenario.start == start)
        #expect(scenario.until == start.addingTimeInterval(3_600))
        #expect(scenario.events.map(\.at) == [start])
        #expect(scenario.events.first?.document["incident"]?["title"]?.string == "Moderate issue")
        let expectation = try #require(scenario.expectations.first)
        #expect(expectation.window == start.addingTimeInterval(1_200)...start.addingTimeInterval(1_200))
        #expect(expectation[.to]?.words == ["level-2"])
        #expect(expectation.actions == [.send, .release])
        #expect(expectation.place.description == "stories/night.yaml:8:5")
        #expect(expectation.text == "{at: +20m, incident: INC1, type: escalation, to: level-2}")
        #expect(!scenario.isOnly)
    }

    @Test(arguments: [
        ("+20m", 1_200.0, 1_200.0), ("-5m", -300.0, -300.0), ("+1h30m..+2h", 5_400.0, 7_200.0),
        ("2026-01-05T10:00:00Z", 3_600.0, 3_600.0),
        ("2026-01-05T10:00:00+01:00..+5m", 0.0, 300.0),
    ])
    func moments(text: String, from: Double, until: Double) {
        #expect(ScenarioTime.window(text, from: start) == start.addingTimeInterval(from)...start.addingTimeInterval(until))
    }

    @Test(arguments: ["20m", "+20", "+20m..+10m", "soon", "+", "2026-01-05"]) func noMoments(text: String) {
        #expect(ScenarioTime.window(text, from: start) == nil)
    }

    @Test(arguments: [
        (0.0, "+0s"), (1_200.0, "+20m"), (-300.0, "-5m"), (90.0, "+1m30s"), (1_209_600.0, "+14d"), (0.5, "+0.5s"), (60.5, "+1m0.5s"),
    ])
    func offsetsAreWrittenAsTheyAreRead(seconds: Double, text: String) { #expect(ScenarioTime.text(seconds) == text) }

    @Test func eventsComeInTheOrderOfTheirTimes() throws {
        let scenario = try #require(
            read(
                """
                events:
                  - {at: +2m, event: {id: c}}
                  - {at: -5m, event: {id: a}}
                  - {at: +2m, event: {id: d}}
                  - {at: +1m, event: {id: b}}
                """
            ).scenario)
        #expect(scenario.events.compactMap { $0.document["id"]?.string } == ["a", "b", "c", "d"])
    }

    @Test func repetitionsAreWrittenOut() throws {
        let scenario = try #require(
            read(
                """
                events:
                  - at: +1m
                    repeat: {times: 3, every: 4m}
                    event: {type: update, incident: {id: "INC{{n}}", labels: {n: "{{n}}", fix: 7}}, message: "no. {{n}}"}
                """
            ).scenario)
        #expect(scenario.events.map { $0.at.timeIntervalSince(start) } == [60, 300, 540])
        #expect(scenario.events.compactMap { $0.document["incident"]?["id"]?.string } == ["INC1", "INC2", "INC3"])
        #expect(scenario.events.last?.document["message"]?.string == "no. 3")
        #expect(scenario.events.last?.name == "event-1.3")
    }

    @Test func offsetsWithinAnEventCountFromIt() throws {
        let scenario = try #require(
            read("events:\n  - {at: +10m, event: {type: update, incident: {id: A, opened_at: -25m, title: +5m}}}").scenario)
        let incident = scenario.events.first?.document["incident"]
        #expect(incident?["opened_at"]?.string == "2026-01-05T08:45:00Z")
        #expect(incident?["title"]?.string == "+5m", "a title is no time")
    }

    @Test func absencesMoveWhatHappensToTheirEnd() throws {
        let scenario = try #require(read("absent: {from: +1h, until: +9h}", head: "start: 2026-01-05T09:00:00Z\nuntil: +10h\n").scenario)
        func awake(_ seconds: Double) -> Double { scenario.awake(at: start.addingTimeInterval(seconds)).timeIntervalSince(start) }
        #expect(awake(3_599) == 3_599)
        #expect(awake(3_600) == 32_400)
        #expect(awake(32_399) == 32_400)
        #expect(awake(32_400) == 32_400)
    }

    @Test func mistakesAreNamedWithTheirPlace() {
        #expect(mistake("evnts: []") == "stories/night.yaml:3:1: error: a scenario has no member `evnts`; did you mean `events`?")
        #expect(mistake("", head: "start: 2026-01-05T09:00:00Z\n").contains("`until` is missing"))
        #expect(mistake("", head: "until: +1h\n").contains("`start` is missing"))
        #expect(mistake("", head: "start: nine\nuntil: +1h\n").contains("stories/night.yaml:1:8: error: `start` is a time"))
        #expect(mistake("events:\n  - {at: soon, event: {}}").contains("stories/night.yaml:4:10: error: `at` is an offset"))
        #expect(mistake("events:\n  - {at: +1m}").contains("needs `event`"))
        #expect(mistake("events:\n  - {at: +1m, file: gone.json}").contains("stories/gone.json"))
        #expect(mistake("expect:\n  - {action: sent}").contains("did you mean `send`?"))
        #expect(mistake("expect:\n  - {never: true, count: 2}").contains("contradict"))
        #expect(mistake("expect:\n  - {whom: level-2}").contains("no member `whom`"))
        #expect(mistake("absent: {from: +2m, until: +1m}").contains("an absence ends after it begins"))
        #expect(mistake("only: perhaps").contains("`true` or `false`"))
    }

    @Test func allMistakesAtOnce() {
        let reading = read("evnts: []\nexpect:\n  - {action: nonsense}\n  - {at: then}")
        #expect(reading.diagnostics.map(\.line) == [3, 5, 6])
    }

    @Test func aFileThatIsNotThere() {
        let reading = ScenarioReader.read(path: "/nowhere/at-all.yaml")
        #expect(reading.isMissing)
        #expect(reading.diagnostics.first?.description == "/nowhere/at-all.yaml: error: the file does not exist")
    }
}
