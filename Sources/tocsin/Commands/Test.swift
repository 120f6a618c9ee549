// tocsin test

import ArgumentParser
import Configuration
import Delivery
import Foundation
import JSON
import Ledger
import Rendering
import Router
import Transport

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
    private let http = HTTPClient()
    private let smtp = SMTPClient()

    init(showsTimeline: Bool, json: Bool) {
        self.showsTimeline = showsTimeline
        self.json = json
    }

    /// The worst that happened: what could not be played at all before what failed.
    func run(_ files: [String]) -> ExitCode? {
        var setups: [String: Setup] = [:]
        var worst: ExitCode?
        var passed = 0
        let clock = ContinuousClock()
        let began = clock.now
        for file in files {
            let status = play(file, &setups)
            if status == nil { passed += 1 } else if worst == nil || worst == Exit.no { worst = status }
        }
        if !json, files.count > 1 {
            let failed = files.count - passed
            let summary = "\(passed) of \(files.count) scenarios passed, in \(ScenarioText.duration(clock.now - began))"
            Terminal.say(Terminal.coloured(summary, failed == 0 ? .green : .red))
        }
        return worst
    }

    private func play(_ file: String, _ setups: inout [String: Setup]) -> ExitCode? {
        let reading = ScenarioReader.read(path: file)
        guard let scenario = reading.scenario else {
            return refuse(file, reading.diagnostics, reading.isMissing ? Exit.noInput : Exit.badData)
        }
        let setup: Setup
        switch setups[scenario.config].map(Result.success) ?? load(scenario) {
        case .success(let loaded): setup = loaded
        case .failure(let fault): return refuse(file, fault.diagnostics, fault.status)
        }
        setups[scenario.config] = setup
        let clock = ContinuousClock()
        let began = clock.now
        let playing: Playing
        do {
            playing = try setup.play(scenario)
        } catch {
            return refuse(file, [Diagnostic(severity: .error, file: file, message: error.message)], Exit.io)
        }
        if !playing.diagnostics.isEmpty { return refuse(file, playing.diagnostics, Exit.badData) }
        ScenarioText.show(scenario, playing, took: clock.now - began, timeline: showsTimeline, json: json)
        return playing.failures.isEmpty ? nil : Exit.no
    }

    private struct Fault: Error {
        var diagnostics: [Diagnostic]
        var status: ExitCode
    }

    private func load(_ scenario: Scenario) -> Result<Setup, Fault> {
        let loaded = ConfigurationLoader.load(path: scenario.config, placeholderSecrets: true)
        guard let configuration = loaded.configuration else {
            let errors = loaded.diagnostics.filter { $0.severity == .error }
            return .failure(Fault(diagnostics: errors, status: loaded.isMissing ? Exit.noInput : Exit.configuration))
        }
        let templates = TemplateLibrary.load(directory: configuration.router.templates).library
        let channels = ChannelSet(configuration.channels, http: http, smtp: smtp, hostName: Host.name)
        return .success(Setup(configuration: configuration, templates: templates, channels: channels))
    }

    private func refuse(_ file: String, _ diagnostics: [Diagnostic], _ status: ExitCode) -> ExitCode {
        for diagnostic in diagnostics { Terminal.complain(Terminal.clean("\(diagnostic)"), prefix: "") }
        if json {
            Terminal.say(ScenarioText.refusal(file, diagnostics).text)
        } else {
            Terminal.say(Terminal.coloured("ERROR", .red) + "   \(Terminal.clean(file)) could not be played")
        }
        return status
    }
}
