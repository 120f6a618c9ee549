// tocsin test

import ArgumentParser
import Foundation
import Router

struct Test: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Plays scenarios in virtual time, and says whether what was expected of them happens.",
        discussion: """
            A scenario says what happens when, and who should be told at which moment. It is played with the same rules, \
            clocks and holds as the router's, in no time; nothing is sent. Its format is in docs/scenarios.md. \
            Exit status: 1 where an expectation is not met, 65 where a scenario has mistakes, 78 where its routes.yaml has.

              tocsin test examples/scenarios/*.yaml
              tocsin test --timeline night.yaml
              tocsin test --timeline --json night.yaml | jq .
            """)

    @Argument(help: "Scenario files.")
    var scenarios: [String]

    @Flag(help: "Show everything that would be sent, held and kept back.")
    var timeline = false

    @Flag(help: "One JSON object a line.")
    var json = false

    func run() async throws {
        let (files, timeline, json) = (scenarios, timeline, json)
        let status = await Blocking.run { ScenarioSuite(showsTimeline: timeline, json: json).run(files) }
        if let status { throw status }
    }
}

/// Plays files one after the other, and prints what came of each.
private struct ScenarioSuite {
    let showsTimeline: Bool
    let json: Bool

    /// The status of the first that could not be played, or else 1 where one failed; nil: all is well.
    func run(_ files: [String]) -> ExitCode? {
        let player = ScenarioPlayer()
        var worst: ExitCode?
        var passed = 0
        let clock = ContinuousClock()
        let began = clock.now
        for file in files {
            let status = play(file, player)
            if status == nil { passed += 1 } else if worst == nil || worst == Exit.no { worst = status }
        }
        if !json, files.count > 1 {
            let summary = "\(passed) of \(files.count) scenarios passed, in \(ScenarioText.duration(clock.now - began))"
            Terminal.say(Terminal.coloured(summary, passed == files.count ? .green : .red))
        }
        return worst
    }

    private func play(_ file: String, _ player: ScenarioPlayer) -> ExitCode? {
        let clock = ContinuousClock()
        let began = clock.now
        switch player.play(path: file) {
        case .success((let scenario, let playing)):
            ScenarioText.show(scenario, playing, took: clock.now - began, timeline: showsTimeline, json: json)
            return playing.failures.isEmpty ? nil : Exit.no
        case .failure(let fault):
            ScenarioText.show(fault, of: file, json: json)
            return switch fault.cause {
            case .missing: Exit.noInput
            case .badScenario: Exit.badData
            case .badConfiguration: Exit.configuration
            case .failed: Exit.io
            }
        }
    }
}
