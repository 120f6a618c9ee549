// `tocsin test`, as a person at a shell and a program meet it: what it prints, and how it exits.

import Foundation
import JSON
import Testing

@Suite struct ScenarioCommandTests {
    static let examples = repository.appendingPathComponent("examples/scenarios").path

    static let scenario = """
        config: \(examples)/../routes.yaml
        start: 2026-01-05T09:00:00Z
        events:
          - at: +0m
            event: {type: status_change, incident: {id: INC1, severity: medium, status: open, title: Moderate issue}}
        until: +70m
        expect:
          - {at: +1h, incident: INC1, type: escalation, to: level-2}

        """

    func workspace(_ scenario: String = scenario) throws -> Workspace {
        let workspace = try Workspace("version: 1")
        try workspace.write(scenario, to: "night.yaml")
        return workspace
    }

    @Test func helpHasAnExample() async throws {
        let help = try await workspace().run("test", "--help")
        #expect(help.status == 0)
        #expect(help.output.contains("  tocsin test "))
    }

    @Test func allExamplesPass() async throws {
        let names = try FileManager.default.contentsOfDirectory(atPath: Self.examples).filter { $0.hasSuffix(".yaml") }.sorted()
        #expect(names.count >= 10)
        for name in names where name != "a-busy-month.yaml" {
            let run = try await workspace().run("test", "\(Self.examples)/\(name)")
            #expect(run.status == 0, "\(run.output)\(run.errors)")
            #expect(run.output.hasPrefix("ok "))
        }
    }

    @Test func whatIsExpectedAndDoesNotHappenIsSaidWithWhatWasNearest() async throws {
        let late = Self.scenario.replacing("at: +1h,", with: "at: +20m,")
        let run = try await workspace(late).run("test", "night.yaml")
        #expect(run.status == 1)
        #expect(run.output.contains("FAILED  night.yaml"))
        #expect(run.output.contains("night.yaml:8:5: expected {at: +20m, incident: INC1, type: escalation, to: level-2}"))
        #expect(run.output.contains("nearest: +1h escalation of INC1 sent to second-engineer"))
        #expect(run.output.contains("40m too late"))
    }

    @Test func linesForPrograms() async throws {
        let run = try await workspace().run("test", "--timeline", "--json", "night.yaml")
        #expect(run.status == 0)
        let step = try #require(run.objects.first { $0["recipient"] == "second-engineer" })
        #expect(step["action"] == "send")
        #expect(step["offset"] == 3_600)
        #expect(step["at"] == "2026-01-05T10:00:00Z")
        #expect(step["for"] == "level-2")
        #expect(step["type"] == "escalation")
        #expect(run.objects.last?["ok"] == true)
        #expect(run.objects.last?["failures"] == [])
        #expect(run.objects.count == run.lines.count, "every line is an object")
    }

    @Test func everyKindOfFailureHasItsStatus() async throws {
        let workspace = try workspace()
        #expect(try await workspace.run("test").status == 64)
        let missing = try await workspace.run("test", "nowhere.yaml")
        #expect(missing.status == 66)
        #expect(missing.errors.contains("nowhere.yaml: error: the file does not exist"))
        try workspace.write(Self.scenario.replacing("events:", with: "evnts:"), to: "slip.yaml")
        let slip = try await workspace.run("test", "night.yaml", "slip.yaml")
        #expect(slip.status == 65)
        #expect(slip.errors.contains("slip.yaml:3:1: error: a scenario has no member `evnts`; did you mean `events`?"))
        #expect(slip.output.contains("1 of 2 scenarios passed"), "the others are played all the same")
        try workspace.write(Self.scenario.replacing("\(Self.examples)/../routes.yaml", with: "night.yaml"), to: "wrong.yaml")
        #expect(try await workspace.run("test", "wrong.yaml").status == 78)
    }
}
